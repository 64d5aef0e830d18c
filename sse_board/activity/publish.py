"""The active worker tells what waits: folded, and no more than people can read."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sse_board.activity.folding import Key, Pending, Story, fold
from sse_board.activity.kinds import ALSO_ON, EVENTS, FEED
from sse_board.activity.wording import payload
from sse_board.live.cursor import to_cursor
from sse_board.live.events.outbox import Writing
from sse_board.live.events.record import NewEvent
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.answers import encode
from sse_board.web.bodies import exact

_queries = Queries("activity")

#: Between two looks at what waits: seconds. With the commit and the way to the client it stays well under one.
LOOK_SECONDS = 0.2
#: Entries within `RATE_SECONDS`, on all channels together: more nobody reads.
MOST_ENTRIES = 10
#: A second, and what a slow commit may bring two lots of entries nearer to each other.
RATE_SECONDS = 1.25
#: What a player does again so soon is gathered, and told as one: seconds.
GATHER_SECONDS = 10.0
#: Entries that are folded at once; what waits longer than that is folded with what came meanwhile.
PAGE_ENTRIES = 5_000
#: Entries that can be paged through; older ones are forgotten.
KEPT_ENTRIES = 100_000
#: Rows per statement, so that none takes long.
FORGET_ROWS = 5_000
#: Any fixed number of our own: a worker that lost its place may still be at it when the next one begins.
ADVISORY_LOCK = 7_355_620


class Publisher:
    """What was told stands in the table that the feed is paged from, so the pace is kept whoever goes on."""

    def __init__(self, postgres: Postgres, writing: Callable[[], AbstractAsyncContextManager[Writing]]) -> None:
        self._postgres = postgres
        self._writing = writing

    async def publish(self) -> None:
        """Tell what is due. Raises Unavailable."""
        row = await self._postgres.one(_queries.is_pending)
        if not row or not row[0]:
            return
        async with self._writing() as writing:
            await writing.connection.execute(_queries.alone, {"lock": ADVISORY_LOCK})
            pending = await _pending(writing.connection)
            held, told = await _told_lately(writing.connection)
            stories = fold(pending, held, MOST_ENTRIES - told)
            if stories:
                await _publish(writing, stories)

    async def forget(self) -> None:
        """Raises Unavailable."""
        while await self._postgres.run(_queries.forget, kept=KEPT_ENTRIES, limit=FORGET_ROWS) == FORGET_ROWS:
            pass


async def _pending(connection: Connection) -> list[Pending]:
    rows = await (await connection.execute(_queries.pending, {"limit": PAGE_ENTRIES})).fetchall()
    return [_entry(row) for row in rows if row[1] in EVENTS]


def _entry(row: Sequence[Any]) -> Pending:
    id, kind, user_id, username, board, title, data, at = row
    return Pending(id, kind, user_id, username, board, title or board or "", exact(data), at)


async def _told_lately(connection: Connection) -> tuple[set[Key], int]:
    """(what was told so lately that more of it is gathered, entries within `RATE_SECONDS`)."""
    rows = await (await connection.execute(_queries.told_lately, {"seconds": GATHER_SECONDS})).fetchall()
    held = {(kind, user, subject) for kind, user, subject, _ in rows}
    return held, sum(age < RATE_SECONDS for *_, age in rows)


async def _publish(writing: Writing, stories: Sequence[Story]) -> None:
    told = [(story.last, story.subject, payload(story)) for story in stories]
    columns = {
        "pending": [entry.id for story in stories for entry in story.entries],
        "kinds": [last.kind for last, _, _ in told],
        "users": [last.user_id for last, _, _ in told],
        "subjects": [subject for _, subject, _ in told],
        "data": [encode(data).decode() for _, _, data in told],
    }
    rows = await (await writing.connection.execute(_queries.publish, columns)).fetchall()
    for (last, _, data), (id,) in zip(told, sorted(rows), strict=True):
        for name in filter(None, (FEED, ALSO_ON.get(last.kind))):
            writing.tell(NewEvent(name, EVENTS[last.kind], {"id": to_cursor(id), **data}))
