"""What tests drive: the accounts' routes, and three of our own that show who was recognised."""

import itertools
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sse_board.accounts.room import Accounts, build_accounts
from sse_board.clock import utc_now
from sse_board.errors import BoardError
from sse_board.settings import Key, Settings, load_settings
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.redis import connect
from sse_board.web.answers import failure, ok, request_id
from sse_board.web.identity import Identity
from sse_board.web.middleware import Edge
from sse_board.web.requestcounts import RequestCounts
from sse_board.web.templates import Templates
from tests.support.clients import PATIENCE
from tests.support.servers import Stores

PASSWORD = "correct horse battery"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
JWT_KEYS = (Key("j2", b"2" * 32), Key("j1", b"1" * 32))
ACTION_KEYS = (Key("a2", b"b" * 32), Key("a1", b"a" * 32))


class MovedClock:
    """The real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def forward(self, **span: float) -> None:
        self.ahead += timedelta(**span)


class Site:
    """A process: stores, accounts, application."""

    def __init__(self, stores: Stores) -> None:
        self.clock = MovedClock()
        self.settings = _settings(stores)
        self.postgres = Postgres(stores.database_url, size=4)
        # what is counted exactly must not turn to memory because the machine is busy
        self.redis = connect(stores.redis_url, timeout=PATIENCE)
        self.profile_changes: list[str] = []
        self.accounts: Accounts = build_accounts(
            self.settings,
            self.postgres,
            self.redis,
            Templates(),
            self._change_profile,
            clock=self.clock,
            hasher=CHEAP,
        )
        self.app = _application(self.accounts)
        self._numbers = itertools.count(1)

    async def open(self) -> None:
        await self.postgres.open()
        await self.accounts.start()

    async def close(self) -> None:
        await self.accounts.stop()
        await self.redis.aclose()
        await self.postgres.close()

    async def _change_profile(self, user_id: str, write: Callable[[Connection], Awaitable[None]]) -> None:
        async with self.postgres.transaction() as connection:
            await write(connection)
        self.profile_changes.append(user_id)

    def client(self, address: str = "", *, scheme: str = "http", **headers: str) -> httpx.AsyncClient:
        """A client at an address of its own."""
        at = address or f"198.51.100.{next(self._numbers)}"
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(at, 4321))
        return httpx.AsyncClient(transport=transport, base_url=f"{scheme}://board.test", headers=headers)

    async def register(self, username: str = "") -> "Player":
        """A new player, by a name of their own unless one is given."""
        username = username or f"player {next(self._numbers)}"
        async with self.client() as client:
            answer = await client.post("/api/v1/auth/register", json=registration(username))
        assert answer.status_code == 201, answer.text
        return Player(self, answer.json()["data"])


class Player:
    """A registered user with the tokens of one login."""

    def __init__(self, site: Site, data: dict[str, Any]) -> None:
        self.site = site
        self.data = data
        self.id: str = data["user"]["id"]
        self.username: str = data["user"]["username"]

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        bearer = {"Authorization": f"Bearer {self.data['accessToken']}"}
        async with self.site.client() as client:
            return await client.request(method, path, headers=bearer, **options)

    async def refresh(self, token: str | None = None) -> httpx.Response:
        async with self.site.client() as client:
            body = {"refreshToken": token or self.data["refreshToken"]}
            return await client.post("/api/v1/auth/refresh", json=body)

    async def log_in(self, password: str = PASSWORD) -> "Player":
        async with self.site.client() as client:
            body = {"username": self.username, "password": password}
            answer = await client.post("/api/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        return Player(self.site, answer.json()["data"])


def registration(username: str, **changes: str) -> dict[str, str]:
    return {
        "username": username,
        "email": f"{username.replace(' ', '')}@example.org",
        "password": PASSWORD,
        **changes,
    }


def error_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def _settings(stores: Stores) -> Settings:
    settings = load_settings(
        {"DATABASE_URL": stores.database_url, "REDIS_URL": stores.redis_url},
        jwt_keys=JWT_KEYS,
        action_keys=ACTION_KEYS,
    )
    return settings


def _application(accounts: Accounts) -> ASGIApp:
    def shown(identity: Identity | None) -> Response:
        return ok(identity and {"id": identity.user_id, "role": identity.role})

    async def whoami(request: Request) -> Response:
        return shown(accounts.authentication.identify(request))

    async def listen(request: Request) -> Response:
        return shown(accounts.authentication.identify_listener(request))

    async def page(request: Request) -> Response:
        viewer = await accounts.viewers.viewer(request)
        return HTMLResponse(viewer.username if viewer else "nobody")

    def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, BoardError)
        return failure(error, request_id(request))

    own = [Route("/whoami", whoami), Route("/listen", listen), Route("/page", page)]
    app = Starlette(
        routes=[*accounts.routes, *own],
        middleware=accounts.middleware,
        exception_handlers={BoardError: answer},
    )
    return Edge(app, answer=answer, counts=RequestCounts())
