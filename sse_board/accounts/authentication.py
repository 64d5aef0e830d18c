"""Turns a request into an identity: header, cookie or, for listeners, the URL. Asks no store."""

from starlette.requests import HTTPConnection
from starlette.types import Scope

from sse_board.accounts.cookies import ACCESS_COOKIE
from sse_board.accounts.revocations import Revocations
from sse_board.accounts.tokens import Tokens
from sse_board.errors import TokenExpired, Unauthorized
from sse_board.web.headers import headers_of
from sse_board.web.identity import Identity

#: Who a page was made for. Cookies are the browser's: when it sends something, somebody else may have logged in.
MEANT_HEADER = b"x-viewer"

#: Where clients are tempted to put a token into the URL.
_URL_NAMES = ("token", "access_token")


class Authentication:
    """The `web.identity.Authenticator` of this service."""

    def __init__(self, tokens: Tokens, revocations: Revocations) -> None:
        self._tokens = tokens
        self._revocations = revocations

    def identify(self, request: HTTPConnection) -> Identity | None:
        """From `Authorization: Bearer`, else from the cookie; None when there is neither.

        Raises TokenExpired; Unauthorized for any other bad token, for a token in the URL, and where the request
        says that it is sent for somebody else.
        """
        if _url_token(request) is not None:
            raise Unauthorized("A token does not belong in this URL; send it as `Authorization: Bearer …`.")
        return _meant(request, self._identify(request))

    def identify_listener(self, request: HTTPConnection) -> Identity | None:
        """The same, but a stream token in `?token=` is good too; before the cookie, after the header."""
        token = _url_token(request)
        if token is None or b"authorization" in headers_of(request.scope):
            return _meant(request, self._identify(request))
        return self._live(self._tokens.verify_stream(token))

    def _identify(self, request: HTTPConnection) -> Identity | None:
        headers = headers_of(request.scope)
        token: str | None = None
        if b"authorization" in headers:
            token = _bearer(headers[b"authorization"].decode("latin-1"))
        elif b"cookie" in headers:
            token = request.cookies.get(ACCESS_COOKIE)
        return self._live(self._tokens.verify_access(token)) if token else None

    def peek(self, request: HTTPConnection) -> Identity | None:
        """What `identify` finds, None for whatever is wrong with it; the URL does not matter."""
        try:
            return self._identify(request)
        except (Unauthorized, TokenExpired):
            return None

    def is_anonymous(self, scope: Scope) -> bool:
        headers = headers_of(scope)
        nowhere = b"authorization" not in headers and b"cookie" not in headers
        return nowhere and b"token=" not in scope["query_string"]

    def verify(self, token: str) -> Identity:
        """A bare access token, as the first message on a WebSocket carries it. Raises as `identify` does."""
        return self._live(self._tokens.verify_access(token))

    def _live(self, identity: Identity) -> Identity:
        if not self._revocations.is_live(identity):
            raise Unauthorized("This login has ended or its rights have changed; refresh it or log in again.")
        return identity

    def is_live(self, identity: Identity) -> bool:
        return self._revocations.is_live(identity)


def _meant(request: HTTPConnection, identity: Identity | None) -> Identity | None:
    meant = headers_of(request.scope).get(MEANT_HEADER)
    if meant and identity and meant != identity.user_id.encode():
        raise Unauthorized("Somebody else has logged in since.", details={"viewer": "is not logged in"})
    return identity


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("Send `Authorization: Bearer` and an access token.")
    return token.strip()


def _url_token(request: HTTPConnection) -> str | None:
    if b"token=" not in request.scope["query_string"]:
        return None
    return next((request.query_params[name] for name in _URL_NAMES if name in request.query_params), None)
