"""What the active worker derives from committed actions, at its own pace."""

import asyncio

import structlog
from redis.asyncio import Redis

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

#: Between two looks at the action log, unless more was found than one look takes: seconds.
LOOK_SECONDS = 0.5


def anomaly_follower(postgres: Postgres, redis: Redis, boards: BoardCatalog) -> Follower:
    """Nobody listens in this process: only the others are told that the event log has grown."""
    outbox = Outbox(postgres, redis, channel_name(redis, "events"), lambda: None)
    scrutiny = Scrutiny(boards, ActionCatalog(postgres), alert_admins)
    return Follower(postgres, outbox.writing, ANOMALIES, scrutiny.examine)


async def follow_forever(follower: Follower) -> None:
    """Until cancelled. Whatever goes wrong is tried again: the position stands where it was."""
    while True:
        is_full = False
        try:
            is_full = await follower.step()
        except BoardError as error:
            _log.warning("actions not followed", reason=error.message)
        except Exception:
            _log.exception("actions cannot be followed")
        if not is_full:
            await asyncio.sleep(LOOK_SECONDS)
