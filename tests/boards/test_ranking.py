"""Redis as PostgreSQL knows it, whatever order commits arrive in."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sse_board.boards.board import Board, Entry, Place, Row
from sse_board.boards.commits import BoardCommit, BoardFolder
from sse_board.boards.ranking import Ranking
from sse_board.boards.rules import Present, apply
from sse_board.version import Version
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


@pytest.mark.parametrize(
    ("ties", "direction", "policy"),
    [("first", "desc", "sum"), ("shared", "desc", "sum"), ("first", "asc", "best"), ("shared", "asc", "latest")],
)
@pytest.mark.parametrize("seed", range(3))
async def test_redis_agrees_with_postgresql_in_whatever_order_commits_arrive(
    room: Room, ties: str, direction: str, policy: str, seed: int
) -> None:
    dice = random.Random(f"{ties}{direction}{policy}{seed}")
    board = await make_board(room, ties, direction, policy)
    writer, folder = Writer(room, board, dice), BoardFolder(room.ranking, room.repair)
    await writer.join(12)
    waiting: list[BoardCommit] = []
    seen = Version(1, 0)
    for _ in range(25):
        waiting.append(await writer.commit(dice.randint(1, 4)))
        if dice.random() < 0.1:
            await room.redis.flushdb()
        while waiting and dice.random() < 0.6:
            commit = waiting.pop(dice.randrange(len(waiting)))
            if dice.random() < 0.9:  # else the process dies between commit and fold
                await folder.fold([commit])
            window = await room.ranking.read(board, 0, 10)
            if window is not None:
                assert window.version >= seen
                seen = window.version
    await folder.fold(waiting)
    await room.repair.catch_up(board.slug)
    await assert_level(room, board)


async def test_a_fold_tells_ranks_before_and_after(room: Room) -> None:
    board = await make_board(room, "first", "desc", "sum")
    users = [str(uuid.UUID(int=number)) for number in (1, 2)]
    row = [Row(user, user, None, 10 + number, 1 + number, 0, START) for number, user in enumerate(users)]
    await room.repair.catch_up("tested")
    await room.ranking.fold(board, 0, 2, START, row)
    overtaking = Row(users[0], users[0], None, 30, 3, 0, START)
    fold = await room.ranking.fold(board, 2, 3, START, [overtaking])
    assert (fold.status, fold.ranks) == ("folded", {users[0]: (2, 1)})
    window = await room.ranking.read(board, 0, 10)
    assert window is not None
    assert [(entry.user_id, entry.previous_rank, entry.rank_change) for entry in window.entries] == [
        (users[0], 2, 1),
        (users[1], None, None),
    ]


async def test_an_older_commit_changes_nothing(room: Room) -> None:
    board = await make_board(room, "first", "desc", "latest")
    user = str(uuid.UUID(int=1))
    await room.repair.catch_up("tested")
    await room.ranking.fold(board, 0, 5, START, [Row(user, "a", None, 50, 5, 0, START)])
    fold = await room.ranking.fold(board, 0, 4, START, [Row(user, "a", None, 40, 4, 0, START)])
    assert (fold.status, fold.seq) == ("ahead", 5)
    window = await room.ranking.read(board, 0, 10)
    assert window is not None
    assert window.entries[0].score == 50


async def test_a_row_without_a_score_takes_its_player_off_the_board(room: Room) -> None:
    board = await make_board(room, "first", "desc", "sum")
    user = str(uuid.UUID(int=1))
    await room.repair.catch_up("tested")
    await room.ranking.fold(board, 0, 1, START, [Row(user, "a", None, 50, 1, 0, START)])
    await room.ranking.fold(board, 1, 2, START, [Row(user, "a", None, None, 1, 0, START)])
    window = await room.ranking.read(board, 0, 10)
    assert window is not None
    assert (window.entries, window.total) == ((), 0)
    assert await room.ranking.find([board], user) == [Place(Version(1, 2), None)]


async def test_a_large_gap_is_loaded_as_a_copy(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sse_board.boards.repair.FOLD_LIMIT_ROWS", 5)
    monkeypatch.setattr("sse_board.boards.copying.FOLD_LIMIT_ROWS", 5)
    monkeypatch.setattr("sse_board.boards.copying.CHUNK_ROWS", 4)
    board = await make_board(room, "first", "desc", "sum")
    writer = Writer(room, board, random.Random(1))
    await writer.join(15)
    await room.repair.catch_up("tested")
    await writer.commit(60)
    await room.repair.catch_up("tested")
    await assert_level(room, board)
    keys = [key async for key in room.redis.scan_iter("sse_board:{tested}:*")]
    assert len(keys) <= 4, "nothing of the copy is left behind"


async def test_what_is_committed_while_a_copy_is_loaded_is_in_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a busy board would be loaded again and again, and always come too late."""
    monkeypatch.setattr("sse_board.boards.copying.FOLD_LIMIT_ROWS", 5)
    monkeypatch.setattr("sse_board.boards.copying.CHUNK_ROWS", 4)
    board = await make_board(room, "first", "desc", "sum")
    writer = Writer(room, board, random.Random(1))
    await writer.join(15)
    await writer.commit(20)
    load, commits = room.ranking.load, iter((30, 10))

    async def slow_load(*arguments: Any) -> None:
        await writer.commit(next(commits, 1))
        await load(*arguments)

    monkeypatch.setattr(room.ranking, "load", slow_load)
    await room.repair.catch_up("tested")
    assert await room.ranking.version("tested") is not None, "the copy was put in place"
    await room.repair.catch_up("tested")
    await assert_level(room, board)


