"""`/api/v1/tournaments/import`, `/api/v1/tournaments/{id}/export.trf`: TRF16 in and out."""

import asyncio
import re
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import InvalidRequest, UnsupportedMediaType
from sse_board.tournaments.api.reading import ONE, TOURNAMENTS
from sse_board.tournaments.ids import known_id
from sse_board.tournaments.rules import require_organiser
from sse_board.tournaments.running.importing import Importing
from sse_board.tournaments.showing.listing import summary
from sse_board.tournaments.showing.tables import Tables
from sse_board.tournaments.tournament import Picture
from sse_board.web.answers import ok, request_id
from sse_board.web.headers import headers_of
from sse_board.web.identity import Authenticator, require_user

IMPORT = f"{TOURNAMENTS}/import"
#: Bytes of a file: 1 000 players and 30 rounds take less than half of it.
IMPORT_LIMIT = 1024 * 1024


class ExchangeApi:
    def __init__(
        self,
        authenticator: Authenticator,
        tables: Tables,
        importing: Importing,
        decode: Callable[[bytes], str],
        write: Callable[[Picture], str],
    ) -> None:
        """`decode`: the bytes of a TRF16 file as text. `write`: a tournament as TRF16."""
        self._authenticator = authenticator
        self._tables = tables
        self._importing = importing
        self._decode = decode
        self._write = write

    def routes(self) -> list[Route]:
        return [
            Route(IMPORT, self.take, methods=["POST"]),
            Route(f"{ONE}/export.trf", self.give, methods=["GET"]),
        ]

    async def take(self, request: Request) -> Response:
        actor = require_user(self._authenticator, request)
        require_organiser(actor)
        text = self._decode(await _file(request))
        id = await self._importing.take(text, actor, request_id(request))
        return ok(summary(await self._tables.picture(id)).payload(), 201)

    async def give(self, request: Request) -> Response:
        """Raises NotFound, Unavailable."""
        picture = await self._tables.picture(known_id(request.path_params["tournament_id"]))
        text = await asyncio.to_thread(self._write, picture)
        headers = {
            "Content-Disposition": f'attachment; filename="{file_name(picture.tournament.name)}"',
            "Cache-Control": "no-cache",
        }
        return Response(text.encode(), media_type="text/plain", headers=headers)


async def _file(request: Request) -> bytes:
    """Raises InvalidRequest, UnsupportedMediaType, PayloadTooLarge."""
    media_type = headers_of(request.scope).get(b"content-type", b"").partition(b";")[0].strip().lower()
    if media_type != b"text/plain":
        raise UnsupportedMediaType("Send the file as text/plain.")
    body = await request.body()
    if not body.strip():
        raise InvalidRequest("The file is empty.", details={"body": "is empty"})
    return body


def file_name(tournament: str) -> str:
    """Of letters that every system knows: `open-2026.trf`."""
    words = re.findall(r"[a-z0-9]+", tournament.lower())
    return f"{'-'.join(words)[:60] or 'tournament'}.trf"
