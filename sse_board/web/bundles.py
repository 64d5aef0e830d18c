"""One stylesheet and one script out of the small files they are written in: fewer requests, and no build step."""

import re
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

#: Comments are for who reads the files, and a quarter of what would be sent. In scripts they stand on lines of
#: their own, or two spaces after the code; no string of ours looks like that.
STYLE_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INDENTATION = re.compile(r"^\s+", re.MULTILINE)
SCRIPT_COMMENT = re.compile(r"^ *//.*\n| {2,}// .*$", re.MULTILINE)


def stylesheet() -> bytes:
    """All of `static/style/` but the colours of the night, which are linked apart, as screens may ask for them."""
    return _joined("style", "css", STYLES, STYLE_COMMENT)


def wall_stylesheet() -> bytes:
    return _joined("style", "css", WALL_STYLES, STYLE_COMMENT)


def admin_stylesheet() -> bytes:
    return _joined("style", "css", ADMIN_STYLES, STYLE_COMMENT)


def script() -> bytes:
    return _joined("script", "js", SCRIPTS, SCRIPT_COMMENT)


def wall_script() -> bytes:
    return _joined("wall", "js", WALL_SCRIPTS, SCRIPT_COMMENT)


def vendor_script() -> bytes:
    """As it comes: it is small already."""
    return b"\n".join((STATIC / "vendor" / "htmx" / f"{name}.js").read_bytes() for name in VENDOR_SCRIPTS)


def _joined(folder: str, ending: str, names: Iterable[str], comment: re.Pattern[str]) -> bytes:
    texts = [(STATIC / folder / f"{name}.{ending}").read_text("utf-8") for name in names]
    return "\n".join(INDENTATION.sub("", comment.sub("", text)) for text in texts).encode()
