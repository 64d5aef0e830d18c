"""One stylesheet and one script out of the small files they are written in: fewer requests, and no build step."""

from collections.abc import Iterable

from sse_board.web.templates import STATIC

#: In the order in which they apply: what comes later may say more than what comes before.
STYLES = (
    "tokens",
    "page",
    "connection",
    "board",
    "forms",
    "notices",
    "admin",
    "tournament",
    "people",
    "wall",
)
#: In the order in which they run: each may use those before it.
SCRIPTS = (
    "note",
    "seats",
    "relay",
    "stream",
    "login",
    "build",
    "connection",
    "outbox",
    "motion",
    "board",
    "own",
    "told",
    "notices",
    "celebration",
    "sound",
    "tournament",
    "maintenance",
    "inbox",
    "people",
    "admin",
)
#: The script of a wall, which has one of its own: it is what old screens understand.
WALL_SCRIPTS = ("asking", "turning", "screen")


def stylesheet() -> bytes:
    """All of `static/style/` but the colours of the night, which are linked apart, as screens may ask for them."""
    return _joined("style", "css", STYLES)


def script() -> bytes:
    return _joined("script", "js", SCRIPTS)


def wall_script() -> bytes:
    return _joined("wall", "js", WALL_SCRIPTS)


def _joined(folder: str, ending: str, names: Iterable[str]) -> bytes:
    return b"\n".join((STATIC / folder / f"{name}.{ending}").read_bytes() for name in names)
