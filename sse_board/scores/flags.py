"""Flags: what looks wrong, kept until an admin has looked at it, and told to all admins at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sse_board.live.events.outbox import Writing
from sse_board.live.events.record import NewEvent
from sse_board.stores.queries import Queries
from sse_board.web.answers import encode

_queries = Queries("flags")
_boards = Queries("boards")

#: After an alert further flags of the same player and kind are only kept: seconds.
QUIET_SECONDS = 3_600

#: (title, message) → the event that tells admins.
Alert = Callable[[str, str], NewEvent]


@dataclass(frozen=True, slots=True)
class Flag:
    """`summary` says what is wrong, for people: plain text without a full stop; `details` the same for programs.

    No `action_id` where nothing was accepted: of those a player has one open flag of each kind. An action is
    flagged once for each kind.
    """

    kind: str
    user_id: str
    action_id: str | None
    summary: str
    details: Mapping[str, Any]


async def raise_flags(writing: Writing, flags: Sequence[Flag], alert: Alert) -> None:
    """Keep the flags, but those of actions that were voided meanwhile, and tell admins of each player and kind.

    Under the turnstile: a void either is seen here, or sees the flags and resolves them.
    """
    if not flags:
        return
    await writing.connection.execute(_boards.turnstile)
    told = await writing.connection.execute(_queries.raise_all, _columns(flags))
    for kind, username, action_id, summary in await told.fetchall():
        claim = f" with the action {action_id}" if action_id is not None else ""
        writing.tell(alert(f"Flagged: {kind}", f"{username}{claim}: {summary}."))


def _columns(flags: Sequence[Flag]) -> dict[str, Any]:
    return {
        "kinds": [flag.kind for flag in flags],
        "users": [flag.user_id for flag in flags],
        "action_ids": [flag.action_id for flag in flags],
        "summaries": [flag.summary for flag in flags],
        "details": [encode(flag.details).decode() for flag in flags],
        "quiet": QUIET_SECONDS,
    }
