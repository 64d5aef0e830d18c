"""Who opens a stream, a socket or a poll, and what they ask for."""

from dataclasses import dataclass

from starlette.requests import HTTPConnection, Request

from sse_board.errors import InvalidRequest, TokenExpired, Unauthorized
from sse_board.live.channels import Admission, Channels, listed
from sse_board.live.source import LIMITS
from sse_board.web.bodies import query_integer
from sse_board.web.identity import Authenticator, Identity


@dataclass(frozen=True, slots=True)
class Listener:
    """`auth` is `user`, `anonymous` or `expired`; an expired token listens as nobody."""

    identity: Identity | None
    auth: str


def listener_of(request: HTTPConnection, authenticator: Authenticator) -> Listener:
    """Raises Unauthorized for a token that is not merely old."""
    try:
        identity = authenticator.identify_listener(request)
    except TokenExpired:
        return Listener(None, "expired")
    return Listener(identity, "anonymous" if identity is None else "user")


async def admitted(request: Request, listener: Listener, channels: Channels) -> Admission:
    """What `?channels=` asks for. Raises InvalidRequest; TokenExpired for a private one and an old token."""
    admission = await channels.admit(listed(request.query_params.get("channels", "")), listener.identity)
    if listener.auth == "expired" and any(isinstance(error, Unauthorized) for _, error in admission.refused):
        raise TokenExpired()
    return admission


def rows_of(request: HTTPConnection, name: str) -> int:
    """The window that a listener wants, in rows. Raises InvalidRequest."""
    rows = query_integer(request, name, LIMITS[0], LIMITS[0], LIMITS[-1])
    if rows not in LIMITS:
        raise InvalidRequest(f"`{name}` must be one of 10, 25, 50, 100.", details={name: str(rows)})
    return rows


def last_event_id(request: HTTPConnection) -> str | None:
    """From the header that browsers send when they reconnect, or from the URL for those who do it themselves."""
    return request.headers.get("last-event-id") or request.query_params.get("lastEventId") or None
