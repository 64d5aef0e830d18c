"""`/api/v1/boards` and `/api/v1/scores/leaderboard`: one URL, several faces."""

from collections import OrderedDict
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.boards.board import Board, Window
from sse_board.boards.catalog import BoardCatalog, known_slug
from sse_board.boards.delta import entry_payload
from sse_board.boards.faces import as_csv, as_text
from sse_board.boards.panel import LEADERBOARD, panel
from sse_board.boards.question import Question, Questions, player_meant
from sse_board.boards.reader import BoardReader
from sse_board.boards.tags import Tags
from sse_board.clock import iso
from sse_board.web.answers import encode, ok
from sse_board.web.identity import Authenticator, Identity
from sse_board.web.negotiation import MEDIA_TYPES, etag_matches
from sse_board.web.templates import Templates

#: Answers kept encoded, some KB each: the windows that pollers ask for again and again.
ENCODED_LIMIT = 256


class BoardsApi:
    def __init__(
        self,
        catalog: BoardCatalog,
        reader: BoardReader,
        authenticator: Authenticator,
        templates: Templates,
        tags: Tags,
    ) -> None:
        self._catalog = catalog
        self._reader = reader
        self._authenticator = authenticator
        self._templates = templates
        self._questions = Questions()
        self._tags = tags
        self._encoded: OrderedDict[tuple[Any, ...], bytes] = OrderedDict()

    def routes(self) -> list[Route]:
        return [
            Route(LEADERBOARD, self.leaderboard, methods=["GET"]),
            Route("/api/v1/boards", self.boards, methods=["GET"]),
            Route("/api/v1/boards/{slug}", self.board, methods=["GET"]),
        ]

    async def leaderboard(self, request: Request) -> Response:
        question = self._questions.of(request.scope)
        identity = self._authenticator.identify(request)
        window, face = await self._window(question, identity), question.face
        tag = self._tags.tag(window.board, window.version, face, identity)
        headers = self._tags.headers(tag, identity)
        if etag_matches(request, tag):
            return Response(status_code=304, headers=headers)
        if face == "json" and identity is not None:
            return ok(await self._personal(window, identity), headers=headers)
        return Response(self._encode(window, question), headers=headers, media_type=MEDIA_TYPES[face])

    async def _window(self, asked: Question, identity: Identity | None) -> Window:
        """Raises InvalidRequest and NotFound."""
        if asked.around is None:
            return await self._reader.window(asked.slug, asked.limit, asked.offset)
        player = player_meant(asked.around, identity.user_id if identity else None)
        return await self._reader.around(asked.slug, player, asked.radius)

    async def boards(self, request: Request) -> Response:
        return ok({"boards": [board_payload(board) for board in self._catalog]})

    async def board(self, request: Request) -> Response:
        return ok(board_payload(await self._catalog.require(known_slug(request.path_params["slug"]))))

    def _encode(self, window: Window, asked: Question) -> bytes:
        """The same bytes for everybody who asks for this window in this face, made once, and again when what
        is told of an hour ago is another."""
        past = window.past.at if window.past else None
        place = (window.limit, window.offset, asked.around, asked.radius)
        key = (window.board, window.version, asked.face, place, past)
        made = self._encoded.get(key)
        if made is None:
            made = self._encoded[key] = self._make(window, asked)
            if len(self._encoded) > ENCODED_LIMIT:
                self._encoded.popitem(last=False)
        return made

    def _make(self, window: Window, asked: Question) -> bytes:
        if asked.face == "html":
            shown = panel(window, asked.around, asked.radius)
            return self._templates.render("fragments/board.html", panel=shown).encode()
        if asked.face == "csv":
            return as_csv(window).encode()
        if asked.face == "text":
            return as_text(window).encode()
        return encode({"success": True, "data": _payload(window)})

    async def _personal(self, window: Window, identity: Identity) -> dict[str, Any]:
        data = _payload(window)
        (place,) = await self._reader.places([window.board], identity.user_id)
        if standing := place.standing:
            data["currentUser"] = {"rank": standing.rank, "score": window.board.shown(standing.score)}
        return data


def _payload(window: Window) -> dict[str, Any]:
    return {
        "board": window.board.slug,
        "leaderboard": [entry_payload(window, entry) for entry in window.entries],
        "total": window.total,
        "version": str(window.version),
        "lastUpdated": iso(window.updated_at),
    }


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
