"""One stylesheet and one script out of the small files they are written in: fewer requests, and no build step.

Comments and indentation are for who reads the files, and a third of what would be sent.
"""

from collections.abc import Iterable

from rcssmin import cssmin
from rjsmin import jsmin

from sse_board.web.templates import STATIC

#: In the order in which they apply: what comes later may say more than what comes before.
STYLES = (
    "tokens",
    "page",
    "connection",
    "board",
    "forms",
    "notices",
    "tournament",
    "people",
)
#: What only walls need, and what only admins: nobody else pays for it.
WALL_STYLES = ("wall", "embed")
ADMIN_STYLES = ("admin",)
#: In the order in which they run: each may use those before it.
SCRIPTS = (
    "note",
    "memory",
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
)
#: The script of a wall, which has one of its own: it is what old screens understand.
WALL_SCRIPTS = ("asking", "turning", "screen")
#: htmx, and what makes it follow streams: nothing that we write.
VENDOR_SCRIPTS = ("htmx.min", "hx-sse.min")


def stylesheet() -> bytes:
    """All of `static/style/` but the colours of the night, which are linked apart, as screens may ask for them."""
    return _styles(STYLES)


def wall_stylesheet() -> bytes:
    return _styles(WALL_STYLES)


def admin_stylesheet() -> bytes:
    return _styles(ADMIN_STYLES)


def script() -> bytes:
    return _scripts("script", SCRIPTS)


def wall_script() -> bytes:
    return _scripts("wall", WALL_SCRIPTS)


def watchdog_script() -> bytes:
    """Apart from the others, for it must run where those cannot."""
    return _scripts(".", ("watchdog",))


def vendor_script() -> bytes:
    """As it comes: it is small already."""
    return b"\n".join((STATIC / "vendor" / "htmx" / f"{name}.js").read_bytes() for name in VENDOR_SCRIPTS)


def _styles(names: Iterable[str]) -> bytes:
    return str(cssmin("\n".join(_text(f"style/{name}.css") for name in names))).encode()


def _scripts(folder: str, names: Iterable[str]) -> bytes:
    return str(jsmin("\n".join(_text(f"{folder}/{name}.js") for name in names))).encode()


def _text(path: str) -> str:
    return (STATIC / path).read_text("utf-8")
