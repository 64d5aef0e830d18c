"""`user:{userId}:achievements`: a log of what a player has earned."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sse_board.clock import iso
from sse_board.live.event import Event
from sse_board.live.events.record import Record
from sse_board.live.personal import PersonalChannels
from sse_board.web.identity import Identity


class AchievementsLog(PersonalChannels):
    def __init__(self) -> None:
        super().__init__("achievements")

    def names(self, channel: str, identity: Identity | None) -> Sequence[str]:
        return (channel,)

    def event(self, record: Record) -> Event:
        data = {**record.data, "timestamp": iso(record.at)}
        text = partial(_lines, record.type, data)
        return Event(record.type, data, channel=record.name, text=text, position=record.position)


def _lines(type: str, data: Mapping[str, Any]) -> list[str]:
    if type == "streak.milestone":
        return [f"streak  {data['days']} days in a row"]
    return [f"unlocked  {data['icon']} {data['title']}  {data['description']}"]