async def test_rows_of_a_copy_are_changed_added_and_removed(room: Room) -> None:
    board = await make_board(room, "first", "desc", "sum")
    one, two, three = (str(uuid.UUID(int=number)) for number in (1, 2, 3))

    def row(user: str, score: int | None, seq: int) -> Row:
        return Row(user, user, None, score, seq, 0, START)

    await room.ranking.begin("tested", "copy")
    await room.ranking.load("tested", "copy", board, [row(one, 10, 1), row(two, 20, 2)])
    changes = [row(one, 30, 3), row(two, None, 4), row(three, 5, 5), row(str(uuid.UUID(int=4)), None, 6)]
    assert await room.ranking.patch("tested", "copy", board, changes) == 0
    assert await room.ranking.swap(board, "copy", 6, START, 2)
    window = await room.ranking.read(board, 0, 10)
    assert window is not None
    assert [(entry.user_id, entry.score) for entry in window.entries] == [(one, 30), (three, 5)]


async def test_boards_of_other_epochs_are_not_read(room: Room) -> None:
    board = await make_board(room, "first", "desc", "sum")
    await room.repair.catch_up("tested")
    newer = Board(**{**{name: getattr(board, name) for name in board.__slots__}, "epoch": 2})
    assert await Ranking(room.redis).read(newer, 0, 10) is None


async def test_a_copy_that_lost_rows_is_not_taken(room: Room) -> None:
    board = await make_board(room, "first", "desc", "sum")
    row = Row(str(uuid.UUID(int=1)), "a", None, 1, 1, 0, START)
    await room.ranking.begin("tested", "copy")
    await room.ranking.load("tested", "copy", board, [row])
    assert not await room.ranking.swap(board, "copy", 5, START, 2)
    assert await room.ranking.read(board, 0, 10) is None
    assert not [key async for key in room.redis.scan_iter("sse_board:{tested}:*")]


