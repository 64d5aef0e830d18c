"""Reading a whole tournament."""

import msgspec

from sse_board.errors import NotFound
from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries
from sse_board.tournaments.ids import NO_TOURNAMENT
from sse_board.tournaments.tournament import Picture

_queries = Queries("tournaments")
_decoder = msgspec.json.Decoder(Picture)


async def read_picture(connection: Connection, id: str) -> Picture:
    """One state of it; within a transaction that locked its row, the present one. Raises NotFound."""
    row = await (await connection.execute(_queries.picture, {"id": id})).fetchone()
    if row is None:
        raise NotFound(NO_TOURNAMENT)
    return _decoder.decode(row[0])
