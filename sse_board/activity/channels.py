"""`activity:feed` and its two excerpts: logs that anyone may hear."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sse_board.activity.kinds import FEED
from sse_board.activity.shown import story
from sse_board.clock import iso
from sse_board.live.event import Event
from sse_board.live.events.record import Record
from sse_board.live.single import PublicChannel
from sse_board.web.identity import Identity
from sse_board.web.templates import Templates


class ActivityLog(PublicChannel):
    """One of them; entries of the feed are also painted for its page."""

    def __init__(self, channel: str, templates: Templates) -> None:
        super().__init__(channel)
        self._templates = templates

    def names(self, channel: str, identity: Identity | None) -> Sequence[str]:
        return (channel,)

    def keeps(self, name: str) -> bool:
        return name == self._channel

    def event(self, record: Record) -> Event:
        data = {**record.data, "timestamp": iso(record.at)}
        shown = story(record.type.removeprefix("activity."), data) if record.name == FEED else None
        return Event(
            record.type,
            data,
            channel=record.name,
            html=partial(self._html, shown) if shown else None,
            text=lambda: [str(data["text"])],
            position=record.position,
        )

    def _html(self, shown: dict[str, Any]) -> str:
        return self._templates.render("fragments/story_frame.html", story=shown)
