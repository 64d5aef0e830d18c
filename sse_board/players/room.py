"""Wires the pages of players; `app.py` asks for their routes."""

from redis.asyncio import Redis
from starlette.routing import BaseRoute

from sse_board.achievements.players import Players
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.reader import BoardReader
from sse_board.clock import utc_now
from sse_board.live.pace import Pace
from sse_board.live.painted import Painted
from sse_board.players.pages import FindViewer, PlayerPages
from sse_board.players.reading import Sheets
from sse_board.presence.marks import Marks
from sse_board.sessions.listing import Listings
from sse_board.stores.postgres import Postgres
from sse_board.web.templates import Templates


def player_pages(
    postgres: Postgres,
    redis: Redis,
    boards: BoardCatalog,
    reader: BoardReader,
    runs: Listings,
    templates: Templates,
    viewer: FindViewer,
    pace: Pace,
) -> list[BaseRoute]:
    sheets = Sheets(postgres, Players(postgres, boards, reader, utc_now), reader, runs, utc_now)
    return [*PlayerPages(sheets, Marks(redis), templates, viewer, Painted(templates, pace)).routes()]
