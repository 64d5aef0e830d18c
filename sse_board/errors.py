"""One family of errors: each class is a status and a code, its docstring the default message."""

from collections.abc import Mapping
from typing import Any


class BoardError(Exception):
    """Something went wrong here. The request id finds it in the logs."""

    status = 500
    code = "INTERNAL"

    def __init__(
        self,
        message: str | None = None,
        *,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.details = details
        self.headers = dict(headers or {})
        if self.status == 401:  # RFC 9110 §11.6.1 wants it on each of them
            self.headers.setdefault("WWW-Authenticate", "Bearer")
        super().__init__(self.message)


class InvalidRequest(BoardError):
    """The request cannot be understood."""

    status, code = 400, "INVALID_REQUEST"


class InvalidAction(BoardError):
    """The action cannot be accepted."""

    status, code = 400, "INVALID_ACTION"


class Unauthorized(BoardError):
    """Log in first: send a valid access token as `Authorization: Bearer …`."""

    status, code = 401, "UNAUTHORIZED"


class TokenExpired(BoardError):
    """The token has expired; refresh it or log in again."""

    status, code = 401, "TOKEN_EXPIRED"


class TokenReused(BoardError):
    """This refresh token was used before; its login has been ended. Log in again."""

    status, code = 401, "TOKEN_REUSED"


class InvalidSignature(BoardError):
    """X-Action-Signature is not the HMAC-SHA256 of the raw body under a live action key of yours."""

    status, code = 403, "INVALID_SIGNATURE"


class Forbidden(BoardError):
    """Your role does not allow this."""

    status, code = 403, "FORBIDDEN"


class NotFound(BoardError):
    """There is nothing here."""

    status, code = 404, "NOT_FOUND"


class MethodNotAllowed(BoardError):
    """This address does not take that method."""

    status, code = 405, "METHOD_NOT_ALLOWED"


class NotAcceptable(BoardError):
    """None of the accepted formats can be served here."""

    status, code = 406, "NOT_ACCEPTABLE"


class UnsupportedMediaType(BoardError):
    """Send the body as application/json."""

    status, code = 415, "UNSUPPORTED_MEDIA_TYPE"


class DuplicateAction(BoardError):
    """This action id was processed before; `details.result` is the first answer."""

    status, code = 409, "DUPLICATE_ACTION"


class Conflict(BoardError):
    """The present state does not allow this."""

    status, code = 409, "CONFLICT"


class PayloadTooLarge(BoardError):
    """The body is too large."""

    status, code = 413, "PAYLOAD_TOO_LARGE"


class RateLimited(BoardError):
    """Too many requests; wait as long as Retry-After says."""

    status, code = 429, "RATE_LIMITED"


class Unavailable(BoardError):
    """A store is down; nothing was changed. Try again shortly."""

    status, code = 503, "UNAVAILABLE"

    def __init__(self, message: str | None = None, *, retry_after: int = 2) -> None:
        super().__init__(message, headers={"Retry-After": str(retry_after)})
