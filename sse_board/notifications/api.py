"""`/api/v1/admin/announcements`: what admins say to everybody."""

import uuid
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.clock import Clock
from sse_board.errors import InvalidRequest
from sse_board.notifications.announce import Announcements
from sse_board.notifications.announcement import Announcement
from sse_board.notifications.notice import Kind, Priority
from sse_board.web.answers import ok, request_id
from sse_board.web.bodies import query_integer, read_json
from sse_board.web.identity import Authenticator, Role, require_admin

#: Users that one announcement may name: each of them is an event of their own.
USERS_LIMIT = 1_000
#: Announcements of one answer.
PAGE_ROWS = 100


#: Times behind this one do not exist in every time zone.
LAST_MOMENT = datetime(9999, 1, 1, tzinfo=UTC)
#: PostgreSQL's text holds everything but NUL.
_TEXT = r"^[^\x00]*$"


class AnnouncementBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_TEXT)]
    message: Annotated[str, msgspec.Meta(min_length=1, max_length=4_000, pattern=_TEXT)]
    type: Kind = "INFO"
    priority: Priority = "NORMAL"
    target_roles: Annotated[list[Role], msgspec.Meta(min_length=1)] | None = None
    target_users: Annotated[list[uuid.UUID], msgspec.Meta(min_length=1, max_length=USERS_LIMIT)] | None = None
    expires_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class AnnouncementsApi:
    def __init__(self, authenticator: Authenticator, announcements: Announcements, clock: Clock) -> None:
        self._authenticator = authenticator
        self._announcements = announcements
        self._clock = clock

    def routes(self) -> list[Route]:
        path = "/api/v1/admin/announcements"
        return [Route(path, self.publish, methods=["POST"]), Route(path, self.recent, methods=["GET"])]

    async def publish(self, request: Request) -> Response:
        actor = require_admin(self._authenticator, request)
        announcement = announcement_of(await read_json(request, AnnouncementBody), self._clock())
        await self._announcements.publish(announcement, actor, request_id(request))
        return ok(announcement.payload(), 201)

    async def recent(self, request: Request) -> Response:
        require_admin(self._authenticator, request)
        limit = query_integer(request, "limit", 20, 1, PAGE_ROWS)
        recent = await self._announcements.recent(limit)
        return ok({"announcements": [echo.payload() for echo in recent]})


def announcement_of(body: AnnouncementBody, now: datetime) -> Announcement:
    """Raises InvalidRequest for one that is over already."""
    if body.expires_at is not None and not now < body.expires_at < LAST_MOMENT:
        raise InvalidRequest("It would be over before it is told.", details={"expiresAt": "must be in the future"})
    return Announcement(
        str(uuid.uuid4()),
        body.title,
        body.message,
        body.type,
        body.priority,
        None if body.target_roles is None else tuple(dict.fromkeys(body.target_roles)),
        None if body.target_users is None else tuple(dict.fromkeys(map(str, body.target_users))),
        body.expires_at,
        now,
    )
