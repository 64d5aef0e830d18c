"""Live connections of all processes: each process is asked for its own."""

import asyncio
import heapq
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from sse_board.accounts.directory import names_of
from sse_board.admin.audit import record
from sse_board.clock import Clock, iso
from sse_board.errors import BoardError, NotFound, Unavailable
from sse_board.live.counts import transport_of
from sse_board.live.delivery.connection import Connection
from sse_board.live.room import Live
from sse_board.stores.postgres import Postgres
from sse_board.web.identity import Identity

#: Channels of a connection that are shown; it may have 500.
CHANNELS_SHOWN = 50
#: Digits of a session id that name its process.
PROCESS_DIGITS = 8

Row = dict[str, Any]


class Wanted(msgspec.Struct):
    """What one process asks another: connections in the order of their ids, those behind `after`."""

    user_id: str | None
    after: str
    limit: int
    do: str = "connections"


class Ending(msgspec.Struct):
    session_id: str
    do: str = "end"


@dataclass(frozen=True, slots=True)
class Page:
    """`more`: there are others behind these. `unanswered`: processes that did not say what they have. It is
    not `complete` where only this process is known.
    """

    connections: Sequence[Row]
    more: bool
    unanswered: Sequence[str]
    complete: bool


class Connections:
    """Answers for this process, and asks all."""

    def __init__(self, live: Live, postgres: Postgres, clock: Clock) -> None:
        self._live = live
        self._postgres = postgres
        self._clock = clock
        live.answer("connections", self._answer_list)
        live.answer("end", self._answer_end)

    # -- of this process --

    async def _answer_list(self, question: Any) -> list[Row]:
        return self.own(msgspec.convert(question, Wanted))

    async def _answer_end(self, question: Any) -> bool:
        self._end_own(msgspec.convert(question, Ending).session_id)
        return True

    def own(self, wanted: Wanted) -> list[Row]:
        """The bounded answer of this process."""
        hub = self._live.hub
        asked = hub.connections if wanted.user_id is None else hub.of_user(wanted.user_id)
        found = (one for one in asked if one.id > wanted.after and not one.has_ended)
        first = heapq.nsmallest(wanted.limit, found, key=lambda one: one.id)
        now = self._clock() - timedelta(seconds=time.monotonic())
        return [row_of(one, lambda at: iso(now + timedelta(seconds=at))) for one in first]

    def _end_own(self, session_id: str) -> None:
        connection = self._live.hub.find(session_id)
        if connection is None or connection.has_ended:
            raise NotFound("There is no live connection of that id.")
        connection.end(self._live.hub.rotation(), "ended")

    # -- of all --

    async def page(self, wanted: Wanted) -> Page:
        """Ids begin with their process, so those of one process stand together."""
        processes = sorted(one for one in self._live.register.known if one >= wanted.after[:PROCESS_DIGITS])
        one_more = Wanted(wanted.user_id, wanted.after, wanted.limit + 1)
        answers = await asyncio.gather(*(self._ask(process, one_more) for process in processes))
        found = sorted((row for rows in answers for row in rows or ()), key=lambda row: str(row["sessionId"]))
        unanswered = [process for process, rows in zip(processes, answers, strict=True) if rows is None]
        shown = await self._named(found[: wanted.limit])
        return Page(shown, len(found) > wanted.limit, unanswered, self._live.register.is_complete)

    async def _ask(self, process: str, wanted: Wanted) -> list[Row] | None:
        if process == self._live.hub.process:
            return self.own(wanted)
        try:
            rows: list[Row] = await self._live.remote.ask(process, wanted)
        except BoardError:
            return None
        return rows

    async def _named(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Names need the database, and nobody has to know them to end a connection."""
        users = {row["userId"] for row in rows if row["userId"]}
        names = await self._names(users) if users else {}
        return [{**row, "username": names.get(row["userId"])} for row in rows]

    async def _names(self, users: Collection[str]) -> Mapping[str, str]:
        try:
            return await names_of(self._postgres, users)
        except BoardError:
            return {}

    async def end(self, session_id: str, actor: Identity, request_id: str) -> None:
        """Never done without a record: also what may have been done, by a process that did not say so in time.

        Raises NotFound for one that is not there, Unavailable.
        """
        process = session_id[:PROCESS_DIGITS]
        if process not in self._live.register.known:
            if not self._live.register.is_complete:
                raise Unavailable("Only the connections of the answering process are known.")
            raise NotFound("There is no live connection of that id.")
        unsure: Unavailable | None = None
        async with self._postgres.transaction() as connection:
            await record(connection, actor, "connection.end", ("connection", session_id), {}, request_id)
            try:
                await self._end(process, session_id)
            except Unavailable as error:
                unsure = error
        if unsure is not None:
            raise unsure

    async def _end(self, process: str, session_id: str) -> None:
        if process == self._live.hub.process:
            self._end_own(session_id)
        else:
            await self._live.remote.ask(process, Ending(session_id))


def row_of(connection: Connection, shown: Callable[[float], str]) -> Row:
    """`shown` makes a time of a monotonic one. `lastHeard`: when it was last told something."""
    identity = connection.identity
    return {
        "sessionId": connection.id,
        "userId": identity.user_id if identity else None,
        "transport": transport_of(connection.coding.face),
        "channels": list(connection.channels[:CHANNELS_SHOWN]),
        "address": connection.address,
        "agent": connection.agent,
        "since": shown(connection.since),
        "lastHeard": shown(connection.last_sent),
    }
