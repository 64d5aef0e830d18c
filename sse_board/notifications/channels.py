"""`system` and `user:{userId}:notifications`: logs of what people are told."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from sse_board.clock import iso
from sse_board.live.event import Event
from sse_board.live.events.record import Record
from sse_board.live.personal import PersonalChannels
from sse_board.live.single import PublicChannel
from sse_board.notifications.announcement import ROLE_PREFIX, SYSTEM
from sse_board.web.identity import Identity

#: Events of which it is written down whom they reached.
RECEIPTED = frozenset({"system.announcement", "notification"})


class SystemLog(PublicChannel):
    """Open to anyone; what is addressed to a role is heard by those who have it now.

    `on_maintenance` is called where an event tells of maintenance, in each process that reads the log.
    """

    def __init__(self, on_maintenance: Callable[[], None] = lambda: None) -> None:
        super().__init__(SYSTEM)
        self._on_maintenance = on_maintenance

    def names(self, channel: str, identity: Identity | None) -> Sequence[str]:
        return (SYSTEM,) if identity is None else (SYSTEM, ROLE_PREFIX + identity.role)

    def keeps(self, name: str) -> bool:
        return name == SYSTEM or name.startswith(ROLE_PREFIX)

    def event(self, record: Record) -> Event:
        if record.type.startswith("maintenance."):
            self._on_maintenance()
        return told(record, SYSTEM)


class NotificationsLog(PersonalChannels):
    """Nobody's but the user's, not even for admins."""

    def __init__(self) -> None:
        super().__init__("notifications", for_admins=False)

    def names(self, channel: str, identity: Identity | None) -> Sequence[str]:
        return (channel,)

    def event(self, record: Record) -> Event:
        return told(record, record.name)


def told(record: Record, channel: str) -> Event:
    """The record on the channel that its listeners know."""
    data = {**record.data, "timestamp": iso(record.at)}
    text = partial(_lines, data) if "title" in data else None
    if "startsAt" in data:
        text = partial(_maintenance_lines, record.type, data)
    urgent = data.get("priority") == "CRITICAL"
    return Event(
        record.type,
        data,
        channel=channel,
        text=text,
        position=record.position,
        urgent=urgent,
        noted=record.type in RECEIPTED,
    )


def _lines(data: dict[str, Any]) -> list[str]:
    urgency = f" {data['priority']}" if data["priority"] in ("HIGH", "CRITICAL") else ""
    return [f"{data['type']}{urgency}  {data['title']}  {data['message']}"]


def _maintenance_lines(type: str, data: dict[str, Any]) -> list[str]:
    return [f"{type.replace('.', ' ')}  {data['startsAt']} to {data['endsAt']}  {data['message']}"]
