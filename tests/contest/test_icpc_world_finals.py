"""The 48th ICPC World Finals, run by run, through the public API: the board is the contest's order throughout."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from sse_board import ROOT
from tests.support.clients import Api, Player
from tests.support.crowds import enlist
from tests.support.replica import state_of
from tests.support.servers import Stores, WebServer
from tests.support.streams import Stream

DATA = ROOT.parent / "shared" / "data" / "icpc-wf48"
BOARD, SOLVED = "world_finals", "problem_solved"
TEAMS = 141
#: What a solved problem is worth, less its cost in minutes: more than anybody's costs add up to.
WORTH = 10_000
REJECTED_COSTS = 20
MINUTE = 60_000
#: Contest time between two looks at the whole board: milliseconds.
LOOK_EVERY = 10 * MINUTE
#: How often the listener loses its connection on the way.
CUTS = 20

pytestmark = pytest.mark.skipif(
    not DATA.exists(), reason=f"the contest's data is not here: {DATA} (it is no part of the repository)"
)


@dataclass(frozen=True, slots=True)
class Run:
    at: int
    team: str
    problem: str
    verdict: str


@dataclass
class Standing:
    """A team by the contest's own rule: problems solved, then least penalty, then earliest last solution."""

    name: str
    solved: int = 0
    penalty: int = 0
    last: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    @property
    def order(self) -> tuple[int, int, int]:
        return -self.solved, self.penalty, self.last

    def take(self, run: Run, place: int) -> int | None:
        """The cost of the problem that this run solved; None if it solved none. `place`: its place among all."""
        if run.problem in self.done:
            return None
        if run.verdict != "accepted":
            self.rejected[run.problem] = self.rejected.get(run.problem, 0) + (run.verdict == "rejected")
            return None
        cost = run.at // MINUTE + REJECTED_COSTS * self.rejected.get(run.problem, 0)
        self.done.add(run.problem)
        self.solved, self.penalty, self.last = self.solved + 1, self.penalty + cost, place
        return cost


def read_teams() -> dict[str, Standing]:
    with (DATA / "teams.csv").open(encoding="utf-8") as teams:
        return {row["team_id"]: Standing(row["name"]) for row in csv.DictReader(teams)}


def read_runs() -> list[Run]:
    with (DATA / "runs.csv").open(encoding="utf-8") as runs:
        found = [Run(int(at), *rest) for at, *rest in list(csv.reader(runs))[1:]]
    assert found == sorted(found, key=lambda run: run.at)
    return found


def moments(runs: list[Run]) -> Iterator[list[Run]]:
    """The runs of every ten minutes, one list after the other."""
    for start in range(0, runs[-1].at + 1, LOOK_EVERY):
        yield [run for run in runs if start <= run.at < start + LOOK_EVERY]


def expected(teams: dict[str, Standing], players: dict[str, Player]) -> list[tuple[int, str, int]]:
    """(position, user, score) of every team with a solved problem, by the contest's rule alone."""
    ranked = sorted(
        ((standing, team) for team, standing in teams.items() if standing.solved),
        key=lambda found: found[0].order,
    )
    return [
        (position, players[team].id, WORTH * standing.solved - standing.penalty)
        for position, (standing, team) in enumerate(ranked, 1)
    ]


async def board(api: Api) -> list[tuple[int, str, int]]:
    """All rows: the REST call gives a hundred at a time."""
    rows = []
    for offset in (0, 100):
        query = f"board={BOARD}&limit=100&offset={offset}"
        answer = await api.http.get(f"/api/v1/scores/leaderboard?{query}")
        rows += answer.json()["data"]["leaderboard"]
    assert all(row["position"] == row["rank"] for row in rows)
    return [(row["position"], row["userId"], row["score"]) for row in rows]


async def test_the_board_is_the_contests_order_at_every_moment_and_for_a_restless_listener(
    stores: Stores, serve: Callable[..., WebServer]
) -> None:
    limits = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000, "RATE_LIMIT_IP_PER_MINUTE": 1_000_000}
    server = serve(stores, BOARD_TICK_MS=10, **limits)
    teams, runs = read_teams(), read_runs()
    assert len(teams) == TEAMS
    async with Api(server.url) as api, Stream(f"leaderboard:{BOARD}", limit=100) as stream:
        admin = await api.admin(stores)
        await admin.make_board(BOARD, SOLVED, low=1, high=WORTH)
        enlisted = enlist(api, stores, [f"Team {team}" for team in teams])
        players = dict(zip(teams, enlisted, strict=True))
        await stream.open(server.url)
        place, looks = 0, 0
        for some in moments(runs):
            for run in some:
                place += 1
                cost = teams[run.team].take(run, place)
                if cost is not None:
                    await players[run.team].score(SOLVED, WORTH - cost)
                if place % (len(runs) // CUTS) == 0 and stream.connections <= CUTS:
                    await stream.cut()
                    await stream.open(server.url)
            assert await board(api) == expected(teams, players)
            looks += 1
        assert looks == 30
        final = await api.board(BOARD, 100)
        await stream.until_shows(final)
        assert stream.connections == CUTS + 1
        followed = stream.boards[BOARD]
        assert followed.deltas > 0
        assert followed.snapshots + followed.deltas > 10 * CUTS
        assert followed.repairs == 0
    solved = sum(standing.solved for standing in teams.values())
    assert (place, solved) == (
        len(runs),
        len({(run.team, run.problem) for run in runs if run.verdict == "accepted"}),
    )
    assert final["total"] == len(expected(teams, players))
    assert state_of(final)[0][0][2] == expected(teams, players)[0][1]
