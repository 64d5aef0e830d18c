"""Fragments of pages that are the same for everybody: rendered in a thread, once for each version."""

from collections.abc import Callable, Hashable
from functools import partial

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from sse_board.tournaments.api.answering import Answers
from sse_board.tournaments.showing.crosspanel import crosstable_panel
from sse_board.tournaments.showing.panel import STANDINGS_ROWS, play_panel, standings_panel
from sse_board.tournaments.showing.sheet import Sheet
from sse_board.tournaments.tournament import Picture
from sse_board.version import Version
from sse_board.web.templates import Templates


class Fragments:
    def __init__(self, templates: Templates, answers: Answers) -> None:
        self._templates = templates
        self._answers = answers

    async def play(self, picture: Picture) -> Markup:
        return await self._shared(picture.version, _play_key(picture), partial(self._play, picture))

    async def answer_play(self, request: Request, picture: Picture) -> Response:
        """The same for who polls."""
        make = partial(self._play, picture)
        return await self._answers.answer(request, picture.version, "html", _play_key(picture), make)

    async def standings(self, sheet: Sheet) -> Markup:
        """The rows of a live page."""
        key = (sheet.picture.tournament.id, "standings of the page", sheet.table.through)
        return await self._shared(sheet.version, key, partial(self._standings, sheet))

    async def crosstable(self, sheet: Sheet) -> Markup:
        key = (sheet.picture.tournament.id, "crosstable of the page", sheet.table.through)
        return await self._shared(sheet.version, key, partial(self._crosstable, sheet))

    async def _shared(self, version: Version, key: tuple[Hashable, ...], make: Callable[[], bytes]) -> Markup:
        body = await self._answers.body(version, "html", key, make)
        return Markup(body.decode())  # noqa: S704  # a template made it

    def _play(self, picture: Picture) -> bytes:
        return self._templates.render("fragments/play.html", play=play_panel(picture)).encode()

    def _standings(self, sheet: Sheet) -> bytes:
        panel = standings_panel(sheet.picture, sheet.table, STANDINGS_ROWS)
        return self._templates.render("fragments/standings.html", standings=panel).encode()

    def _crosstable(self, sheet: Sheet) -> bytes:
        panel = crosstable_panel(sheet.picture, sheet.table)
        return self._templates.render("fragments/crosstable.html", crosstable=panel).encode()


def _play_key(picture: Picture) -> tuple[Hashable, ...]:
    return (picture.tournament.id, "play")
