"""A voided action has never been: not in PostgreSQL, not in Redis, and within two seconds on no stream."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
import redis

from sse_board.boards.board import Board
from sse_board.scores.replay import Fed, replay
from tests.support.clients import Api, Player, data_of, error_of, eventually, parse
from tests.support.replica import order_of, state_of
from tests.support.servers import Runner, Stores, WebServer
from tests.support.streams import Stream, listening

#: Within this a void is seen everywhere.
SEEN_SECONDS = 2.0
PLENTY = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000, "RATE_LIMIT_IP_PER_MINUTE": 1_000_000}


@pytest.fixture(scope="module")
def pair(stores: Stores, runner: Runner) -> tuple[WebServer, WebServer]:
    return runner.serve_two(stores, **PLENTY)


@pytest.fixture(scope="module")
def watched(pair: tuple[WebServer, WebServer]) -> WebServer:
    """What the shared client talks to; no worker runs: what is seen here needs none."""
    return pair[0]


@pytest.fixture
def database(stores: Stores) -> Any:
    with psycopg.connect(stores.database_url, autocommit=True) as database:
        yield database


async def act(player: Player, kind: str, points: float, action_id: str, api: Api | None = None) -> dict[str, Any]:
    done: dict[str, Any] = data_of(await player.act(kind, {"points": points}, action_id=action_id, api=api))
    return done


async def void(boss: Player, player: Player, action_id: str, api: Api | None = None) -> dict[str, Any]:
    path = f"/api/v1/admin/actions/{quote(action_id)}/void"
    body = {"userId": player.id, "reason": "A script."}
    done: dict[str, Any] = data_of(await boss.request("POST", path, body, api=api))
    return done


async def order(api: Api, board: str) -> list[tuple[str, Any]]:
    """(player, score) from the top."""
    return [(row["userId"], row["score"]) for row in (await api.board(board, 100))["leaderboard"]]


def stored(database: psycopg.Connection, board: str) -> list[tuple[str, int]]:
    """The same in PostgreSQL, in smallest units; the board's own count must agree."""
    rows = database.execute(
        "select user_id::text, score from entries where board = %s and score is not null order by rank_key, seq",
        [board],
    ).fetchall()
    assert database.execute("select entry_count from boards where slug = %s", [board]).fetchone() == (len(rows),)
    return rows


async def test_a_void_takes_the_score_back_and_says_so(
    api: Api, boss: Player, database: psycopg.Connection
) -> None:
    await boss.make_board("back", "back_by", decimals=1)
    player = await api.register()
    for action_id, points in (("one", 10), ("two", 2.5), ("three", 5)):
        await act(player, "back_by", points, action_id)
    before = (await api.board("back"))["version"]
    done = await void(boss, player, "two")
    assert {name: done[name] for name in ("userId", "actionId", "reason")} == {
        "userId": player.id,
        "actionId": "two",
        "reason": "A script.",
    }
    assert [(one["board"], str(one["previousScore"]), one["newScore"]) for one in done["boards"]] == [
        ("back", "17.5", 15)
    ]
    assert await order(api, "back") == [(player.id, 15)]
    assert stored(database, "back") == [(player.id, 150)]
    assert order_of((await api.board("back"))["version"]) > order_of(before)
    awarded = database.execute("select points from entries where board = 'back'").fetchone()
    assert awarded == (15,)


async def test_ties_are_in_the_order_in_which_the_scores_that_count_now_were_reached(
    api: Api, boss: Player, database: psycopg.Connection
) -> None:
    await boss.make_board("ties", "tie", policy="best")
    early, late, third = [await api.register() for _ in range(3)]
    await act(early, "tie", 50, "early")
    await act(late, "tie", 50, "late")
    await act(third, "tie", 40, "first")
    await act(third, "tie", 60, "best")
    await act(early, "tie", 50, "again")
    assert await order(api, "ties") == [(third.id, 60), (early.id, 50), (late.id, 50)]
    await void(boss, early, "early")
    assert await order(api, "ties") == [(third.id, 60), (late.id, 50), (early.id, 50)]
    await void(boss, third, "best")
    expected = [(late.id, 50), (early.id, 50), (third.id, 40)]
    assert await order(api, "ties") == expected == stored(database, "ties")


