"""The cast and what it achieves: pure, over simulated hours."""

import heapq
import itertools
from collections import Counter, defaultdict
from decimal import Decimal
from random import Random

import pytest

from sse_board.accounts.rules import check_username
from sse_board.demo.__main__ import CAST_SEED
from sse_board.demo.habits import LEAST_REST, RUN_BEYOND, Choice, Standing, choose, opening, practice, rest
from sse_board.demo.names import PAIRS
from sse_board.demo.players import DEVOTED_PAIRS, Player, cast
from sse_board.demo.skills import APPS, CURVES, TOLD_AS, App, metadata, next_mood, result, ticks

HOUR = 3_600.0
LEAST_RUN = 3.0
PLAYERS = cast(Random(CAST_SEED))


class Boards:
    """What the service makes of the claims, in memory: sums, bests, and who led when."""

    def __init__(self) -> None:
        self.scores: dict[str, dict[str, float]] = defaultdict(dict)
        self.leaders: dict[str, list[tuple[float, str]]] = defaultdict(list)
        self.rises: dict[str, list[float]] = defaultdict(list)

    def add(self, board: str, name: str, points: float, now: float) -> float:
        return self._set(board, name, self.scores[board].get(name, 0) + points, now)

    def best(self, board: str, name: str, score: float, now: float) -> None:
        if score > self.scores[board].get(name, -1):
            self._set(board, name, score, now)

    def _set(self, board: str, name: str, score: float, now: float) -> float:
        scores, leaders = self.scores[board], self.leaders[board]
        scores[name] = score
        self.rises[board].append(now)
        if not leaders or score > scores[leaders[-1][1]]:
            leaders.append((now, name))
        return score

    def rank(self, board: str, name: str) -> int:
        return 1 + sum(score > self.scores[board][name] for score in self.scores[board].values())


def act(choice: Choice, player: Player, standing: Standing, boards: Boards, now: float, dice: Random) -> None:
    standing.mood = next_mood(standing.mood, dice)
    points = 100 if choice == "quiz" else 10
    standing.points = boards.add("scoreboard", player.name, points, now)
    if choice == "quiz":
        standing.quiz_at = now
    elif choice != "task":
        claim = metadata(choice, player.talents[choice], practice(standing), standing.mood, dice)
        boards.best(choice, player.name, claim[CURVES[choice].field], now)
        standing.runs = boards.add("overall", player.name, 10, now) / 10
    standing.rank = boards.rank("scoreboard", player.name)


def simulate(hours: float, dice: Random) -> tuple[Boards, dict[str, list[float]]]:
    """The boards, and the moments of each player's actions: seconds."""
    boards, moments = Boards(), defaultdict(list)
    standings = {player.name: Standing() for player in PLAYERS}
    planned: dict[str, list[Choice]] = {player.name: opening(dice) for player in PLAYERS}
    tie = itertools.count()
    due = [(player.arrival, next(tie), player) for player in PLAYERS]
    heapq.heapify(due)
    while due and due[0][0] < hours * HOUR:
        now, _, player = heapq.heappop(due)
        standing, plan = standings[player.name], planned[player.name]
        pause = 0.0 if plan else rest(player, standing, standings[player.rival], dice)
        choice = plan.pop(0) if plan else choose(player, standing, now + pause, dice)
        pause += LEAST_RUN + dice.uniform(*RUN_BEYOND) if choice in APPS else 0.0
        act(choice, player, standing, boards, now + pause, dice)
        moments[player.name].append(now + pause)
        heapq.heappush(due, (now + pause, next(tie), player))
    return boards, moments


@pytest.fixture(scope="module")
def evening() -> tuple[Boards, dict[str, list[float]]]:
    return simulate(4.0, Random(1))


def test_every_name_is_one_the_service_takes() -> None:
    names = [name for pair in PAIRS for name in pair]
    assert [check_username(name) for name in names] == names
    assert len(set(names)) == len(names) == 40


def test_the_same_dice_make_the_same_people() -> None:
    assert cast(Random(3)) == cast(Random(3)) != cast(Random(4))


def test_players_differ_in_every_app() -> None:
    for app in APPS:
        starts = [player.talents[app].start for player in PLAYERS]
        assert max(starts) - min(starts) > 0.3 * max(starts)


