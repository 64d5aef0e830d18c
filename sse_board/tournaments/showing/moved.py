"""What a page must be sent of lists that it shows already: the rows that show something else. Pure."""

from collections.abc import Sequence
from typing import Any

from sse_board.tournaments.showing.panel import Play, Standings

#: Places in a list, from 1; None where it is another list, which is sent whole.
Places = tuple[int, ...] | None


def moved(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What turns the fragments of `after` into changes since `before`; both are `panel.page_parts`."""
    return {
        "since": before["standings"].version,
        "rows_moved": _rows_moved(before["standings"], after["standings"]),
        "games_moved": _games_moved(before["play"], after["play"]),
    }


def _rows_moved(before: Standings, after: Standings) -> Places:
    if not before.through or (before.through, before.headings) != (after.through, after.headings):
        return None
    return _different(before.rows, after.rows)


def _games_moved(before: Play, after: Play) -> Places:
    if not before.round or not after.round or before.round.number != after.round.number:
        return None
    return _different(before.round.boards, after.round.boards)


def _different(before: Sequence[object], after: Sequence[object]) -> Places:
    if not before or len(before) != len(after):
        return None
    pairs = zip(before, after, strict=True)
    return tuple(place for place, (one, other) in enumerate(pairs, 1) if one != other)