async def test_streams_show_it_on_another_process_within_two_seconds(
    api: Api, boss: Player, pair: tuple[WebServer, WebServer]
) -> None:
    await boss.make_board("shown", "show")
    cheat, honest = await api.register(), await api.register()
    await act(honest, "show", 100, "honest")
    await act(cheat, "show", 30, "fair")
    await act(cheat, "show", 500, "unfair")
    async with (
        listening(pair[1].url, "leaderboard:shown") as board,
        listening(pair[1].url, "user:me:score", token=cheat.token) as own,
    ):
        await board.until_shows(await api.board("shown"))
        await own.until(lambda: told(own, "shown") == [(530, 530, 0, 1)])
        await void(boss, cheat, "unfair")
        answer = await api.board("shown")
        assert [row["userId"] for row in answer["leaderboard"]] == [honest.id, cheat.id]
        await board.until_shows(answer, SEEN_SECONDS)
        await own.until(lambda: told(own, "shown")[1:] == [(530, 30, -500, 2)], SEEN_SECONDS)
        await void(boss, cheat, "fair")
        await own.until(lambda: told(own, "shown")[2:] == [(30, None, -30, None)], SEEN_SECONDS)
        answer = await api.board("shown")
        await board.until_shows(answer, SEEN_SECONDS)
        assert (answer["total"], board.boards["shown"].total) == (1, 1)
        await act(cheat, "show", 7, "anew")
        await own.until(lambda: told(own, "shown")[3:] == [(0, 7, 7, 2)], SEEN_SECONDS)


def told(stream: Stream, board: str) -> list[tuple[Any, ...]]:
    """(score before, score now, points, rank) of what was said of the board."""
    news = [message.json for message in stream.of_type("score.personal")]
    names = ("previousScore", "newScore", "pointsAwarded", "rank")
    return [tuple(one[name] for name in names) for one in news if one["board"] == board]


async def test_who_has_nothing_left_is_not_on_the_board_and_may_come_back(
    api: Api, boss: Player, database: psycopg.Connection, stores: Stores
) -> None:
    await boss.make_board("empty", "fill")
    player = await api.register()
    await act(player, "fill", 10, "only")
    await void(boss, player, "only")
    with redis.Redis.from_url(stores.redis_url) as store:
        assert store.zcard("sse_board:{empty}:ranks") == 0
    assert (await order(api, "empty"), stored(database, "empty")) == ([], [])
    alone = await api.http.get(f"/api/v1/scores/leaderboard?board=empty&around={player.id}")
    assert error_of(alone) == (404, "NOT_FOUND")
    back = await act(player, "fill", 4, "anew")
    assert (back["previousScore"], back["newScore"], back["newRank"]) == (0, 4, 1)
    assert await order(api, "empty") == [(player.id, 4)] == stored(database, "empty")


async def test_an_emptied_board_may_get_other_rules_and_forgets_the_old_ones(api: Api, boss: Player) -> None:
    await boss.make_board("reborn", "bear")
    player = await api.register()
    await act(player, "bear", 10, "old")
    await void(boss, player, "old")
    rules = {"policy": "best", "decimals": 1}
    data_of(await boss.request("PATCH", "/api/v1/admin/boards/reborn", rules))
    for action_id, points in (("good", 3.5), ("better", 4)):
        await act(player, "bear", points, action_id)
    await void(boss, player, "better")
    assert [(user, str(score)) for user, score in await order(api, "reborn")] == [(player.id, "3.5")]


async def test_the_id_stays_used_and_the_action_still_counts_towards_caps(api: Api, boss: Player) -> None:
    kind = {"slug": "capped", "points": {"fixed": 5}, "boards": [{"board": "scoreboard"}], "dailyCap": 2}
    data_of(await boss.request("POST", "/api/v1/admin/action-types", kind), 201)
    player = await api.register()
    first = data_of(await player.act("capped", action_id="first"))
    await void(boss, player, "first")
    again = await player.act("capped", action_id="first")
    assert error_of(again) == (409, "DUPLICATE_ACTION")
    assert parse(again.content)["error"]["details"]["result"] == first
    assert (await player.score("capped"))["newScore"] == 5
    assert error_of(await player.act("capped")) == (429, "RATE_LIMITED")


