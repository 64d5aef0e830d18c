"""The best of boards as they stood after one commit, whatever was committed since."""

from collections.abc import Sequence
from uuid import UUID

from sse_board.achievements.window import DEPTH, Depth, Standing, Window
from sse_board.boards.board import Board
from sse_board.boards.rules import InexactScore
from sse_board.scores.replay import Fed, replay
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries

_queries = Queries("achievements")

#: Players looked up in one round trip.
CHUNK_PLAYERS = 2_000


async def load_window(postgres: Postgres, board: Board, seq: int, depth: Depth = DEPTH) -> Window:
    """The board after the commit `seq`, from one snapshot. Raises Unavailable.

    Entries that nobody has touched since are as they were; the others are made again from the log.
    """
    async with postgres.snapshot() as connection:
        query = _queries.still_with_ties if board.ties == "shared" else _queries.still
        wanted = {"board": board.slug, "seq": seq, "limit": depth.kept}
        rows = await (await connection.execute(query, wanted)).fetchall()
        still = [Standing(*row) for row in rows]
        changed = await _changed(connection, board, seq)
    return Window(board, [*still, *changed], is_whole=len(still) < depth.kept, depth=depth)


async def _changed(connection: Connection, board: Board, seq: int) -> list[Standing]:
    found: list[Standing] = []
    after, is_full = str(UUID(int=0)), True
    while is_full:
        wanted = {"board": board.slug, "seq": seq, "after": after, "limit": CHUNK_PLAYERS}
        rows = await (await connection.execute(_queries.as_of, wanted)).fetchall()
        found += [Standing(user, score, own) for user, own, score, voided in rows if own and not voided]
        found += await _replayed(connection, board, seq, [row[0] for row in rows if row[3]])
        is_full = len(rows) == CHUNK_PLAYERS
        after = rows[-1][0] if rows else after
    return found


async def _replayed(connection: Connection, board: Board, seq: int, users: Sequence[str]) -> list[Standing]:
    """Those of whom something was voided."""
    if not users:
        return []
    wanted = {"board": board.slug, "seq": seq, "users": list(users)}
    fed: dict[str, list[Fed]] = {}
    for user, own, value, at in await (await connection.execute(_queries.fed_as_of, wanted)).fetchall():
        fed.setdefault(user, []).append(Fed(own, value, at))
    return [one for user, values in fed.items() if (one := _replay(board, user, values))]


def _replay(board: Board, user_id: str, fed: Sequence[Fed]) -> Standing | None:
    try:
        present = replay(board, fed)
    except InexactScore:  # no void leaves such a score
        return None
    return Standing(user_id, present.score, present.seq) if present else None
