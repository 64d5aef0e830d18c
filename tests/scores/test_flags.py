"""Flags are kept each once; admins are told of the first of a player and kind within an hour."""

import asyncio
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from sse_board.live.events.outbox import Outbox
from sse_board.notifications.alerts import alert_admins
from sse_board.scores.flags import Flag, raise_flags
from tests.support.clients import eventually
from tests.support.servers import Stores

ADA, BOB = (str(uuid.UUID(int=number)) for number in (1, 2))


@pytest.fixture
def database(own_stores: Stores) -> Iterator[psycopg.Connection]:
    """Two players with an action of each of these names."""
    with psycopg.connect(own_stores.database_url, autocommit=True) as database:
        for number, (user, name) in enumerate(((ADA, "Ada"), (BOB, "Bob"))):
            database.execute(
                "insert into users (id, username, username_key, email, email_key, password_hash, role)"
                " values (%(id)s, %(name)s, %(name)s, %(name)s, %(name)s, '', 'PARTICIPANT')",
                {"id": user, "name": name},
            )
            for place, action_id in enumerate(("one", "two", "three")):
                database.execute(
                    "insert into actions values (%s, %s, 'task_finish', %s, 1, '[]', '', '{}', '', now(), now())",
                    [user, action_id, 1 + 10 * number + place],
                )
        yield database


def flag(user: str, action_id: str | None, kind: str = "jump") -> Flag:
    return Flag(kind, user, action_id, "too much", {"points": 2_000})


async def raised(outbox: Outbox, *flags: Flag) -> None:
    async with outbox.writing() as writing:
        await raise_flags(writing, flags, alert_admins)


def kept(database: psycopg.Connection) -> list[tuple[str, str, str | None]]:
    rows = database.execute("select user_id::text, kind, action_id from flags order by place")
    return [(row[0], row[1], row[2]) for row in rows]


def told(database: psycopg.Connection) -> list[str]:
    rows = database.execute(
        "select data->>'message' from events where name = 'system:role:ADMIN' order by position"
    )
    return [row[0] for row in rows]


async def test_each_flag_is_kept_and_the_first_of_its_player_and_kind_alerts(
    outbox: Outbox, database: psycopg.Connection
) -> None:
    await raised(outbox, flag(ADA, "one"), flag(ADA, "two"), flag(BOB, "one"), flag(ADA, "one", "pace"))
    await raised(outbox, flag(ADA, "three"))
    assert len(kept(database)) == 5
    assert told(database) == [
        "Ada with the action one: too much.",
        "Bob with the action one: too much.",
        "Ada with the action one: too much.",
    ]


async def test_the_same_action_is_flagged_once_for_each_kind(outbox: Outbox, database: psycopg.Connection) -> None:
    await raised(outbox, flag(ADA, "one"), flag(ADA, "one"))
    await raised(outbox, flag(ADA, "one"), flag(ADA, "one", "pace"))
    assert kept(database) == [(ADA, "jump", "one"), (ADA, "pace", "one")]
    assert len(told(database)) == 2


async def test_what_was_refused_is_flagged_without_an_action_once_until_somebody_looked(
    outbox: Outbox, database: psycopg.Connection
) -> None:
    """Whoever tries again and again would fill the table."""
    for _ in range(2):
        await raised(outbox, flag(ADA, None, "run_mismatch"), flag(ADA, None, "run_mismatch"))
    assert kept(database) == [(ADA, "run_mismatch", None)]
    database.execute("update flags set resolved_at = now(), resolved_by = user_id, resolution = 'dismissed'")
    await raised(outbox, flag(ADA, None, "run_mismatch"))
    assert kept(database) == [(ADA, "run_mismatch", None)] * 2
    assert told(database) == ["Ada: too much."]


async def test_an_action_that_is_being_voided_is_waited_for_and_not_flagged(
    outbox: Outbox, database: psycopg.Connection, own_stores: Stores
) -> None:
    """The worker had read the action before; its flag would have stayed open for ever."""
    with psycopg.connect(own_stores.database_url) as admin:
        admin.execute("select from commits for update")
        raising = asyncio.create_task(raised(outbox, flag(ADA, "one"), flag(ADA, "two")))
        waiting = (
            "select exists (select from pg_stat_activity"
            " where datname = current_database() and wait_event_type = 'Lock')"
        )
        await eventually(lambda: (database.execute(waiting).fetchone() or [False])[0])
        admin.execute(
            "update actions set voided_at = now(), voided_by = user_id, void_reason = 'x'"
            " where user_id = %s and action_id = 'one'",
            [ADA],
        )
    await raising
    assert kept(database) == [(ADA, "jump", "two")]
    assert told(database) == ["Ada with the action two: too much."]
