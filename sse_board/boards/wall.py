"""Boards that take turns on one wall. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sse_board.boards.panel import Panel
from sse_board.errors import InvalidRequest

#: All boards of a rotation are in one page and one stream, so that it goes on without the network.
TURNS_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Screen:
    """One turn: `url` is that of the wall that begins with it, `code` leads to the board's own page."""

    panel: Panel
    url: str
    code: Markup


def turns_of(rotate: str | None) -> list[str]:
    """The names in `?rotate=a,b`, each once. Raises InvalidRequest for too many."""
    names = list(dict.fromkeys(name.strip() for name in (rotate or "").split(",") if name.strip()))
    if len(names) > TURNS_LIMIT:
        raise InvalidRequest(
            f"`rotate` may name {TURNS_LIMIT} boards.", details={"rotate": f"at most {TURNS_LIMIT}"}
        )
    return names


def next_url(slug: str, turns: Sequence[str], query: str) -> str:
    """The wall that follows this one; a board that is not in its own rotation leads to the first."""
    return url_of(turns[(turns.index(slug) + 1) % len(turns)] if slug in turns else turns[0], query)


def url_of(slug: str, query: str) -> str:
    return f"/kiosk/{slug}?{query}" if query else f"/kiosk/{slug}"
