"""Connections to Redis that fell silent, as behind a router that forgot them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from sse_board.stores.pulse import Pulse
from sse_board.stores.redis import ANSWER_SECONDS, connect
from tests.support.clients import eventually
from tests.support.redis_proxy import RedisProxy
from tests.support.servers import Stores

MANY = 8


@pytest.fixture
async def proxy(stores: Stores) -> AsyncIterator[RedisProxy]:
    async with RedisProxy(stores.redis_url) as proxy:
        yield proxy


@pytest.fixture
async def pulse(proxy: RedisProxy) -> AsyncIterator[Pulse]:
    client = connect(proxy.url, timeout=ANSWER_SECONDS)

    async def ping() -> None:
        await client.ping()

    pulse = Pulse("redis", ping, ANSWER_SECONDS)
    pulse.start()
    yield pulse
    await pulse.stop()
    await client.aclose()


@pytest.fixture
async def client(proxy: RedisProxy, pulse: Pulse) -> AsyncIterator[Redis]:
    client = connect(proxy.url, pulse=pulse)
    yield client
    await client.aclose()


async def test_connections_that_fell_silent_are_not_used_again(
    proxy: RedisProxy, pulse: Pulse, client: Redis
) -> None:
    """Only those who ask before the silence is noticed wait for it."""

    async def all_answer() -> bool:
        return all(await asyncio.gather(*(client.ping() for _ in range(MANY))))

    assert await all_answer()
    proxy.lose()
    await eventually(lambda: not pulse.up)
    await eventually(lambda: pulse.up)
    assert await all_answer()
