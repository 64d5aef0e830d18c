"""How long the event log is kept; the worker calls it now and then."""

from collections.abc import Sequence

from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("events")

#: Events older than this are forgotten: seconds, 7 days.
KEPT_SECONDS = 7 * 86_400
#: Above so many events public feeds shrink, oldest first; what is addressed to somebody stays its time.
KEPT_ROWS = 1_000_000
#: Rows per statement, so that none takes long.
ROWS = 5_000


async def forget(
    postgres: Postgres, feeds: Sequence[str], *, seconds: int = KEPT_SECONDS, rows: int = KEPT_ROWS
) -> int:
    """The number of events deleted; `feeds` are names in the log that may shrink. Raises Unavailable.

    How far it went is written down in the same statement, so that whoever comes back later is told of the gap.
    """
    gone = await _all_of(postgres, _queries.forget_old, {"seconds": seconds})
    row = await postgres.one(_queries.count)
    assert row is not None
    excess = row[0] - rows
    if excess > 0 and feeds:
        gone += await _all_of(postgres, _queries.shrink, {"names": list(feeds)}, most=excess)
    return gone


async def _all_of(postgres: Postgres, query: bytes, values: dict[str, object], most: int | None = None) -> int:
    """Repeat a deletion until it finds nothing more, or has deleted `most`."""
    gone = 0
    while most is None or gone < most:
        limit = ROWS if most is None else min(ROWS, most - gone)
        row = await postgres.one(query, limit=limit, **values)
        assert row is not None
        gone += row[0]
        if row[0] < limit:
            break
    return gone
