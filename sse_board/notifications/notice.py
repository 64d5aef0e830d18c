"""A notification for one user: what it says, and how it is told. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sse_board.clock import iso
from sse_board.live.events.record import NewEvent

Kind = Literal["INFO", "SUCCESS", "WARNING", "ERROR", "ANNOUNCEMENT"]
Priority = Literal["LOW", "NORMAL", "HIGH", "CRITICAL"]
#: What a notification may be about; each is the name of the preference that switches it off.
Category = Literal[
    "gameResults",
    "tournamentUpdates",
    "standingsChanges",
    "pairingUpdates",
    "systemAlerts",
    "achievements",
    "rankChanges",
]
#: What announcements, which have no category of their own, are switched off by.
ANNOUNCED: Category = "systemAlerts"


@dataclass(frozen=True, slots=True)
class Notice:
    """`title` up to 200 characters, `message` up to 4000, both plain text; `link` is a path of this site."""

    user_id: str
    category: Category
    title: str
    message: str
    type: Kind = "INFO"
    priority: Priority = "NORMAL"
    link: str | None = None

    def event(self, id: str, at: datetime) -> NewEvent:
        """As its user is told, on the channel of their notifications."""
        data = payload(id, self.category, self.title, self.message, self.type, self.priority, self.link, at)
        return NewEvent(inbox_of(self.user_id), "notification", data, entity=("notice", id))


def inbox_of(user_id: str) -> str:
    """The channel of a user's notifications, and its name in the log."""
    return f"user:{user_id}:notifications"


def payload(
    id: str,
    category: Category,
    title: str,
    message: str,
    type: Kind,
    priority: Priority,
    link: str | None,
    at: datetime,
) -> Mapping[str, Any]:
    """The `data` of a `notification`, without `timestamp`."""
    return {
        "id": id,
        "category": category,
        "title": title,
        "message": message,
        "type": type,
        "priority": priority,
        **({} if link is None else {"link": link}),
        "createdAt": iso(at),
    }