async def test_a_void_is_audited_with_scores_and_confirms_what_was_flagged(
    api: Api, boss: Player, database: psycopg.Connection
) -> None:
    await boss.make_board("audited", "audit_by")
    player = await api.register()
    await act(player, "audit_by", 10, "fair")
    await act(player, "audit_by", 20, "unfair")
    flag = database.execute(
        "insert into flags (kind, user_id, action_id, summary, details, alerted)"
        " values ('jump', %s, 'unfair', 'x', '{}', false) returning id::text",
        [player.id],
    ).fetchone()
    assert flag is not None
    await void(boss, player, "unfair")
    newest = data_of(await boss.request("GET", "/api/v1/admin/audit?limit=1"))["audit"][0]
    assert (newest["action"], newest["entityType"], newest["entityId"]) == ("action.voided", "action", "unfair")
    assert (newest["actor"], newest["details"]) == (
        boss.id,
        {
            "userId": player.id,
            "reason": "A script.",
            "boards": [{"board": "audited", "previousScore": 30, "newScore": 10}],
            "flags": [flag[0]],
        },
    )
    (resolved,) = data_of(await boss.request("GET", f"/api/v1/admin/flags?status=all&user={player.id}"))["flags"]
    assert (resolved["resolution"], resolved["resolvedBy"], resolved["note"]) == (
        "confirmed",
        boss.id,
        "A script.",
    )


@pytest.mark.parametrize("action_id", ["a/b", "void", "x/void", "50 %", "é?#&", "//", "." * 3])
async def test_an_action_of_any_name_can_be_voided(api: Api, boss: Player, action_id: str) -> None:
    player = await api.register()
    data_of(await player.act("task_finish", action_id=action_id))
    done = await void(boss, player, action_id)
    assert (done["actionId"], done["boards"][0]["newScore"]) == (action_id, None)


async def test_what_cannot_be_voided_changes_nothing(api: Api, boss: Player, database: psycopg.Connection) -> None:
    player, other = await api.register(), await api.register()
    data_of(await player.act("task_finish", action_id="mine"))
    data_of(await player.act("task_finish", action_id="gone"))
    await void(boss, player, "gone")
    seq = database.execute("select seq from commits").fetchone()
    for action_id, whose, kind in (
        ("gone", player, (409, "CONFLICT")),
        ("mine", other, (404, "NOT_FOUND")),
        ("unknown", player, (404, "NOT_FOUND")),
        ("%00", player, (404, "NOT_FOUND")),
        ("%ff", player, (404, "NOT_FOUND")),
        ("x" * 101, player, (404, "NOT_FOUND")),
        ("", player, (404, "NOT_FOUND")),
    ):
        body = {"userId": whose.id, "reason": "A script."}
        answer = await boss.request("POST", f"/api/v1/admin/actions/{action_id}/void", body)
        assert error_of(answer) == kind, action_id
    for wrong in ({"userId": player.id}, {"reason": "x"}, {"userId": "me", "reason": "x"}):
        answer = await boss.request("POST", "/api/v1/admin/actions/mine/void", wrong)
        assert error_of(answer) == (400, "INVALID_REQUEST")
    assert database.execute("select seq from commits").fetchone() == seq


async def test_only_admins_void(api: Api, boss: Player) -> None:
    player = await api.register()
    data_of(await player.act("task_finish", action_id="mine"))
    path, body = "/api/v1/admin/actions/mine/void", {"userId": player.id, "reason": "I regret it."}
    assert error_of(await api.http.post(path, json=body)) == (401, "UNAUTHORIZED")
    assert error_of(await player.request("POST", path, body)) == (403, "FORBIDDEN")
    data_of(await boss.request("PATCH", f"/api/v1/admin/users/{player.id}", {"role": "ORGANIZER"}))
    organizer = await api.log_in(player.username)
    assert error_of(await organizer.request("POST", path, body)) == (403, "FORBIDDEN")


