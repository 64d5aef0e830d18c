"""A database that was put back to an older state: its boards begin a new line of versions."""

from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.version import Version

_queries = Queries("boards")


async def begin_anew(postgres: Postgres, slug: str, shown: Version) -> bool:
    """Give the board an epoch behind `shown`, which Redis holds, unless it has come as far by now; whether it did.

    Whoever was shown that version would take all that is older for late news, and nobody would see the board move
    until its commits had passed that number. Raises Unavailable.
    """
    async with postgres.transaction() as connection:
        await connection.execute(_queries.turnstile)
        wanted = {"slug": slug, "epoch": shown.epoch, "seq": shown.seq}
        found = await connection.execute(_queries.begin_anew, wanted)
        if not found.rowcount:
            return False
        await connection.execute(_queries.catalogue_changed)
    return True
