"""The HTML of frames, made before it is wanted, and not by the event loop."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from sse_board.tournaments.showing.moved import moved
from sse_board.tournaments.showing.panel import page_parts
from sse_board.tournaments.showing.recent import Recent
from sse_board.tournaments.showing.sheet import Sheet
from sse_board.version import Version
from sse_board.web.templates import Templates

#: What is kept painted, in all: bytes, nearly. Of 100 rows with 250 boards the whole frame has 160 000.
PAINTED_BYTES = 8_000_000
#: What the next change of such a window is found by, beside its frames: bytes.
PARTS_BYTES = 100_000
#: Windows of tournaments of which it is remembered whether their HTML was wanted.
WANTED_LIMIT = 1_000

#: A tournament, and the rows that are shown.
Window = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Painted:
    """One state: `change` leads to it from the version `since`, for who follows; `whole` is for who begins."""

    version: Version
    parts: dict[str, Any]
    since: Version | None = None
    change: str | None = None
    whole: str | None = None

    @property
    def weight(self) -> int:
        return PARTS_BYTES + len(self.change or "") + len(self.whole or "")


class Painter:
    """Rendering a large tournament takes 10 to 20 ms, in which the event loop could do nothing else.

    So what was wanted the last time is rendered in a thread as soon as a new state is read; what nobody wanted is
    not rendered again. Who follows is sent what changed, which is less than half even where every row
    moved.
    """

    def __init__(self, templates: Templates) -> None:
        self._templates = templates
        self._followed: Recent[Window, bool] = Recent(WANTED_LIMIT)
        self._begun: Recent[Window, bool] = Recent(WANTED_LIMIT)
        self._painted: Recent[Window, Painted] = Recent(PAINTED_BYTES, lambda one: one.weight)

    def paint(self, sheet: Sheet) -> str:
        """The whole frame of this state."""
        self._begun.put(_window(sheet), True)
        return self._whole(sheet)

    def paint_change(self, sheet: Sheet, since: Version) -> str:
        """What leads to this state from that version, or the whole where that is not known any more."""
        window = _window(sheet)
        self._followed.put(window, True)
        known = self._painted.get(window)
        if known and known.change is not None and (known.version, known.since) == (sheet.version, since):
            return known.change
        return self._whole(sheet)

    async def prepare(self, sheet: Sheet) -> None:
        """The same for when it will be wanted, if it was wanted of the state before."""
        window = _window(sheet)
        known = self._painted.get(window)
        if known and known.version == sheet.version:
            return
        begun, followed = self._begun.take(window), self._followed.take(window)
        if begun or followed:
            self._painted.put(window, await asyncio.to_thread(self._make, sheet, known, bool(begun)))

    def _make(self, sheet: Sheet, known: Painted | None, is_whole: bool) -> Painted:
        parts = _parts(sheet)
        whole = self._render(parts) if is_whole else None
        if known is None:
            return Painted(sheet.version, parts, whole=whole)
        change = self._render({**parts, **moved(known.parts, parts)})
        return Painted(sheet.version, parts, known.version, change, whole)

    def _whole(self, sheet: Sheet) -> str:
        window = _window(sheet)
        known = self._painted.get(window)
        if known is None or known.version != sheet.version:
            known = Painted(sheet.version, _parts(sheet))
        whole = self._render(known.parts) if known.whole is None else known.whole
        self._painted.put(window, replace(known, whole=whole))
        return whole

    def _render(self, parts: dict[str, Any]) -> str:
        return self._templates.render("fragments/standings_frame.html", **parts)


def _parts(sheet: Sheet) -> dict[str, Any]:
    return page_parts(sheet.picture, sheet.table, sheet.limit)


def _window(sheet: Sheet) -> Window:
    return sheet.picture.tournament.id, sheet.limit
