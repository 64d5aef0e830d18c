"""`admin:connections`: how many there are, and which came and went a moment ago, over all processes."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from sse_board.admin.audience import AdminChannel
from sse_board.clock import Clock, iso
from sse_board.errors import BoardError
from sse_board.live.counts import transport_of
from sse_board.live.delivery.connection import Connection
from sse_board.live.event import Event
from sse_board.live.room import Live

CHANNEL = "admin:connections"
#: Comings and goings that each process remembers and tells: what happens in a busy second is only counted.
REMEMBERED = 50

Entry = dict[str, Any]


class Kept(NamedTuple):
    """`detail`: where what opened comes from, or why what closed did."""

    number: int
    kind: str
    session_id: str
    user_id: str | None
    transport: str
    detail: str

    def entry(self) -> Entry:
        """As it is told."""
        name = "address" if self.kind == "opened" else "reason"
        about = {"sessionId": self.session_id, "userId": self.user_id, "transport": self.transport}
        return {**about, name: self.detail}


class Recent:
    """An observer of the hub: the newest comings and goings of this process, numbered."""

    def __init__(self) -> None:
        self.number = 0
        self._kept: deque[Kept] = deque(maxlen=REMEMBERED)

    def came(self, connection: Connection) -> None:
        """Whoever tells who they are is told of once more."""
        self._add("opened", connection, connection.address)

    def left(self, connection: Connection) -> None:
        self._add("closed", connection, connection.reason)

    def _add(self, kind: str, connection: Connection, detail: str) -> None:
        identity, transport = connection.identity, transport_of(connection.coding.face)
        self.number += 1
        user = identity.user_id if identity else None
        self._kept.append(Kept(self.number, kind, connection.id, user, transport, detail))

    async def answer(self, _: Any) -> dict[str, Any]:
        return {"number": self.number, "kept": [(one.number, one.kind, one.entry()) for one in self._kept]}


@dataclass(frozen=True, slots=True)
class Comings:
    """`processes`: what each remembers, `{number, kept: [(number, kind, entry)]}`; those that did not answer have
    what they said before."""

    count: int
    processes: Mapping[str, Mapping[str, Any]]


class ComingsSource(AdminChannel):
    """The processes are asked only while an admin listens, and at most once a second."""

    windowed = False
    least_seconds = 1.0

    def __init__(self, clock: Clock) -> None:
        super().__init__(CHANNEL)
        self._clock = clock
        self._last: dict[str, Mapping[str, Any]] = {}
        self._counted: object = None

    def attach(self, live: Live) -> None:
        self._live = live
        self._recent = Recent()
        live.hub.observers.append(self._recent)
        live.answer("comings", self._recent.answer)
        live.register.listeners.append(self._beaten)

    def _beaten(self) -> None:
        """Asking is worth it only when somebody came or went."""
        counted = [(id, one["opened"], one["streams"]) for id, one in self._live.register.known.items()]
        if counted != self._counted:
            self._counted = counted
            self._live.feed.changed(CHANNEL)

    async def read(self, channel: str, limit: int) -> Comings:
        known = self._live.register.known
        answers = await asyncio.gather(*map(self._ask, known))
        self._last = dict(zip(known, answers, strict=True))
        count = sum(one["streams"]["sse"] + one["streams"]["websocket"] for one in known.values())
        return Comings(count, self._last)

    async def _ask(self, process: str) -> Mapping[str, Any]:
        if process == self._live.hub.process:
            return await self._recent.answer(None)
        try:
            answer: Mapping[str, Any] = await self._live.remote.ask(process, {"do": "comings"})
        except BoardError:
            return self._last.get(process, {"number": 0, "kept": []})
        return answer

    def narrow(self, state: Comings, limit: int) -> Comings:
        return state

    def newer(self, before: Comings, after: Comings) -> Comings:
        return after

    def snapshot(self, channel: str, state: Comings, previous: str | None) -> Sequence[Event]:
        return [self._event(channel, state.count, {"opened": [], "closed": [], "more": 0})]

    def delta(self, channel: str, before: Comings, after: Comings) -> Sequence[Event]:
        if self.version(before) == self.version(after):
            return []
        return [self._event(channel, after.count, news(before.processes, after.processes))]

    def version(self, state: Comings) -> str:
        return f"{state.count} {[(id, one['number']) for id, one in state.processes.items()]}"

    def appearance(self, state: Comings) -> str:
        return str(state.count)

    def _event(self, channel: str, count: int, told: Mapping[str, Any]) -> Event:
        data = {"count": count, **told, "timestamp": iso(self._clock())}
        return Event("connections.update", data, channel=channel, text=partial(_lines, data))


def news(before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What came to what each process remembers; `more` is what it has forgotten already."""
    told: dict[str, list[Entry]] = {"opened": [], "closed": []}
    more = 0
    for process, one in after.items():
        known = before[process]["number"] if process in before else one["number"]
        fresh = [(kind, entry) for number, kind, entry in one["kept"] if number > known]
        more += max(0, one["number"] - known - len(fresh))
        for kind, entry in fresh:
            told[kind].append(entry)
    return {**told, "more": more}


def _lines(data: Mapping[str, Any]) -> list[str]:
    return [f"connections  {data['count']}  {len(data['opened'])} opened  {len(data['closed'])} closed"]