async def test_a_score_that_could_not_be_stored_without_the_action_keeps_it(api: Api, boss: Player) -> None:
    limit = 2**53 - 1
    await boss.make_board("vast", "grow", low=-limit, high=limit)
    player = await api.register()
    for action_id, points in (("first", limit), ("down", -limit), ("second", limit)):
        await act(player, "grow", points, action_id)
    path, body = "/api/v1/admin/actions/down/void", {"userId": player.id, "reason": "x"}
    assert error_of(await boss.request("POST", path, body)) == (409, "CONFLICT")
    assert await order(api, "vast") == [(player.id, limit)]


async def test_an_action_voided_by_two_admins_at_once_is_voided_once(
    api: Api, boss: Player, pair: tuple[WebServer, WebServer]
) -> None:
    player = await api.register()
    for action_id in ("stays", "goes"):
        data_of(await player.act("task_finish", action_id=action_id))
    path, body = "/api/v1/admin/actions/goes/void", {"userId": player.id, "reason": "x"}
    async with Api(pair[1].url) as other:
        answers = await asyncio.gather(
            *(boss.request("POST", path, body, api=[api, other][number % 2]) for number in range(8))
        )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert (await player.score("task_finish"))["previousScore"] == 10


# -- any voids among any actions --


@dataclass
class Storm:
    """Players who act and admins who void, all at once, on two processes."""

    boss: Player
    players: list[Player]
    apis: list[Api]
    dice: random.Random
    done: list[tuple[Player, str]] = field(default_factory=list)

    async def blow(self, kind: str, steps: int) -> None:
        for step in range(steps):
            await asyncio.gather(*(self._step(kind, f"{step}-{number}") for number in range(4)))

    async def _step(self, kind: str, name: str) -> None:
        api = self.dice.choice(self.apis)
        if self.done and self.dice.random() < 0.4:
            player, action_id = self.done.pop(self.dice.randrange(len(self.done)))
            await void(self.boss, player, action_id, api)
            return
        player, action_id = self.dice.choice(self.players), f"{kind} {name}"
        await act(player, kind, self.dice.randint(-2, 3), action_id, api)
        self.done.append((player, action_id))


def expected(database: psycopg.Connection, board: Board) -> list[tuple[str, int]]:
    """What the log's standing actions make, replayed from nothing."""
    fed: dict[str, list[Fed]] = {}
    rows = database.execute(
        "select a.user_id::text, a.seq, (e->>'value')::bigint, a.accepted_at"
        " from actions a, jsonb_array_elements(a.effects) e"
        " where e->>'board' = %s and a.voided_at is null order by a.seq",
        [board.slug],
    )
    for user, seq, value, at in rows:
        fed.setdefault(user, []).append(Fed(seq, value, at))
    standing = [(user, one) for user, values in fed.items() if (one := replay(board, values))]
    standing.sort(key=lambda entry: (board.rank_key(entry[1].score), entry[1].seq))
    return [(user, one.score) for user, one in standing]


@pytest.mark.parametrize(
    ("policy", "direction"),
    [("sum", "desc"), ("best", "desc"), ("best", "asc"), ("latest", "desc"), ("latest", "asc")],
)
async def test_after_any_actions_and_voids_at_once_every_board_is_what_the_rest_make(
    boss: Player,
    api: Api,
    pair: tuple[WebServer, WebServer],
    database: psycopg.Connection,
    policy: Any,
    direction: Any,
) -> None:
    slug = f"storm_{policy}_{direction}"
    await boss.make_board(slug, slug, low=-10, policy=policy, direction=direction)
    board = Board(slug, slug, "", policy, direction, 0, "first", 1)
    players = [await api.register() for _ in range(5)]
    async with Api(pair[1].url) as other, listening(pair[1].url, f"leaderboard:{slug}") as stream:
        await eventually(lambda: _is_known(other, slug))
        storm = Storm(boss, players, [api, other], random.Random(slug))
        await storm.blow(slug, 20)
        final = expected(database, board)
        assert stored(database, slug) == final

        async def is_shown() -> bool:
            return await order(api, slug) == final

        await eventually(is_shown)  # answers do not wait for a Redis that is busy
        await stream.until_shows(await api.board(slug), SEEN_SECONDS)
        assert state_of(await other.board(slug)) == stream.boards[slug].state


async def _is_known(api: Api, slug: str) -> bool:
    return (await api.http.get(f"/api/v1/boards/{slug}")).status_code == 200
