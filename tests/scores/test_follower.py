"""A follower is handed every action once, in commit order, whoever dies on the way."""

import asyncio
import uuid
from collections.abc import Sequence

import psycopg
import pytest

from sse_board.live.events.outbox import Outbox, Writing
from sse_board.live.events.record import NewEvent
from sse_board.scores.action import Logged
from sse_board.scores.follower import Consumer, Follower
from sse_board.stores.postgres import Postgres
from tests.support.servers import Stores

PLAYER = str(uuid.UUID(int=1))
#: Actions that a follower here takes at a time.
PAGE = 3


class Diary:
    """Writes each action that it is handed into the event log; dies with the page that has this action."""

    def __init__(self, deadly: int | None = None) -> None:
        self.deadly = deadly

    async def consume(self, writing: Writing, actions: Sequence[Logged]) -> None:
        for action in actions:
            writing.tell(NewEvent("diary", "seen", {"seq": action.seq}))
        await asyncio.sleep(0)
        if self.deadly in [action.seq for action in actions]:
            raise RuntimeError("killed")


def follower(postgres: Postgres, outbox: Outbox, consume: Consumer) -> Follower:
    return Follower(postgres, outbox.writing, "anomalies", consume, page=PAGE)


def write(stores: Stores, *seqs: int) -> None:
    """Actions at these places of the log."""
    with psycopg.connect(stores.database_url) as database:
        database.execute(
            "insert into users (id, username, username_key, email, email_key, password_hash, role)"
            " values (%s, 'Ada', 'ada', 'a@x.org', 'a@x.org', '', 'PARTICIPANT') on conflict do nothing",
            [PLAYER],
        )
        for seq in seqs:
            database.execute(
                "insert into actions values (%s, %s, 'task_finish', %s, 10, '[]', '', '{}', '', now(), now())",
                [PLAYER, f"action {seq}", seq],
            )
        database.execute("update commits set seq = greatest(seq, %s)", [max(seqs)])


def seen(stores: Stores) -> list[int]:
    with psycopg.connect(stores.database_url) as database:
        rows = database.execute("select data->>'seq' from events where name = 'diary' order by position")
        return [int(row[0]) for row in rows]


async def to_the_end(one: Follower) -> None:
    while await one.step():
        pass


async def test_pages_come_in_order_and_gaps_are_none_of_its_business(
    postgres: Postgres, outbox: Outbox, own_stores: Stores
) -> None:
    """Profile changes and voids take a seq too."""
    one = follower(postgres, outbox, Diary().consume)
    assert not await one.step(), "nothing is there"
    write(own_stores, 1, 2, 5, 6)
    assert await one.step(), "a full page"
    assert not await one.step()
    write(own_stores, 9)
    await to_the_end(one)
    assert seen(own_stores) == [1, 2, 5, 6, 9]


async def test_who_dies_between_or_within_pages_leaves_nothing_out_and_nothing_twice(
    postgres: Postgres, outbox: Outbox, own_stores: Stores
) -> None:
    write(own_stores, *range(1, 11))
    for deadly in (5, 8, 10):
        with pytest.raises(RuntimeError, match="killed"):
            await to_the_end(follower(postgres, outbox, Diary(deadly).consume))
        assert seen(own_stores) == list(range(1, (deadly - 1) // PAGE * PAGE + 1))
    await to_the_end(follower(postgres, outbox, Diary().consume))
    assert seen(own_stores) == list(range(1, 11))


async def test_two_that_follow_at_once_share_the_work(
    postgres: Postgres, outbox: Outbox, own_stores: Stores
) -> None:
    write(own_stores, *range(1, 41))
    await asyncio.gather(*(to_the_end(follower(postgres, outbox, Diary().consume)) for _ in range(3)))
    assert seen(own_stores) == list(range(1, 41))


async def test_a_voided_action_is_handed_on_as_such(
    postgres: Postgres, outbox: Outbox, own_stores: Stores
) -> None:
    handed: list[Logged] = []

    async def keep(_: Writing, actions: Sequence[Logged]) -> None:
        handed.extend(actions)

    write(own_stores, 1, 2)
    with psycopg.connect(own_stores.database_url) as database:
        database.execute(
            "update actions set voided_at = now(), voided_by = user_id, void_reason = 'x' where seq = 1"
        )
    await to_the_end(follower(postgres, outbox, keep))
    assert [(action.action_id, action.voided, action.points) for action in handed] == [
        ("action 1", True, 10),
        ("action 2", False, 10),
    ]
