"""The headers that name the state of a board which an answer shows."""

import zlib

from sse_board.boards.board import Board
from sse_board.live.pace import Pace
from sse_board.live.tagged import PRIVATE, PUBLIC, tagged
from sse_board.version import Version
from sse_board.web.headers import RawHeaders
from sse_board.web.identity import Identity


class Tags:
    """`build`: that of the templates, which the HTML face depends on."""

    def __init__(self, build: str, pace: Pace) -> None:
        self._build = build
        self._pace = pace
        self._told = 0
        self._unchanged: dict[bool, RawHeaders] = {}

    def tag(self, board: Board, version: Version, face: str, identity: Identity | None) -> str:
        return f'W/"{version}{self.rest(board, face, identity)}"'

    def rest(self, board: Board, face: str, identity: Identity | None) -> str:
        """What the body depends on besides the version: browsers ask for one face with the tag of another."""
        if face == "json":
            return "" if identity is None else f"-{identity.user_id}"
        if face == "csv":
            return "-csv"
        named = zlib.crc32(f"{board.title}\0{board.unit}".encode())
        return f"-{self._build if face == 'html' else 'text'}-{named:x}"

    def headers(self, tag: str, identity: Identity | None) -> dict[str, str]:
        return tagged(tag, self._pace, private=identity is not None)

    def unchanged(self, identity: Identity | None) -> RawHeaders:
        """The same without `ETag` and `Vary`, ready to be sent: made only when the pace has changed."""
        if self._told != self._pace.poll_seconds:
            self._told = self._pace.poll_seconds
            poll = (b"x-poll-interval", b"%d" % self._told)
            for private, control in ((False, PUBLIC), (True, PRIVATE)):
                self._unchanged[private] = ((b"cache-control", control.encode()), poll)
        return self._unchanged[identity is not None]
