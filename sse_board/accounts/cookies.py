"""The two cookies of a browser's login: the same tokens, out of reach of scripts and of other sites."""

from starlette.requests import HTTPConnection
from starlette.responses import Response

from sse_board.accounts.logins import REFRESH_LIFE, Grant

COOKIE_PREFIX = "sse_board_"
ACCESS_COOKIE = COOKIE_PREFIX + "access"
REFRESH_COOKIE = COOKIE_PREFIX + "refresh"


def set_login_cookies(response: Response, request: HTTPConnection, grant: Grant) -> None:
    """Both live as long as the refresh token: an expired access token says "renew me", none says nothing."""
    secure = request.url.scheme == "https"
    seconds = int(REFRESH_LIFE.total_seconds())
    for name, value in ((ACCESS_COOKIE, grant.access_token), (REFRESH_COOKIE, grant.refresh_token)):
        response.set_cookie(name, value, seconds, path="/", secure=secure, httponly=True, samesite="lax")


def clear_login_cookies(response: Response, request: HTTPConnection) -> None:
    secure = request.url.scheme == "https"
    for name in (ACCESS_COOKIE, REFRESH_COOKIE):
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
