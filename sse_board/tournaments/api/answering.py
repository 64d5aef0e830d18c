"""Answers that show one version of a tournament: not sent again to who has them, and made once for all."""

import asyncio
from collections.abc import Callable, Hashable
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from sse_board.live.pace import Pace
from sse_board.live.tagged import tagged
from sse_board.shared_reads import SharedReads
from sse_board.tournaments.showing.recent import Recent
from sse_board.version import Version
from sse_board.web.negotiation import MEDIA_TYPES, etag_matches

#: Bodies kept encoded, in all: bytes. One of 500 players after 9 rounds has half a megabyte.
ENCODED_BYTES = 16 * 1024 * 1024


class Answers:
    """`build`: that of the templates, which the HTML face depends on."""

    def __init__(self, pace: Pace, build: str) -> None:
        self._pace = pace
        self._build = build
        self._made: Recent[Hashable, bytes] = Recent(ENCODED_BYTES, len)
        self._making: SharedReads[bytes] = SharedReads()

    async def answer(
        self, request: Request, version: Version, face: str, key: tuple[Hashable, ...], make: Callable[[], bytes]
    ) -> Response:
        """`key`: what besides version and face makes the body what it is. It is made in a thread."""
        tag = self._tag(version, face)
        headers = tagged(tag, self._pace)
        if etag_matches(request, tag):
            return Response(status_code=304, headers=headers)
        body = await self.body(version, face, key, make)
        return Response(body, headers=headers, media_type=MEDIA_TYPES[face])

    async def body(
        self, version: Version, face: str, key: tuple[Hashable, ...], make: Callable[[], bytes]
    ) -> bytes:
        """What such an answer carries, for pages that are painted with it."""
        whole = (version, face, *key)
        return self._made.get(whole) or await self._making.get(whole, partial(self._make, whole, make))

    def _tag(self, version: Version, face: str) -> str:
        """Browsers ask for one face with the tag of another."""
        rest = {"json": "", "html": f"-{self._build}"}.get(face, f"-{face}")
        return f'W/"{version}{rest}"'

    async def _make(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Unless somebody else made it while this waited for its turn."""
        return self._made.get(key) or self._made.put(key, await asyncio.to_thread(make))
