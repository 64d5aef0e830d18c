"""An announcement, and whom it is for. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sse_board.clock import iso
from sse_board.live.events.record import NewEvent
from sse_board.notifications.notice import ANNOUNCED, Kind, Priority, inbox_of, payload
from sse_board.web.identity import Role

#: The channel that everybody may hear; what is for a role stands under a name of its own, so that no way of
#: reading can forget to filter it.
SYSTEM = "system"
ROLE_PREFIX = f"{SYSTEM}:role:"


@dataclass(frozen=True, slots=True)
class Announcement:
    """For all, unless it names roles or users; then for each of these, and nobody else."""

    id: str
    title: str
    message: str
    type: Kind
    priority: Priority
    target_roles: tuple[Role, ...] | None
    target_users: tuple[str, ...] | None
    expires_at: datetime | None
    created_at: datetime

    def payload(self) -> dict[str, Any]:
        """As admins see it."""
        users = {} if self.target_users is None else {"targetUsers": self.target_users}
        return {**self._told(), **users, "createdAt": iso(self.created_at)}

    def _told(self) -> dict[str, Any]:
        """As those see it whom it is for; not who else was meant by name."""
        optional = {
            "targetRoles": self.target_roles,
            "expiresAt": iso(self.expires_at) if self.expires_at else None,
        }
        return {
            "id": self.id,
            "title": self.title,
            "message": self.message,
            "type": self.type,
            "priority": self.priority,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def events(self, by: str | None = None, deaf: Collection[str] = ()) -> list[NewEvent]:
        """One event for each name in the log that carries it; none for the users who are `deaf` to it."""
        told, users = self._told(), self.target_users or ()
        names = [ROLE_PREFIX + role for role in self.target_roles or ()]
        if self.target_roles is None and self.target_users is None:
            names = [SYSTEM]
        entity = ("announcement", self.id)
        events = [NewEvent(name, "system.announcement", told, entity, by) for name in names]
        notice = payload(
            self.id, ANNOUNCED, self.title, self.message, self.type, self.priority, None, self.created_at
        )
        hearing = [inbox_of(user) for user in users if user not in deaf]
        return events + [NewEvent(name, "notification", notice, entity, by) for name in hearing]
