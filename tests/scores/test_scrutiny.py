"""What a player did before, as the rules are told it."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sse_board.boards.catalog import BoardCatalog
from sse_board.live.events.outbox import Outbox
from sse_board.notifications.alerts import alert_admins
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.follower import Follower
from sse_board.scores.scrutiny import ANOMALIES, Scrutiny
from sse_board.stores.postgres import Postgres
from tests.support.servers import Stores

NOW = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)
PLAYER = str(uuid.UUID(int=1))


class Log:
    """Writes actions of one player into the log, and follows it."""

    def __init__(self, stores: Stores, postgres: Postgres, outbox: Outbox) -> None:
        self._url = stores.database_url
        self._seq = 0
        self._scrutiny = Scrutiny(BoardCatalog(postgres), ActionCatalog(postgres), alert_admins)
        self._parts = postgres, outbox
        with psycopg.connect(self._url) as database:
            database.execute(
                "insert into users (id, username, username_key, email, email_key, password_hash, role)"
                " values (%s, 'Ada', 'ada', 'a@x.org', 'a@x.org', '', 'PARTICIPANT')",
                [PLAYER],
            )

    def write(self, kind: str, *values: int, at: datetime = NOW) -> None:
        """Actions of a type that feed `piano_score`; their names are their places."""
        with psycopg.connect(self._url) as database:
            for value in values:
                self._seq += 1
                effects = [{"board": "piano_score", "value": value, "previous": None, "score": value}]
                database.execute(
                    "insert into actions values (%s, %s, %s, %s, 10, %s, '', '{}', '', now(), %s)",
                    [PLAYER, str(self._seq), kind, self._seq, json.dumps(effects), at],
                )

    def void(self, action_id: int) -> None:
        with psycopg.connect(self._url) as database:
            database.execute(
                "update actions set voided_at = now(), voided_by = user_id, void_reason = 'x'"
                " where action_id = %s",
                [str(action_id)],
            )

    async def flagged(self, page: int = 500) -> list[tuple[str, int]]:
        """(kind, action) of all flags, once everything is looked at."""
        postgres, outbox = self._parts
        follower = Follower(postgres, outbox.writing, ANOMALIES, self._scrutiny.examine, page=page)
        while await follower.step():
            pass
        with psycopg.connect(self._url) as database:
            flags = database.execute("select kind, action_id from flags order by place").fetchall()
        return [(kind, int(action_id)) for kind, action_id in flags]


@pytest.fixture
def log(own_stores: Stores, postgres: Postgres, outbox: Outbox) -> Log:
    return Log(own_stores, postgres, outbox)


@pytest.mark.parametrize("page", [500, 7])
async def test_pages_make_no_difference(log: Log, page: int) -> None:
    log.write("piano_complete", *[100] * 10, 900, 100, 901, 1_400)
    assert await log.flagged(page) == [("outlier", 11), ("outlier", 14)]


async def test_what_was_voided_is_no_measure(log: Log) -> None:
    log.write("piano_complete", *[100] * 10, 900)
    assert await log.flagged() == [("outlier", 11)]
    log.write("piano_complete", 900)
    assert await log.flagged() == [("outlier", 11)], "it was done before"
    for action_id in (11, 12):
        log.void(action_id)
    log.write("piano_complete", 900)
    assert await log.flagged() == [("outlier", 11), ("outlier", 13)]


async def test_like_is_compared_with_like(log: Log) -> None:
    """Ten quizzes on a board say nothing of the first piano."""
    log.write("quiz_complete", *[100] * 10)
    log.write("piano_complete", 900)
    assert await log.flagged() == []


async def test_actions_of_one_moment_count_in_their_order(log: Log) -> None:
    log.write("quiz_complete", *[100] * 102)
    assert await log.flagged() == [("pace", 101), ("pace", 102)]


async def test_an_hour_ends(log: Log) -> None:
    log.write("quiz_complete", *[100] * 100, at=NOW - timedelta(hours=1))
    log.write("quiz_complete", 100)
    assert await log.flagged() == []
    log.write("quiz_complete", *[100] * 100, at=NOW + timedelta(seconds=1))
    assert await log.flagged() == [("pace", 201)]
