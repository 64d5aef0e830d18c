"""`leaderboard:{board}`: the state of a board as the engine sees it."""

from collections.abc import Sequence
from functools import partial

from sse_board.boards.board import DEFAULT_BOARD, Window
from sse_board.boards.catalog import BoardCatalog, known_slug
from sse_board.boards.delta import Change, between, payload, whole, whole_payload
from sse_board.boards.lines import change_lines
from sse_board.boards.panel import panel
from sse_board.boards.reader import BoardReader
from sse_board.clock import Clock, iso
from sse_board.errors import BoardError
from sse_board.live.event import Event
from sse_board.web.identity import Identity
from sse_board.web.templates import Templates

PREFIX = "leaderboard:"


class LeaderboardSource:
    """Public; one topic per window. The HTML of a frame is always the whole fragment: morphing it is the delta."""

    windowed = True
    least_seconds = 0.0

    def __init__(self, catalog: BoardCatalog, reader: BoardReader, templates: Templates, clock: Clock) -> None:
        self._catalog = catalog
        self._reader = reader
        self._templates = templates
        self._clock = clock

    def owns(self, channel: str) -> bool:
        return channel.startswith(PREFIX)

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        """All boards, or the default one where only `leaderboard` is said."""
        if pattern == PREFIX.rstrip(":"):
            return [PREFIX + DEFAULT_BOARD]
        return [PREFIX + board.slug for board in self._catalog] if pattern == PREFIX + "*" else []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        try:
            await self._catalog.require(known_slug(channel.removeprefix(PREFIX)))
        except BoardError as error:
            return error
        return None

    def is_private(self, channel: str) -> bool:
        return False

    async def read(self, channel: str, limit: int) -> Window:
        return await self._reader.window(channel.removeprefix(PREFIX), limit)

    def narrow(self, state: Window, limit: int) -> Window:
        return state.top(limit)

    def newer(self, before: Window, after: Window) -> Window:
        return max(before, after, key=lambda window: window.version)

    def snapshot(self, channel: str, state: Window, previous: str | None) -> Sequence[Event]:
        return [self._event(channel, whole(state, previous))]

    def delta(self, channel: str, before: Window, after: Window) -> Sequence[Event]:
        change = between(before, after)
        return [self._event(channel, change)] if change else []

    def version(self, state: Window) -> str:
        return str(state.version)

    def appearance(self, state: Window) -> str:
        rows = [(one.rank, one.user_id, one.username, one.avatar_url, one.score) for one in state.entries]
        return f"{state.version.epoch} {state.total} {rows}"

    def _event(self, channel: str, change: Change) -> Event:
        timestamp = iso(self._clock())
        return Event(
            "leaderboard.update",
            payload(change, timestamp),
            channel=channel,
            html=partial(self._html, change.window),
            text=partial(change_lines, change),
            whole=partial(whole_payload, change, timestamp),
        )

    def _html(self, window: Window) -> str:
        return self._templates.render("fragments/frame.html", panel=panel(window))
