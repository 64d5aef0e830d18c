"""Boards that are loaded into Redis as a copy, which is taken only when nothing is lost."""

import random
import uuid
from typing import Any

import pytest

from sse_board.boards.board import Row
from tests.boards.conftest import Room
from tests.boards.writing import START, Writer, assert_level, make_board


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
