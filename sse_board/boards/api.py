"""`/api/v1/boards` and `/api/v1/scores/leaderboard`: one URL, several faces."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from sse_board.boards.board import Board, Window
from sse_board.boards.catalog import BoardCatalog, known_slug
from sse_board.boards.delta import entry_payload
from sse_board.boards.panel import panel
from sse_board.boards.reader import BoardReader
from sse_board.clock import iso
from sse_board.web.answers import ok
from sse_board.web.bodies import query_integer
from sse_board.web.identity import Authenticator, Identity
from sse_board.web.negotiation import choose_face, etag_matches
from sse_board.web.templates import Templates

DEFAULT_BOARD = "scoreboard"
#: Rows of one answer.
ROWS_LIMIT = 100
#: A window may start this far down.
OFFSET_LIMIT = 100_000_000
VARY = "Accept, Authorization, Cookie, HX-Request"


class BoardsApi:
    def __init__(
        self,
        catalog: BoardCatalog,
        reader: BoardReader,
        authenticator: Authenticator,
        templates: Templates,
    ) -> None:
        self._catalog = catalog
        self._reader = reader
        self._authenticator = authenticator
        self._templates = templates

    def routes(self) -> list[Route]:
        return [
            Route("/api/v1/scores/leaderboard", self.leaderboard, methods=["GET"]),
            Route("/api/v1/boards", self.boards, methods=["GET"]),
            Route("/api/v1/boards/{slug}", self.board, methods=["GET"]),
        ]

    async def leaderboard(self, request: Request) -> Response:
        face = choose_face(request, ("json", "html"))
        limit = query_integer(request, "limit", 10, 1, ROWS_LIMIT)
        offset = query_integer(request, "offset", 0, 0, OFFSET_LIMIT)
        identity = self._authenticator.identify(request)
        slug = known_slug(request.query_params.get("board", DEFAULT_BOARD))
        window = await self._reader.window(slug, limit, offset)
        headers = self._headers(window, face, identity)
        if etag_matches(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
        if face == "html":
            return HTMLResponse(self._fragment(window), headers=headers)
        return ok(await self._payload(window, identity), headers=headers)

    async def boards(self, request: Request) -> Response:
        return ok({"boards": [board_payload(board) for board in self._catalog]})

    async def board(self, request: Request) -> Response:
        return ok(board_payload(await self._catalog.require(known_slug(request.path_params["slug"]))))

    def _headers(self, window: Window, face: str, identity: Identity | None) -> dict[str, str]:
        """A fragment also depends on the templates and on the board's title, so its tag names both."""
        fragment = f"{window.version}-{self._templates.build}-{self._catalog.version}"
        tag = str(window.version) if face == "json" else fragment
        cache = "no-cache" if identity is None else "private, no-cache"
        return {"ETag": f'W/"{tag}"', "Cache-Control": cache, "Vary": VARY}

    def _fragment(self, window: Window) -> str:
        return self._templates.render("fragments/board.html", panel=panel(window))

    async def _payload(self, window: Window, identity: Identity | None) -> dict[str, Any]:
        data: dict[str, Any] = {
            "board": window.board.slug,
            "leaderboard": [entry_payload(window, entry) for entry in window.entries],
            "total": window.total,
            "version": str(window.version),
            "lastUpdated": iso(window.updated_at),
        }
        if identity is not None:
            (place,) = await self._reader.places([window.board], identity.user_id)
            if standing := place.standing:
                data["currentUser"] = {"rank": standing.rank, "score": window.board.shown(standing.score)}
        return data


def board_payload(board: Board) -> dict[str, Any]:
    return {
        "slug": board.slug,
        "title": board.title,
        "unit": board.unit,
        "policy": board.policy,
        "direction": board.direction,
        "decimals": board.decimals,
        "ties": board.ties,
    }
