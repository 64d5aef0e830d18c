"""`/api/v1/auth/…`: bodies in, envelopes out."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sse_board.accounts.action_keys import ActionKeys
from sse_board.accounts.authentication import Authentication
from sse_board.accounts.avatars import parse_avatar
from sse_board.accounts.caller import caller_of
from sse_board.accounts.cookies import REFRESH_COOKIE, clear_login_cookies, set_login_cookies
from sse_board.accounts.logins import Account, Grant
from sse_board.accounts.profile import Changes
from sse_board.accounts.rules import Checks, check_password, check_time_zone, new_user
from sse_board.accounts.tokens import ACCESS_SECONDS, STREAM_SECONDS, Tokens
from sse_board.accounts.use_cases import UseCases
from sse_board.errors import BoardError, InvalidRequest
from sse_board.web.answers import failure, ok, request_id
from sse_board.web.bodies import decode, read_json, require_json
from sse_board.web.headers import headers_of
from sse_board.web.identity import require_user

#: Answers that carry secrets must not be kept by anybody on the way.
_NO_STORE = {"Cache-Control": "no-store"}


class RegisterBody(msgspec.Struct, rename="camel"):
    username: str
    email: str
    password: str
    time_zone: str | None = None


class LoginBody(msgspec.Struct):
    username: str
    password: str


class RefreshBody(msgspec.Struct, rename="camel"):
    refresh_token: str | None = None


class ProfileBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    avatar: str | msgspec.UnsetType | None = msgspec.UNSET
    time_zone: str | msgspec.UnsetType = msgspec.UNSET
    password: str | msgspec.UnsetType = msgspec.UNSET


class AccountsApi:
    """The routes; each hands over to one use case."""

    def __init__(
        self, authentication: Authentication, use_cases: UseCases, keys: ActionKeys, tokens: Tokens
    ) -> None:
        self._authentication = authentication
        self._use = use_cases
        self._keys = keys
        self._tokens = tokens

    def routes(self) -> list[BaseRoute]:
        base = "/api/v1/auth"
        return [
            Route(f"{base}/register", self.register, methods=["POST"]),
            Route(f"{base}/login", self.login, methods=["POST"]),
            Route(f"{base}/refresh", self.refresh, methods=["POST"]),
            Route(f"{base}/logout", self.logout, methods=["POST"]),
            Route(f"{base}/action-key", self.action_key, methods=["POST"]),
            Route(f"{base}/stream-token", self.stream_token, methods=["POST"]),
            Route(f"{base}/me", self.me, methods=["GET"]),
            Route(f"{base}/me", self.change_me, methods=["PATCH"]),
        ]

    async def register(self, request: Request) -> Response:
        body = await read_json(request, RegisterBody)
        user = new_user(
            body.username, body.email, body.password, "UTC" if body.time_zone is None else body.time_zone
        )
        grant = await self._use.registration.register(user, caller_of(request))
        return ok(self._welcome(grant), 201, _NO_STORE)

    async def login(self, request: Request) -> Response:
        body = await read_json(request, LoginBody)
        grant = await self._use.login.log_in(body.username, body.password, caller_of(request))
        return ok(self._welcome(grant), 200, _NO_STORE)

    def _welcome(self, grant: Grant) -> dict[str, Any]:
        key = self._keys.current(grant.account.id, grant.account.action_serial)
        return {**_tokens_of(grant), "actionKey": key}

    async def refresh(self, request: Request) -> Response:
        """By a token in the body: a new pair. By the cookie: new cookies, no token that a script sees."""
        token = await _refresh_token_in_body(request)
        if token is not None:
            return ok(_tokens_of(await self._use.refresh.rotate(token)), 200, _NO_STORE)
        return await self._refresh_cookies(request)

    async def _refresh_cookies(self, request: Request) -> Response:
        token = request.cookies.get(REFRESH_COOKIE)
        if not token:
            raise InvalidRequest("The body has a wrong field.", details={"refreshToken": "is required"})
        try:
            grant = await self._use.refresh.rotate(token)
        except BoardError as error:
            return _refused(request, error)
        response = ok({"user": _user(grant.account), "expiresIn": ACCESS_SECONDS}, 200, _NO_STORE)
        set_login_cookies(response, request, grant)
        return response

    async def logout(self, request: Request) -> Response:
        identity = require_user(self._authentication, request)
        await self._use.logout.end(identity.login_id)
        response = ok({"loggedOut": True})
        if REFRESH_COOKIE in request.cookies:
            clear_login_cookies(response, request)
        return response

    async def action_key(self, request: Request) -> Response:
        identity = require_user(self._authentication, request)
        key = await self._use.key_rotation.rotate(identity.user_id)
        return ok({"actionKey": key}, 200, _NO_STORE)

    async def stream_token(self, request: Request) -> Response:
        identity = require_user(self._authentication, request)
        token = self._tokens.stream(identity)
        return ok({"streamToken": token, "expiresIn": STREAM_SECONDS}, 200, _NO_STORE)

    async def me(self, request: Request) -> Response:
        identity = require_user(self._authentication, request)
        return await self._show(identity.user_id)

    async def change_me(self, request: Request) -> Response:
        identity = require_user(self._authentication, request)
        changes = _changes(await read_json(request, ProfileBody))
        await self._use.profiles.change(identity, changes)
        return await self._show(identity.user_id)

    async def _show(self, user_id: str) -> Response:
        return ok({"user": await self._use.profiles.show(user_id)}, 200, _NO_STORE)


def _user(account: Account) -> dict[str, str]:
    return {"id": account.id, "username": account.username, "role": account.role}


def _tokens_of(grant: Grant) -> dict[str, Any]:
    return {
        "user": _user(grant.account),
        "accessToken": grant.access_token,
        "expiresIn": ACCESS_SECONDS,
        "refreshToken": grant.refresh_token,
    }


async def _refresh_token_in_body(request: Request) -> str | None:
    body = await request.body()
    if not body.strip():
        return None
    require_json(headers_of(request.scope))
    return decode(body, RefreshBody).refresh_token


def _refused(request: Request, error: BoardError) -> Response:
    """A cookie that will never be good again is taken away; a database that is down takes nothing."""
    response = failure(error, request_id(request))
    if error.status == 401:
        clear_login_cookies(response, request)
    return response


def _changes(body: ProfileBody) -> Changes:
    """Raises InvalidRequest naming every wrong field."""
    checks = Checks()
    picture = checks.field("avatar", parse_avatar, body.avatar) if isinstance(body.avatar, str) else None
    zone = checks.field("timeZone", check_time_zone, body.time_zone) if _given(body.time_zone) else None
    password = checks.field("password", check_password, body.password) if _given(body.password) else None
    checks.finish()
    return Changes(_given(body.avatar), picture, zone, password)


def _given(value: object) -> bool:
    return value is not msgspec.UNSET
