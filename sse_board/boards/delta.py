"""What a window shows differently after a change. Pure."""

from dataclasses import dataclass
from typing import Any

from sse_board.boards.board import Entry, Window
from sse_board.clock import iso

#: A window of at least this many rows of which more than half changed is sent whole: it is shorter.
WHOLE_FROM_ROWS = 10


@dataclass(frozen=True, slots=True)
class Change:
    """One `leaderboard.update`: `entries` is the whole window when `snapshot`, else what changed."""

    window: Window
    previous_version: str | None
    snapshot: bool
    entries: tuple[Entry, ...]
    moved: tuple[tuple[str, int | None, int | None, int | None], ...]


def whole(window: Window, previous_version: str | None = None) -> Change:
    """The window as a snapshot: the first on a stream, or the repair of a gap."""
    return Change(window, previous_version, True, window.entries, ())


def between(before: Window, after: Window) -> Change | None:
    """The delta from one state to the next; None when the window looks the same."""
    if before.version.epoch != after.version.epoch:
        return whole(after, str(before.version))
    changed = tuple(
        entry
        for index, entry in enumerate(after.entries)
        if index >= len(before.entries) or not entry.same_state(before.entries[index])
    )
    if not changed and before.total == after.total and len(before.entries) == len(after.entries):
        return None
    snapshot = len(after.entries) >= WHOLE_FROM_ROWS and len(changed) * 2 > len(after.entries)
    entries = after.entries if snapshot else changed
    return Change(after, str(before.version), snapshot, entries, _moved(before, after))


def _moved(before: Window, after: Window) -> tuple[tuple[str, int | None, int | None, int | None], ...]:
    """(user, rank before, rank now, score now) of everybody whose rank in the window changed; None for outside."""
    old = {entry.user_id: entry for entry in before.entries}
    new = {entry.user_id: entry for entry in after.entries}
    moved = [
        (user, old[user].rank if user in old else None, entry.rank, entry.score)
        for user, entry in new.items()
        if user not in old or old[user].rank != entry.rank
    ]
    left = [(user, entry.rank, None, None) for user, entry in old.items() if user not in new]
    return (*moved, *left)


def payload(change: Change, timestamp: str) -> dict[str, Any]:
    """`leaderboard.update` as the wire has it."""
    window = change.window
    return {
        "board": window.board.slug,
        "version": str(window.version),
        "previousVersion": change.previous_version,
        "snapshot": change.snapshot,
        "entries": [entry_payload(window, entry) for entry in change.entries],
        "changedPositions": _moves_payload(change),
        "total": window.total,
        "timestamp": timestamp,
    }


def whole_payload(change: Change, timestamp: str) -> dict[str, Any]:
    """The same news for clients that keep no rows: the whole window every time."""
    window = change.window
    return {
        "board": window.board.slug,
        "version": str(window.version),
        "leaderboard": [entry_payload(window, entry) for entry in window.entries],
        "changedPositions": _moves_payload(change),
        "total": window.total,
        "timestamp": timestamp,
    }


def _moves_payload(change: Change) -> list[dict[str, Any]]:
    board = change.window.board
    return [
        {
            "userId": user,
            "previousRank": before,
            "newRank": now,
            "score": None if score is None else board.shown(score),
        }
        for user, before, now, score in change.moved
    ]


def entry_payload(window: Window, entry: Entry) -> dict[str, Any]:
    return {
        "position": entry.position,
        "rank": entry.rank,
        "userId": entry.user_id,
        "username": entry.username,
        "avatarUrl": entry.avatar_url,
        "score": window.board.shown(entry.score),
        "achievedAt": iso(entry.achieved_at),
        "previousRank": entry.previous_rank,
        "rankChange": entry.rank_change,
        "velocity": window.velocity(entry),
    }
