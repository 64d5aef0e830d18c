"""Requests are counted per address or user and minute, those that find nothing new included."""

import random
import time
from collections.abc import Callable

import pytest
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter as Asynchronous
from limits.strategies import SlidingWindowCounterRateLimiter

from sse_board.web.windows import TwoWindows
from tests.support.clients import Api, data_of, error_of
from tests.support.servers import Stores, WebServer

BOARD = "/api/v1/scores/leaderboard"
QUOTA = 12


async def test_a_304_counts_and_the_quota_is_per_address_and_per_user(
    own_stores: Stores, serve: Callable[..., WebServer]
) -> None:
    """Where the minute turns in the middle of this test, one request more is let in."""
    async with Api(serve(own_stores, RATE_LIMIT_IP_PER_MINUTE=QUOTA).url) as api:
        player = await api.register()
        tag = {"If-None-Match": (await api.http.get(BOARD)).headers["etag"]}
        answers = [await api.http.get(BOARD, headers=tag) for _ in range(QUOTA + 3)]
        assert sum(answer.status_code == 304 for answer in answers) in (QUOTA - 2, QUOTA - 1)
        refused = answers[-1]
        assert error_of(refused) == (429, "RATE_LIMITED")
        wait = refused.headers["retry-after"]
        assert 1 <= int(wait) <= 60
        assert refused.headers["ratelimit"] == f'"requests";r=0;t={wait}'
        assert refused.headers["ratelimit-policy"] == f'"requests";q={QUOTA};w=60'
        mine = {"If-None-Match": (await player.request("GET", BOARD)).headers["etag"], **player.bearer}
        answers = [await api.http.get(BOARD, headers=mine) for _ in range(QUOTA + 3)]
        assert sum(answer.status_code == 304 for answer in answers) in (QUOTA - 1, QUOTA)
        bad_token = {**tag, "Authorization": "Bearer nonsense"}
        assert error_of(await api.http.get(BOARD, headers=bad_token)) == (429, "RATE_LIMITED"), "by address"
        assert data_of(await api.http.get("/livez")), "probes are free"


@pytest.mark.parametrize("seed", range(5))
async def test_two_windows_count_as_the_library_does(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """Its own storage for asyncio is the model: the same hits at the same times are admitted."""
    now, dice, item = 1_000_000.0, random.Random(seed), RateLimitItemPerMinute(10)
    monkeypatch.setattr(time, "time", lambda: now)
    model, ours = Asynchronous(MemoryStorage()), SlidingWindowCounterRateLimiter(TwoWindows(60))
    outcomes = set()
    for _ in range(2_000):
        now += dice.choice([0, 0.1, 1.0, 9.0]) if dice.random() < 0.99 else dice.uniform(50, 200)
        key = dice.choice(["address:a", "address:b"])
        wanted, admitted = await model.hit(item, key), ours.hit(item, key)
        assert admitted == wanted
        assert ours.get_window_stats(item, key) == pytest.approx(await model.get_window_stats(item, key))
        outcomes.add(admitted)
    assert outcomes == {True, False}
