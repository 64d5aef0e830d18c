"""What about an accepted action looks wrong. Pure: the action and what its player did before come in.

Nothing here refuses anything: whoever is flagged is looked at by a person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt
from typing import Any

from sse_board.boards.board import Board
from sse_board.scores.action import ActionType, Logged

#: More points at once than this are a jump, awarded or by a better sum: points.
JUMP_POINTS = 1_000
#: More actions than this within the hour are not done by hand.
PACE_ACTIONS = 100
PACE_WINDOW = timedelta(hours=1)
#: Earlier values of one player, type and board that are compared with: enough for a habit, cheap to read.
EARLIER_VALUES = 50
#: With fewer than these nobody knows yet what is usual for the player.
EARLIER_LEAST = 10
#: An outlier lies so many standard deviations beyond the mean …
OUTLIER_DEVIATIONS = 4.0
#: … and is better than the best so far by this part of it, or of the mean, whichever is larger.
OUTLIER_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Anomaly:
    """`kind` is `jump`, `pace` or `outlier`; `summary` is for people, plain text without a full stop;
    `details` are JSON with scores in the units of their boards.
    """

    kind: str
    summary: str
    details: Mapping[str, Any]


def claimed_boards(kind: ActionType) -> frozenset[str]:
    """Boards that the type feeds with what the player says; fixed points are the server's own."""
    says_points = kind.points.field is not None
    return frozenset(target.board for target in kind.targets if says_points or target.field is not None)


def jump(action: Logged, find_board: Callable[[str], Board | None]) -> Anomaly | None:
    """Over `JUMP_POINTS` awarded, or a sum that the action made better by more than that."""
    fed = [(board, effect.value) for effect in action.effects if (board := find_board(effect.board))]
    leaps = [
        {"board": board.slug, "change": board.shown(value)}
        for board, value in fed
        if board.policy == "sum" and -board.rank_key(value) > JUMP_POINTS * 10**board.decimals
    ]
    if action.points <= JUMP_POINTS and not leaps:
        return None
    changes = [f", {leap['board']} changed by {leap['change']}" for leap in leaps]
    summary = f"{action.points} points at once{''.join(changes)}"
    return Anomaly("jump", summary, {"points": action.points, "boards": leaps})


def pace(actions_within_hour: int) -> Anomaly | None:
    """`actions_within_hour`: of the player up to the action, itself included."""
    if actions_within_hour <= PACE_ACTIONS:
        return None
    details = {"limit": PACE_ACTIONS, "seconds": int(PACE_WINDOW.total_seconds())}
    return Anomaly("pace", f"over {PACE_ACTIONS} actions within an hour", details)


def outlier(
    action: Logged, find_board: Callable[[str], Board | None], earlier: Mapping[str, Sequence[int]]
) -> Anomaly | None:
    """`earlier` are the values to compare with, by board; boards without any are not looked at."""
    found = [
        _told(board, effect.value, earlier[effect.board])
        for effect in action.effects
        if effect.board in earlier
        and (board := find_board(effect.board))
        and is_outlier(board, effect.value, earlier[effect.board])
    ]
    if not found:
        return None
    beyond = [f"{one['value']} on {one['board']} where the best was {one['best']}" for one in found]
    return Anomaly("outlier", ", ".join(beyond), {"boards": found})


def is_outlier(board: Board, value: int, earlier: Sequence[int]) -> bool:
    """Whether the value is suspiciously good beside the earlier ones.

    It must be better than the best by half, so that progress in steps, however long it goes on, and a good day are
    none; and lie beyond four deviations of the mean, which at most one in sixteen of any values whatever do
    (Chebyshev), so that whoever varies widely may vary. And there must be ten to compare with; who only ever had
    zeros gives no measure. Medians would bear more outliers among the earlier values, which is not needed: one
    that was better was flagged itself, and if it was voided it is not among them.
    """
    if len(earlier) < EARLIER_LEAST:
        return False
    goodness = [-board.rank_key(one) for one in earlier]
    count, total, best = len(goodness), sum(goodness), max(goodness)
    deviation = sqrt(count * sum(one * one for one in goodness) - total * total) / count
    measure = max(abs(best), abs(total) / count)
    good = -board.rank_key(value)
    return good - best > OUTLIER_SHARE * measure > 0 and good - total / count > OUTLIER_DEVIATIONS * deviation


def _told(board: Board, value: int, earlier: Sequence[int]) -> dict[str, Any]:
    best = min(earlier, key=board.rank_key)
    return {
        "board": board.slug,
        "value": board.shown(value),
        "best": board.shown(best),
        "compared": len(earlier),
    }
