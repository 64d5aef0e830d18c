"""What the standings show differently after a change. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sse_board.tournaments.showing.sheet import Sheet

#: A window of at least this many rows of which more than half changed is sent whole, as boards are.
WHOLE_FROM_ROWS = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One `standings.updated`: `positions` are those of the rows that it carries, all when `snapshot`."""

    sheet: Sheet
    previous_version: str | None
    snapshot: bool
    positions: tuple[int, ...]


def whole(sheet: Sheet, previous_version: str | None = None) -> Change:
    """The first on a stream, or the repair of a gap."""
    return Change(sheet, previous_version, True, tuple(range(1, len(sheet.rows) + 1)))


def between(before: Sheet, after: Sheet) -> Change | None:
    """The delta from one version to the next, which may have no row: every version is told. None for the same.

    Other rules, and another round, are another table: told whole.
    """
    if before.version == after.version:
        return None
    previous = str(before.version)
    if (before.version.epoch, before.table.through) != (after.version.epoch, after.table.through):
        return whole(after, previous)
    known = before.rows
    changed = tuple(
        position
        for position, row in enumerate(after.rows, 1)
        if position > len(known) or bytes(row) != bytes(known[position - 1])
    )
    if len(after.rows) >= WHOLE_FROM_ROWS and len(changed) * 2 > len(after.rows):
        return whole(after, previous)
    return Change(after, previous, False, changed)


def payload(change: Change, timestamp: str) -> Mapping[str, Any]:
    """`standings.updated` as the wire has it."""
    sheet = change.sheet
    return {
        "tournamentId": sheet.picture.tournament.id,
        "round": sheet.table.through,
        "version": str(sheet.version),
        "previousVersion": change.previous_version,
        "snapshot": change.snapshot,
        "standings": [sheet.rows[position - 1] for position in change.positions],
        "total": sheet.total,
        "timestamp": timestamp,
    }
