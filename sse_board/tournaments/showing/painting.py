"""The HTML of frames, made before it is wanted, and not by the event loop."""

import asyncio

from sse_board.tournaments.showing.panel import page_parts
from sse_board.tournaments.showing.recent import Recent
from sse_board.tournaments.showing.sheet import Sheet
from sse_board.version import Version
from sse_board.web.templates import Templates

#: Fragments that are kept, in all: characters. One of 100 rows with 250 boards has 170 000.
PAINTED_CHARACTERS = 8_000_000
#: Windows of tournaments of which it is remembered whether their HTML was wanted.
WANTED_LIMIT = 1_000

#: A tournament, and the rows that are shown.
Window = tuple[str, int | None]


class Painter:
    """Rendering a large tournament takes 10 to 20 ms, in which the event loop could do nothing else.

    So what was wanted the last time is rendered in a thread as soon as a new state is read; what nobody wanted is
    not rendered again.
    """

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._wanted: Recent[Window, bool] = Recent(WANTED_LIMIT)
        self._painted: Recent[Window, tuple[Version, str]] = Recent(PAINTED_CHARACTERS, lambda one: len(one[1]))

    def paint(self, sheet: Sheet) -> str:
        """The frame of this state."""
        window = _window(sheet)
        self._wanted.put(window, True)
        version, painted = self._painted.get(window) or (None, "")
        return painted if version == sheet.version else self._render(sheet)

    async def prepare(self, sheet: Sheet) -> None:
        """The same for when it will be wanted, if it was wanted of the state before."""
        window = _window(sheet)
        version, _ = self._painted.get(window) or (None, "")
        if version != sheet.version and self._wanted.get(window):
            self._wanted.put(window, False)
            self._painted.put(window, (sheet.version, await asyncio.to_thread(self._render, sheet)))

    def _render(self, sheet: Sheet) -> str:
        parts = page_parts(sheet.picture, sheet.table, sheet.limit)
        return self._templates.render("fragments/standings_frame.html", **parts)


def _window(sheet: Sheet) -> Window:
    return sheet.picture.tournament.id, sheet.limit
