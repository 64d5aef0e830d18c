"""One stylesheet and one script out of the small files they are written in: fewer requests, and no build step."""

from collections.abc import Iterable

from sse_board.web.templates import STATIC

#: In the order in which they apply: what comes later may say more than what comes before.
STYLES = ("tokens", "page", "board", "forms", "wall", "admin", "tournament")
#: In the order in which they run: each may use those before it.
SCRIPTS = ("seats", "stream", "connection", "board", "tournament", "maintenance", "inbox", "admin")


def stylesheet() -> bytes:
    """All of `static/style/` but the colours of the night, which are linked apart, as screens may ask for them."""
    return _joined("style", "css", STYLES)


def script() -> bytes:
    return _joined("script", "js", SCRIPTS)


def _joined(folder: str, ending: str, names: Iterable[str]) -> bytes:
    return b"\n".join((STATIC / folder / f"{name}.{ending}").read_bytes() for name in names)
