"""Commits of random actions, and what Redis and PostgreSQL must both show after them."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sse_board.boards.board import Board, Entry, Row
from sse_board.boards.commits import BoardCommit
from sse_board.boards.rules import Present, apply
from tests.boards.conftest import Room

START = datetime(2026, 1, 10, tzinfo=UTC)


@dataclass
class Writer:
    """Commits random actions to PostgreSQL the way the score room does, and keeps what must be folded."""

    room: Room
    board: Board
    dice: random.Random
    seq: int = 0
    board_seq: int = 0
    players: list[str] = field(default_factory=list)
    scores: dict[str, Present] = field(default_factory=dict)

    async def join(self, count: int) -> None:
        for number in range(count):
            user = str(uuid.UUID(int=self.dice.getrandbits(128)))
            async with self.room.postgres.connection() as connection:
                await connection.execute(
                    "insert into users (id, username, username_key, email, email_key, password_hash, role)"
                    " values (%s, %s, %s, %s, %s, '', 'PARTICIPANT')",
                    [user, f"player {number}", f"player {number}", f"{number}@x.org", f"{number}@x.org"],
                )
            self.players.append(user)

    async def commit(self, size: int) -> BoardCommit:
        before, rows = self.board_seq, {}
        for _ in range(size):
            self.seq += 1
            user = self.dice.choice(self.players)
            at = START + timedelta(seconds=self.seq)
            self.scores[user] = apply(self.board, self.scores.get(user), self.dice.randint(-3, 6), self.seq, at)
            rows[user] = self.row(user)
        await self._store(rows)
        self.board_seq = self.seq
        return BoardCommit(self.board, before, self.seq, START, list(rows.values()))

    def row(self, user: str) -> Row:
        present = self.scores[user]
        name = f"player {self.players.index(user)}"
        return Row(user, name, None, present.score, present.seq, 0, present.achieved_at)

    async def _store(self, rows: dict[str, Row]) -> None:
        async with self.room.postgres.transaction() as connection:
            for row in rows.values():
                assert row.score is not None
                await connection.execute(
                    "insert into entries values (%(b)s, %(u)s, %(s)s, %(k)s, %(q)s, %(t)s, 0, %(at)s)"
                    " on conflict (board, user_id) do update set score = excluded.score,"
                    " rank_key = excluded.rank_key, seq = excluded.seq, touched = excluded.touched,"
                    " achieved_at = excluded.achieved_at",
                    {
                        "b": self.board.slug,
                        "u": row.user_id,
                        "s": row.score,
                        "k": self.board.rank_key(row.score),
                        "q": row.seq,
                        "t": self.seq,
                        "at": row.achieved_at,
                    },
                )
            await connection.execute(
                "update boards set seq = %s, entry_count = %s, updated_at = %s where slug = %s",
                [self.seq, len(self.scores), START, self.board.slug],
            )


async def make_board(room: Room, ties: str, direction: str, policy: str) -> Board:
    async with room.postgres.connection() as connection:
        await connection.execute(
            "insert into boards (slug, title, policy, direction, decimals, ties)"
            " values ('tested', 'Tested', %s, %s, 0, %s)",
            [policy, direction, ties],
        )
        await room.catalog.load(connection)
    return room.catalog.get("tested")


def shown(entries: tuple[Entry, ...]) -> list[tuple[object, ...]]:
    return [(entry.position, entry.rank, entry.user_id, entry.username, entry.score) for entry in entries]


async def assert_level(room: Room, board: Board) -> None:
    """Redis and PostgreSQL show the same window under the same version."""
    for offset, limit in ((0, 100), (3, 5)):
        from_redis = await room.ranking.read(board, offset, limit)
        from_postgres = await room.reader.stored_window(board.slug, limit, offset)
        assert from_redis is not None
        assert shown(from_redis.entries) == shown(from_postgres.entries)
        assert (from_redis.version, from_redis.total) == (from_postgres.version, from_postgres.total)
        for entry in from_redis.entries:
            (found,) = await room.ranking.find([board], entry.user_id)
            stored = await room.reader.stored_place(board.slug, entry.user_id)
            assert found == stored
            assert stored.standing is not None
            assert (stored.standing.rank, stored.standing.score) == (entry.rank, entry.score)
