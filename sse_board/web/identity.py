"""Who is asking."""

from dataclasses import dataclass
from typing import Literal, Protocol

from starlette.requests import HTTPConnection
from starlette.types import Scope

from sse_board.errors import Forbidden, Unauthorized

Role = Literal["ADMIN", "ORGANIZER", "PARTICIPANT", "VIEWER"]
ROLES: tuple[Role, ...] = ("ADMIN", "ORGANIZER", "PARTICIPANT", "VIEWER")


@dataclass(frozen=True, slots=True)
class Identity:
    """The bearer of a verified token. `expires_at` in seconds since the epoch.

    `action_serial`: of the user's action key when the token was made; 0 where the token does not say.
    """

    user_id: str
    role: Role
    login_id: str
    generation: int
    expires_at: float
    action_serial: int = 0


class Authenticator(Protocol):
    """Turns a request into an identity; the accounts supply it."""

    def identify(self, request: HTTPConnection) -> Identity | None:
        """None for an anonymous request. Raises Unauthorized or TokenExpired for a bad token."""

    def identify_listener(self, request: HTTPConnection) -> Identity | None:
        """The same, but a stream token in `?token=` is good too."""

    def verify(self, token: str) -> Identity:
        """A bare access token. Raises as `identify` does."""

    def peek(self, request: HTTPConnection) -> Identity | None:
        """What `identify` finds, None for whatever is wrong with it; the URL does not matter."""

    def is_anonymous(self, scope: Scope) -> bool:
        """Whether the request does not even try to say who it comes from."""

    def is_live(self, identity: Identity) -> bool:
        """Whether the login still stands and the user's tokens of that generation count."""


def require_user(authenticator: Authenticator, request: HTTPConnection) -> Identity:
    identity = authenticator.identify(request)
    if identity is None:
        raise Unauthorized()
    return identity


def require_admin(authenticator: Authenticator, request: HTTPConnection) -> Identity:
    identity = require_user(authenticator, request)
    if identity.role != "ADMIN":
        raise Forbidden("Only admins may do this.")
    return identity
