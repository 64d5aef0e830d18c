"""The boards' ways in, put together: their REST faces, their pages, the walls that show them, and embeds."""

from starlette.routing import Route

from sse_board.boards.api import BoardsApi
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.embed_page import EmbedPages
from sse_board.boards.pages import BoardPages, FindViewer
from sse_board.boards.reader import BoardReader
from sse_board.boards.tags import Tags
from sse_board.boards.wall_page import WallPages
from sse_board.web.identity import Authenticator
from sse_board.web.templates import Templates
from sse_board.web.walls import Walls


def board_routes(
    catalog: BoardCatalog,
    reader: BoardReader,
    authenticator: Authenticator,
    templates: Templates,
    viewer: FindViewer,
    tags: Tags,
    walls: Walls,
) -> list[Route]:
    return [
        *BoardPages(catalog, reader, templates, viewer).routes(),
        *WallPages(catalog, reader, templates, walls).routes(),
        *EmbedPages(catalog, reader, templates).routes(),
        *BoardsApi(catalog, reader, authenticator, templates, tags).routes(),
    ]
