"""`GET /api/v1/presence`: which of some people are online."""

import re
from typing import Any

from redis import RedisError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.clock import from_milliseconds, iso
from sse_board.errors import InvalidRequest, Unavailable
from sse_board.presence.marks import Marks, Seen
from sse_board.presence.rules import SITE
from sse_board.web.answers import ok
from sse_board.web.identity import Authenticator, require_user

#: People in one question: more than a page shows.
USERS_LIMIT = 100

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class PresenceApi:
    """Whoever is logged in may ask; who is hidden, or does not exist, was never seen."""

    def __init__(self, marks: Marks, authenticator: Authenticator) -> None:
        self._marks = marks
        self._authenticator = authenticator

    def routes(self) -> list[Route]:
        return [Route("/api/v1/presence", self.presence, methods=["GET"])]

    async def presence(self, request: Request) -> Response:
        require_user(self._authenticator, request)
        users = _users(request.query_params.get("users", ""))
        try:
            found = await self._marks.find(SITE, users)
        except (RedisError, OSError) as error:
            raise Unavailable("Nobody can tell who is online; ask again in a moment.") from error
        shown = [_shown(user, seen) for user, seen in zip(users, found, strict=True)]
        return ok({"users": shown}, headers={"Cache-Control": "private, no-store"})


def _users(asked: str) -> list[str]:
    """Raises InvalidRequest for none, for too many, and for what is no id."""
    users = list(dict.fromkeys(part.strip().lower() for part in asked.split(",") if part.strip()))
    if not users:
        raise InvalidRequest("Name the users: `?users=id,id`.", details={"users": "is required"})
    if len(users) > USERS_LIMIT:
        raise InvalidRequest(f"At most {USERS_LIMIT} users.", details={"users": f"at most {USERS_LIMIT}"})
    if not all(map(_UUID.fullmatch, users)):
        raise InvalidRequest("Users are named by their ids.", details={"users": "ids, separated by commas"})
    return users


def _shown(user: str, seen: Seen) -> dict[str, Any]:
    return {
        "userId": user,
        "status": "online" if seen.online else "offline",
        "since": None if seen.since is None else iso(from_milliseconds(seen.since)),
        "lastSeen": None if seen.last_seen is None else iso(from_milliseconds(seen.last_seen)),
    }