async def test_a_copy_that_lost_only_what_is_shown_is_not_taken(room: Room) -> None:
    """Redis may die between the two writes of a piece, and come back with the first."""
    board = await make_board(room, "first", "desc", "sum")
    await room.ranking.begin("tested", "copy")
    await room.ranking.load("tested", "copy", board, [Row(str(uuid.UUID(int=1)), "a", None, 1, 1, 0, START)])
    await room.redis.delete("sse_board:{tested}:rows:copy")
    assert not await room.ranking.swap(board, "copy", 5, START, 1)
    assert await room.ranking.read(board, 0, 10) is None


@pytest.mark.parametrize("size", [0, 1])
async def test_a_copy_from_before_a_flush_is_not_taken(room: Room, size: int) -> None:
    """Newer states may have been shown before it; the rows, if any, came after it."""
    board = await make_board(room, "first", "desc", "sum")
    await room.ranking.begin("tested", "copy")
    await room.redis.flushdb()
    if size:
        row = Row(str(uuid.UUID(int=1)), "a", None, 1, 1, 0, START)
        await room.ranking.load("tested", "copy", board, [row])
    assert not await room.ranking.swap(board, "copy", 5, START, size)
    assert await room.ranking.read(board, 0, 10) is None


async def test_a_reader_that_showed_what_postgresql_has_does_not_go_back_to_redis(room: Room) -> None:
    """A copy is older than the commits that were made while it was loaded."""
    board = await make_board(room, "first", "desc", "sum")
    writer = Writer(room, board, random.Random(1))
    await writer.join(2)
    await writer.commit(3)
    assert (await room.reader.window("tested", 10)).version == Version(1, 3)
    await room.ranking.begin("tested", "copy")
    assert await room.ranking.swap(board, "copy", 0, START, 0)
    assert (await room.reader.window("tested", 10)).version == Version(1, 3)
    await room.repair.catch_up("tested")
    before = sum(room.reader.seconds["postgres"].counts)
    assert (await room.reader.window("tested", 10)).version == Version(1, 3)
    assert sum(room.reader.seconds["postgres"].counts) == before, "a Redis that is level is believed again"


async def test_an_older_board_is_better_than_none(room: Room) -> None:
    board = await make_board(room, "first", "desc", "sum")
    writer = Writer(room, board, random.Random(1))
    await writer.join(2)
    await writer.commit(3)
    await room.reader.window("tested", 10)
    await room.ranking.begin("tested", "copy")
    await room.ranking.swap(board, "copy", 0, START, 0)
    room.postgres.pulse.up = False
    assert (await room.reader.window("tested", 10)).version == Version(1, 0)
    room.postgres.pulse.up = True


async def test_a_profile_change_names_the_player_it_concerns(room: Room) -> None:
    """Else every personal channel of every process would be read again."""
    board = await make_board(room, "first", "desc", "sum")
    writer = Writer(room, board, random.Random(1))
    await writer.join(1)
    await room.repair.catch_up("tested")
    hints = room.redis.pubsub()
    await hints.psubscribe(room.ranking.hint_channel("*"))
    await writer.commit(1)
    await room.repair.catch_up("tested")
    assert (await hints.get_message(timeout=2) or {})["type"] == "psubscribe"
    told = await hints.get_message(timeout=2) or {}
    await hints.aclose()  # type: ignore[no-untyped-call]
    assert told["data"].decode() == f"1-1 {writer.players[0]},@0,1-"


async def test_postgresql_is_read_by_the_rules_of_its_version(room: Room) -> None:
    """What this process knows of the board may be half a second old."""
    board = await make_board(room, "first", "desc", "sum")
    writer = Writer(room, board, random.Random(1))
    await writer.join(2)
    for user in writer.players:
        writer.scores[user] = Present(10, 1, START)
    await writer._store({user: writer.row(user) for user in writer.players})
    await room.postgres.run(b"update boards set ties = 'shared', epoch = 2 where slug = 'tested'")
    window = await room.reader.window("tested", 10)
    assert (window.version.epoch, window.board.ties) == (2, "shared")
    assert [entry.rank for entry in window.entries] == [1, 1]
