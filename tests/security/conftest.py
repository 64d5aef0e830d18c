"""Two web processes on the same stores, with limits that attackers do not run into first."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from sse_board.settings import Key, load_settings
from tests.support.clients import Api, Player
from tests.support.servers import Runner, StoreHouse, Stores, WebServer

PLENTY: dict[str, Any] = {"RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000, "RATE_LIMIT_IP_PER_MINUTE": 1_000_000}
FRIEND = "https://friend.example"


@pytest.fixture(scope="package")
def den(store_house: StoreHouse) -> Iterator[Stores]:
    stores = store_house.fresh()
    yield stores
    store_house.drop(stores)


@pytest.fixture(scope="package")
def servers(den: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WebServer, WebServer]]:
    runner = Runner(tmp_path_factory.mktemp("security"))
    yield runner.serve_two(den, ALLOWED_ORIGINS=FRIEND, HEARTBEAT_SECONDS=1, **PLENTY)
    runner.close()


@pytest.fixture(scope="package")
def database(den: Stores) -> Iterator[psycopg.Connection]:
    with psycopg.connect(den.database_url, autocommit=True) as connection:
        yield connection


@pytest_asyncio.fixture(scope="package")
async def api(servers: tuple[WebServer, WebServer]) -> AsyncIterator[Api]:
    """The first process."""
    async with Api(servers[0].url) as api:
        yield api


@pytest_asyncio.fixture(scope="package")
async def other(servers: tuple[WebServer, WebServer]) -> AsyncIterator[Api]:
    """The second process."""
    async with Api(servers[1].url) as api:
        yield api


@pytest_asyncio.fixture(scope="package")
async def admin(api: Api, den: Stores) -> Player:
    return await api.admin(den)


@pytest_asyncio.fixture(scope="package")
async def player(api: Api) -> Player:
    return await api.register("Honest Player")


@pytest_asyncio.fixture(scope="package")
async def stranger(api: Api) -> Player:
    return await api.register("Curious Stranger")


@pytest.fixture(scope="package")
def key(den: Stores) -> Key:
    """What the servers sign tokens with."""
    return load_settings(den.environment).jwt_keys[0]


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Head, claims and signature."""
    head, claims, signature = token.split(".")
    return json.loads(_bytes(head)), json.loads(_bytes(claims)), signature


def unsigned(head: dict[str, Any], claims: dict[str, Any]) -> str:
    """The two parts that are signed."""
    return f"{_text(json.dumps(head).encode())}.{_text(json.dumps(claims).encode())}"


def signed(head: dict[str, Any], claims: dict[str, Any], secret: bytes, digest: str = "sha256") -> str:
    body = unsigned(head, claims)
    return f"{body}.{_text(hmac.new(secret, body.encode(), getattr(hashlib, digest)).digest())}"


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
