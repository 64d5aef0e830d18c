"""Events written into the log behind the back of the process under test."""

from collections.abc import Mapping
from typing import Any

import psycopg

from sse_board.web.answers import encode
from tests.support.servers import Stores


def write(stores: Stores, count: int, message: str = "", name: str = "system") -> None:
    """Events of a process that is elsewhere and whose hints are not heard."""
    with psycopg.connect(stores.database_url) as database:
        database.execute(
            """with place as (
              update commits set events = events + %(count)s returning events - %(count)s as before
            )
            insert into events (position, name, type, data)
            select before + n, %(name)s, 'system.announcement', json_build_object('id', gen_random_uuid(),
              'title', 'event ' || before + n, 'message', %(message)s::text, 'type', 'INFO', 'priority', 'LOW')
            from place, generate_series(1, %(count)s) as n""",
            {"count": count, "message": message, "name": name},
        )


def write_event(stores: Stores, name: str, type: str, data: Mapping[str, Any]) -> None:
    """One event as a worker tells it, by whose hint nobody is woken."""
    with psycopg.connect(stores.database_url) as database:
        database.execute(
            """with place as (update commits set events = events + 1 returning events)
            insert into events (position, name, type, data) select events, %s, %s, %s::json from place""",
            (name, type, encode(data).decode()),
        )