def test_rivals_are_near_each_other() -> None:
    by_name = {player.name: player for player in PLAYERS}
    for player in PLAYERS:
        rival = by_name[player.rival]
        assert rival.rival == player.name
        assert all(abs(player.talents[app].gift - rival.talents[app].gift) <= 0.08 for app in APPS)


@pytest.mark.parametrize("app", APPS)
def test_practice_makes_better(app: App) -> None:
    for player in PLAYERS:
        usual = [result(CURVES[app], player.talents[app], runs, 0.0) for runs in (0, 30, 300, 3_000)]
        assert usual == sorted(usual)
        assert usual[0] < usual[-1]


@pytest.mark.parametrize("app", APPS)
@pytest.mark.parametrize("today", [-50.0, -3.0, 0.0, 3.0, 50.0])
def test_no_form_leaves_the_bounds_or_the_decimals_of_the_board(app: App, today: float) -> None:
    curve = CURVES[app]
    for player, runs in itertools.product(PLAYERS, (0, 1e3, 1e6)):
        score = result(curve, player.talents[app], runs, today)
        assert 0 <= score <= curve.most
        assert -Decimal(str(score)).as_tuple().exponent <= curve.decimals  # type: ignore[operator]


def test_typing_claims_its_accuracy_too() -> None:
    dice = Random(5)
    claims = [metadata("typing", PLAYERS[0].talents["typing"], 10, 3.0, dice) for _ in range(500)]
    assert all(set(claim) == {"wpm", "accuracy"} and 0 <= claim["accuracy"] <= 100 for claim in claims)


def test_nobody_needs_more_than_ten_actions_a_minute(evening: tuple[Boards, dict[str, list[float]]]) -> None:
    for moments in evening[1].values():
        assert all(later - first >= 60 for first, later in zip(moments, moments[10:], strict=False))
    assert LEAST_REST * 9 < 60


def test_most_players_stay_below_a_hundred_actions_an_hour(
    evening: tuple[Boards, dict[str, list[float]]],
) -> None:
    rates = [len(moments) / 4 for moments in evening[1].values()]
    assert sum(rate < 100 for rate in rates) == 2 * (len(PAIRS) - DEVOTED_PAIRS)


def test_the_boards_fill_in_ten_seconds(evening: tuple[Boards, dict[str, list[float]]]) -> None:
    rises = evening[0].rises
    assert min(rises["scoreboard"]) < 0.5
    assert sum(moment < 3 for moment in rises["scoreboard"]) > 25
    assert all(sum(moment < 12 for moment in rises[app]) >= 8 for app in APPS)


def test_rows_move_every_second_or_so_for_hours(evening: tuple[Boards, dict[str, list[float]]]) -> None:
    for board in ("scoreboard", "overall"):
        assert len(evening[0].rises[board]) > 4 * HOUR * 0.9


@pytest.mark.parametrize("hour", [0, 1, 2, 3])
def test_records_still_fall_after_hours(evening: tuple[Boards, dict[str, list[float]]], hour: int) -> None:
    for app in APPS:
        fallen = [moment for moment in evening[0].rises[app] if hour <= moment / HOUR < hour + 1]
        assert len(fallen) >= 30


def test_leaders_change_on_every_board(evening: tuple[Boards, dict[str, list[float]]]) -> None:
    changes = Counter({board: len(leaders) for board, leaders in evening[0].leaders.items()})
    assert set(changes) == {"scoreboard", "overall", *APPS}
    assert min(changes.values()) >= 5
    late = [board for board, leaders in evening[0].leaders.items() if leaders[-1][0] > HOUR]
    assert len(late) >= 4


def test_no_leap_looks_like_an_anomaly() -> None:
    """The service watches for leaps of more than 1 000 points."""
    assert max(result(CURVES["piano"], player.talents["piano"], 0, 3.0) for player in PLAYERS) < 1_000


@pytest.mark.parametrize("app", APPS)
def test_a_run_tells_of_its_way_and_ends_at_what_it_will_claim(app: App) -> None:
    dice = Random(3)
    claim = metadata(app, PLAYERS[0].talents[app], 5, 0.5, dice)
    told = ticks(claim, 8, dice)
    assert told[-1] == {**{TOLD_AS[field]: value for field, value in claim.items()}, "progress": 100}
    way = [tick[TOLD_AS[CURVES[app].field]] for tick in told]
    assert len(set(way)) > 3
    assert all(0 <= value <= claim[CURVES[app].field] for value in way)
