"""A client as somebody would write it who has read only the specification: registers, acts, asks."""

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx
import psycopg

from tests.support.servers import Stores

PASSWORD = "correct horse battery staple"
#: Seconds after which what should have happened did not: far above what is promised, for a busy machine.
PATIENCE = 10.0
#: Seconds between two looks, and the share of a wait that may be lost by looking rarely.
SHORTEST_PAUSE, LONGEST_PAUSE, LOSS = 0.02, 0.25, 0.1
#: Registrations under way at once: the server hashes two passwords at a time and refuses a queue of 100.
REGISTERING_AT_ONCE = 16

_numbers = itertools.count(1)


def parse(text: str | bytes) -> Any:
    """JSON with exact numbers."""
    return json.loads(text, parse_float=Decimal)


def http_client(url: str) -> httpx.AsyncClient:
    """Unlimited connections, no proxies of the environment; streams may be silent as long as they like."""
    return httpx.AsyncClient(
        base_url=url,
        # the server ends idle connections after five seconds; who asks at that very moment would be cut off
        limits=httpx.Limits(max_connections=None, keepalive_expiry=2),
        timeout=httpx.Timeout(30, read=None),
        trust_env=False,
        verify=False,
    )


def data_of(answer: httpx.Response, status: int = 200) -> Any:
    """The `data` of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    body = parse(answer.content)
    assert body["success"] is True
    return body["data"]


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of a refusal."""
    body = parse(answer.content)
    assert body["success"] is False
    assert body["error"]["requestId"] == answer.headers["x-request-id"]
    return answer.status_code, body["error"]["code"]


class Api:
    """The REST side of one server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = http_client(url)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def register(self, username: str = "") -> "Player":
        """A new player, by a name of their own unless one is given."""
        username = username or f"player {next(_numbers)}"
        email = f"{hashlib.sha256(username.encode()).hexdigest()[:20]}@example.org"
        body = {"username": username, "email": email, "password": PASSWORD}
        return Player(self, data_of(await self.http.post("/api/v1/auth/register", json=body), 201))

    async def register_all(self, usernames: list[str]) -> list["Player"]:
        room = asyncio.Semaphore(REGISTERING_AT_ONCE)

        async def one(username: str) -> Player:
            async with room:
                return await self.register(username)

        return await asyncio.gather(*map(one, usernames))

    async def log_in(self, username: str) -> "Player":
        body = {"username": username, "password": PASSWORD}
        return Player(self, data_of(await self.http.post("/api/v1/auth/login", json=body)))

    async def admin(self, stores: Stores) -> "Player":
        """An admin: the role is given in the database, as there is nobody yet to give it."""
        player = await self.register()
        with psycopg.connect(stores.database_url, autocommit=True) as connection:
            connection.execute("update users set role = 'ADMIN' where id = %s", [player.id])
        return await self.log_in(player.username)

    async def board(self, slug: str, limit: int = 10) -> dict[str, Any]:
        """What `GET /api/v1/scores/leaderboard` says."""
        query: dict[str, str | int] = {"board": slug, "limit": limit}
        data: dict[str, Any] = data_of(await self.http.get("/api/v1/scores/leaderboard", params=query))
        return data


class Player:
    """A registered user with the tokens of one login; signs actions."""

    def __init__(self, api: Api, data: Mapping[str, Any]) -> None:
        self.api = api
        self.id: str = data["user"]["id"]
        self.username: str = data["user"]["username"]
        self.token: str = data["accessToken"]
        self.key_id: str = data["actionKey"]["id"]
        self._secret: str = data["actionKey"]["secret"]

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def sign(self, body: bytes) -> str:
        return hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()

    async def request(self, method: str, path: str, body: Any = None, api: Api | None = None) -> httpx.Response:
        """`api`: another process than the one the player logged in at."""
        content = None if body is None else json.dumps(body).encode()
        headers = {**self.bearer, "Content-Type": "application/json"}
        return await (api or self.api).http.request(method, path, content=content, headers=headers)

    async def act(
        self,
        action_type: str,
        metadata: Mapping[str, Any] | None = None,
        *,
        api: Api | None = None,
        action_id: str = "",
    ) -> httpx.Response:
        """One signed action."""
        claim = {
            "actionId": action_id or f"action-{next(_numbers)}",
            "actionType": action_type,
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "metadata": metadata or {},
        }
        body = json.dumps(claim).encode()
        headers = {
            **self.bearer,
            "Content-Type": "application/json",
            "X-Action-Signature": self.sign(body),
            "X-Action-Key-Id": self.key_id,
        }
        return await (api or self.api).http.post("/api/v1/scores/action", content=body, headers=headers)

    async def score(self, action_type: str, points: Any = None, *, api: Api | None = None) -> dict[str, Any]:
        """An action that must be accepted; `points` goes into the metadata field of that name."""
        metadata = {} if points is None else {"points": points}
        result: dict[str, Any] = data_of(await self.act(action_type, metadata, api=api))
        return result

    async def announce(self, title: str, **options: Any) -> dict[str, Any]:
        """For admins: say something to all, or to those that `options` name."""
        body = {"title": title, "message": f"{title}.", **options}
        told: dict[str, Any] = data_of(await self.request("POST", "/api/v1/admin/announcements", body), 201)
        return told

    async def make_board(
        self, slug: str, action_type: str, *, low: int = 0, high: int = 1_000_000, **rules: Any
    ) -> None:
        """For admins: a board and an action type that feeds it with the metadata field `points`."""
        board = {"slug": slug, "title": slug.replace("_", " ").title(), "policy": "sum", **rules}
        data_of(await self.request("POST", "/api/v1/admin/boards", board), 201)
        points = {"field": "points", "min": low, "max": high}
        kind = {"slug": action_type, "points": points, "boards": [{"board": slug}]}
        data_of(await self.request("POST", "/api/v1/admin/action-types", kind), 201)


async def eventually(holds: Callable[[], Any], seconds: float = PATIENCE, *, every: float | None = None) -> Any:
    """Ask again and again until it is true, or fail; `holds` may be a coroutine function.

    Unless told how often, the more rarely the longer it takes: who is waited for needs the processor.
    """
    began = asyncio.get_running_loop().time()
    while True:
        found = holds()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        waited = asyncio.get_running_loop().time() - began
        assert waited < seconds, f"not within {seconds} s"
        await asyncio.sleep(min(max(SHORTEST_PAUSE, waited * LOSS), LONGEST_PAUSE) if every is None else every)
