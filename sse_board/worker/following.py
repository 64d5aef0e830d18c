"""What the active worker derives from committed actions, at its own pace."""

import asyncio
import contextlib
import time
from typing import Protocol

import structlog
from redis.asyncio import Redis

from sse_board.achievements.follower import AwardsFollower
from sse_board.activity.publish import Publisher
from sse_board.boards.catalog import BoardCatalog
from sse_board.errors import BoardError
from sse_board.live.events.outbox import Outbox
from sse_board.notifications.alerts import alert_admins
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.follower import Follower
from sse_board.scores.scrutiny import ANOMALIES, Scrutiny
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import channel_name

_log = structlog.get_logger()

#: How long a lost hint stays unnoticed: seconds.
LOOK_SECONDS = 0.5
#: Least time from one look to the next, unless more was found than one takes: under load one look then takes many
#: commits. Seconds.
TICK_SECONDS = 0.025


class News:
    """Hints that something was committed: everybody who follows is woken."""

    def __init__(self) -> None:
        self._followers: list[asyncio.Event] = []

    def listen(self) -> asyncio.Event:
        """Set whenever there may be something new."""
        self._followers.append(asyncio.Event())
        return self._followers[-1]

    def wake(self) -> None:
        for follower in self._followers:
            follower.set()

    def hint(self, channel: str, text: str) -> None:
        self.wake()


class Follows(Protocol):
    async def step(self) -> bool:
        """Consume the next page; whether it was full, so that there may be more. Raises Unavailable."""


def anomaly_follower(postgres: Postgres, redis: Redis, boards: BoardCatalog) -> Follower:
    """Nobody listens in this process: only the others are told that the event log has grown."""
    outbox = Outbox(postgres, redis, channel_name(redis, "events"), lambda: None)
    scrutiny = Scrutiny(boards, ActionCatalog(postgres), alert_admins)
    return Follower(postgres, outbox.writing, ANOMALIES, scrutiny.examine)


def awards_follower(postgres: Postgres, redis: Redis, boards: BoardCatalog) -> AwardsFollower:
    outbox = Outbox(postgres, redis, channel_name(redis, "events"), lambda: None)
    return AwardsFollower(postgres, outbox.writing, boards, alert_admins)


def publisher(postgres: Postgres, redis: Redis) -> Publisher:
    return Publisher(postgres, Outbox(postgres, redis, channel_name(redis, "events"), lambda: None).writing)


async def follow_forever(follower: Follows, news: asyncio.Event) -> None:
    """Until cancelled. Whatever goes wrong is tried again: the position stands where it was."""
    while True:
        is_full, began = False, time.monotonic()
        news.clear()
        try:
            is_full = await follower.step()
        except BoardError as error:
            _log.warning("actions not followed", reason=error.message)
            await asyncio.sleep(LOOK_SECONDS)
        except Exception:
            _log.exception("actions cannot be followed")
            await asyncio.sleep(LOOK_SECONDS)
        if not is_full:
            await _wait(news)
            await asyncio.sleep(began + TICK_SECONDS - time.monotonic())


async def _wait(news: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LOOK_SECONDS):
            await news.wait()
