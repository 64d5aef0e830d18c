"""Saying something to everybody, to roles, or to single users."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sse_board.admin.audit import record
from sse_board.clock import Clock
from sse_board.errors import InvalidRequest
from sse_board.live.events.outbox import Outbox
from sse_board.notifications.announcement import Announcement
from sse_board.notifications.notice import ANNOUNCED
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Identity

_queries = Queries("notifications")


@dataclass(frozen=True, slots=True)
class Echo:
    """An announcement, how many people it was handed to, and how many of them read it."""

    announcement: Announcement
    reached: int
    read: int

    def payload(self) -> dict[str, Any]:
        return {**self.announcement.payload(), "reached": self.reached, "read": self.read}


class Announcements:
    """Stored, told and recorded in one transaction."""

    def __init__(self, postgres: Postgres, outbox: Outbox, clock: Clock) -> None:
        self._postgres = postgres
        self._outbox = outbox
        self._clock = clock

    async def publish(self, announcement: Announcement, actor: Identity, request_id: str) -> None:
        """Raises InvalidRequest for users that nobody knows: then nothing is told to anybody."""
        async with self._outbox.writing() as writing:
            await self._require_users(writing.connection, announcement.target_users or ())
            await writing.connection.execute(_queries.create, {**_columns(announcement), "by": actor.user_id})
            entity = ("announcement", announcement.id)
            details = announcement.payload()
            await record(writing.connection, actor, "announcement.create", entity, details, request_id)
            deaf = await self._deaf(writing.connection, announcement)
            for event in announcement.events(actor.user_id, deaf):
                writing.tell(event)

    async def recent(self, limit: int) -> list[Echo]:
        """The newest first."""
        rows = await self._postgres.all(_queries.recent, limit=limit)
        return [Echo(_announcement(row[:-2]), *row[-2:]) for row in rows]

    async def _deaf(self, connection: Connection, announcement: Announcement) -> set[str]:
        """Those of the users it is for who are not to be told at once; what is CRITICAL they are."""
        if not announcement.target_users or announcement.priority == "CRITICAL":
            return set()
        values = {"users": list(announcement.target_users), "category": ANNOUNCED}
        return {row[0] for row in await (await connection.execute(_queries.deaf, values)).fetchall()}

    async def _require_users(self, connection: Connection, users: Sequence[str]) -> None:
        rows = await (await connection.execute(_queries.known_users, {"users": list(users)})).fetchall()
        unknown = sorted(set(users) - {row[0] for row in rows})
        if unknown:
            raise InvalidRequest(
                "Some of the users do not exist.", details={"targetUsers": ", ".join(unknown[:5])}
            )


def _columns(announcement: Announcement) -> dict[str, Any]:
    roles, users = announcement.target_roles, announcement.target_users
    return {
        "id": announcement.id,
        "title": announcement.title,
        "message": announcement.message,
        "type": announcement.type,
        "priority": announcement.priority,
        "roles": None if roles is None else list(roles),
        "users": None if users is None else list(users),
        "expires_at": announcement.expires_at,
        "at": announcement.created_at,
    }


def _announcement(row: Sequence[Any]) -> Announcement:
    id, title, message, type, priority, roles, users, expires_at, created_at = row
    targets = [None if names is None else tuple(map(str, names)) for names in (roles, users)]
    return Announcement(id, title, message, type, priority, targets[0], targets[1], expires_at, created_at)  # type: ignore[arg-type]  # roles are checked in the table's writer
