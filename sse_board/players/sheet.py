"""What the page of a player says. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from sse_board.boards.board import Board, Entry, Standing, Window
from sse_board.players.course import Change, course, thinned
from sse_board.web.charts import sparkline

#: Points of a line that is as wide as a thumb: more nobody could tell apart.
COURSE_POINTS = 50
#: Steps that are shown of all that come next.
NEXT_STEPS = 6


@dataclass(frozen=True, slots=True)
class BoardPlace:
    """One board that the player is on; `score` is formatted text, `moved` and `velocity` are places gained since
    their last action and over the last hour, None where that is not known."""

    slug: str
    title: str
    unit: str
    rank: int
    total: int
    score: str
    moved: int | None
    velocity: int | None
    spark: Markup


@dataclass(frozen=True, slots=True)
class Step:
    """One of the achievements that come next: `share` of the way in %, None where there are no steps to it."""

    title: str
    words: str
    share: int | None


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the row: `state` is `done`, `open` for a today that may still be done, or `missed`."""

    date: date
    letter: str
    state: str


def board_place(standing: Standing, window: Window, entry: Entry | None, changes: Sequence[Change]) -> BoardPlace:
    """`entry`: the player's own in that window, where it still was there."""
    board = window.board
    return BoardPlace(
        board.slug,
        board.title,
        board.unit,
        standing.rank,
        max(window.total, standing.position),
        number(board, standing.score),
        entry.rank_change if entry else None,
        window.velocity(entry) if entry else None,
        _spark(board, standing.score, changes),
    )


def number(board: Board, score: int) -> str:
    return f"{board.shown(score):,.{board.decimals}f}"


def _spark(board: Board, present: int, changes: Sequence[Change]) -> Markup:
    scores = thinned(course(board, present, changes), COURSE_POINTS)
    words = f"Score on {board.title}: from {number(board, scores[0])} to {number(board, scores[-1])}"
    return sparkline([float(score) for score in scores], words)


def next_steps(progress: Sequence[Mapping[str, Any]], lowest_first: Sequence[str]) -> list[Step]:
    """Those on whose way the player is, the nearest first. `lowest_first`: boards on which less is more."""
    begun = [_step(rung, rung.get("board") in lowest_first) for rung in progress if rung["current"] is not None]
    return sorted(begun, key=lambda step: -1 if step.share is None else step.share, reverse=True)[:NEXT_STEPS]


def _step(rung: Mapping[str, Any], is_reversed: bool) -> Step:
    current, target = rung["current"], rung["target"]
    if rung["ladder"] == "rank":
        return Step(rung["title"], f"now rank {current:,}", None)
    share = None if is_reversed or target <= 0 else max(0, min(99, int(100 * current / target)))
    days = " days" if rung["ladder"] == "streak" else ""
    return Step(rung["title"], f"{current:,} of {target:,}{days}", share)


def squares(dates: Sequence[date], active: Sequence[int]) -> list[Square]:
    """`active`: places of the dates, from 1, on which something was done; the last date is today."""
    states = ["done" if place in active else "missed" for place in range(1, len(dates) + 1)]
    if states and states[-1] == "missed":
        states[-1] = "open"
    return [Square(day, "MTWTFSS"[day.weekday()], state) for day, state in zip(dates, states, strict=True)]
