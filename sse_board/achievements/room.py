"""Wires achievements and the feed together; `app.py` asks for their channels and routes."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute

from sse_board.achievements.administration import AchievementAdministration
from sse_board.achievements.api import AchievementsApi
from sse_board.achievements.channels import AchievementsLog
from sse_board.achievements.players import Players
from sse_board.activity.api import ActivityApi
from sse_board.activity.channels import ActivityLog
from sse_board.activity.feed import Feed
from sse_board.activity.kinds import CHANNELS
from sse_board.activity.pages import ActivityPages
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.reader import BoardReader
from sse_board.clock import utc_now
from sse_board.live.source import LogSource
from sse_board.scores.catalog import ActionCatalog
from sse_board.stores.postgres import Postgres
from sse_board.web.identity import Authenticator
from sse_board.web.templates import Templates


def achievement_logs(templates: Templates) -> Sequence[LogSource]:
    return AchievementsLog(), *(ActivityLog(channel, templates) for channel in CHANNELS)


def achievement_routes(
    postgres: Postgres,
    authenticator: Authenticator,
    boards: BoardCatalog,
    types: ActionCatalog,
    reader: BoardReader,
    templates: Templates,
    viewer: Callable[[Request], Awaitable[Any]],
) -> list[BaseRoute]:
    feed, players = Feed(postgres), Players(postgres, boards, reader, utc_now)
    administration = AchievementAdministration(postgres, boards, types)
    return [
        *AchievementsApi(players, authenticator, administration).routes(),
        *ActivityApi(feed, templates, utc_now).routes(),
        *ActivityPages(feed, templates, viewer, utc_now).routes(),
    ]
