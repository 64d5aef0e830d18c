"""How frames are put on the wire: what all who are told in one coding share."""

from collections.abc import Callable

from sse_board.live.event import Face


class Coding:
    """A face and what its frames are wrapped in; compared by identity, so that looking bytes up by it is cheap."""

    __slots__ = ("face", "wrap")

    def __init__(self, face: Face, wrap: Callable[[bytes], bytes]) -> None:
        self.face = face
        self.wrap = wrap


def _bare(frame: bytes) -> bytes:
    return frame


def _chunk(frame: bytes) -> bytes:
    """A chunk of an HTTP/1.1 body (RFC 9112 §7.1)."""
    return b"%x\r\n%b\r\n" % (len(frame), frame)


def _line(frame: bytes) -> bytes:
    """For whoever puts the messages into frames: JSON that we make has no line ends of its own."""
    return frame + b"\n"


def _message(frame: bytes) -> bytes:
    """One unmasked text message in one frame, as servers send it (RFC 6455 §5.2)."""
    size = len(frame)
    if size < 126:
        return b"\x81%c%b" % (size, frame)
    if size < 1 << 16:
        return b"\x81\x7e%b%b" % (size.to_bytes(2, "big"), frame)
    return b"\x81\x7f%b%b" % (size.to_bytes(8, "big"), frame)


_STREAMS: tuple[Face, ...] = ("json", "html", "text")
_SOCKETS: tuple[Face, ...] = ("socket", "scores")

#: Event streams: for a server that chunks them itself, and for sockets that are written to as they are.
BODIES = {face: Coding(face, _bare) for face in _STREAMS}
CHUNKS = {face: Coding(face, _chunk) for face in _STREAMS}
#: WebSockets: for a server that makes frames itself, and for sockets that are written to as they are.
LINES = {face: Coding(face, _line) for face in _SOCKETS}
MESSAGES = {face: Coding(face, _message) for face in _SOCKETS}
