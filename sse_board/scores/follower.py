"""Whoever must see every action once, in commit order, after the commit: a follower of the action log."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sse_board.live.events.outbox import Writing
from sse_board.scores.action import Effect, Logged
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.answers import plain_number

_queries = Queries("followers")

#: Actions in one transaction: enough to share its cost, few enough that it ends well within its deadline.
PAGE_ACTIONS = 500


#: What is done with a page of actions; what it writes and tells is committed with the follower's new position.
Consumer = Callable[[Writing, Sequence[Logged]], Awaitable[None]]


class Follower:
    """Goes on where the one before it stopped, whoever that was: its position is stored with what it found.

    Nothing can appear behind a position, because `seq` is in commit order (D1). `name` has a row in `followers`,
    made by the migration that brought it. `writing` begins a transaction with an outbox.
    """

    def __init__(
        self,
        postgres: Postgres,
        writing: Callable[[], AbstractAsyncContextManager[Writing]],
        name: str,
        consume: Consumer,
        *,
        page: int = PAGE_ACTIONS,
    ) -> None:
        self._postgres = postgres
        self._writing = writing
        self._name = name
        self._consume = consume
        self._page = page

    async def step(self) -> bool:
        """Consume the next page; whether it was full, so that there may be more. Raises Unavailable."""
        row = await self._postgres.one(_queries.has_news, name=self._name)
        if not row or not row[0]:
            return False
        async with self._writing() as writing:
            actions = await self._next(writing.connection)
            if actions:
                await self._consume(writing, actions)
                position = {"name": self._name, "seq": actions[-1].seq}
                await writing.connection.execute(_queries.move_on, position)
        return len(actions) == self._page

    async def _next(self, connection: Connection) -> list[Logged]:
        """Another follower of this name waits here for our commit, and then goes on behind it."""
        row = await (await connection.execute(_queries.position, {"name": self._name})).fetchone()
        assert row is not None, f"no migration has made the follower {self._name}"
        page = {"seq": row[0], "limit": self._page}
        rows = await (await connection.execute(_queries.actions_after, page)).fetchall()
        return [_logged(row) for row in rows]


def _logged(row: Sequence[Any]) -> Logged:
    seq, user_id, action_id, action_type, points, effects, at, voided = row
    fed = tuple(Effect(**effect) for effect in effects)
    return Logged(seq, user_id, action_id, action_type, plain_number(points), fed, at, voided)
