"""What a hint says of ranks: whoever it leaves out stands where they stood."""

import asyncio
import random

import pytest

from sse_board.boards.board import Standing
from sse_board.boards.commits import BoardFolder
from sse_board.boards.hint import Hint, read_hint
from sse_board.scores.touched import Touched
from sse_board.version import Version
from tests.boards.conftest import Room
from tests.boards.writing import Writer, make_board

PLAYERS, COMMITS = 40, 60


def test_a_hint_is_read_as_it_was_written() -> None:
    one, two = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
    assert read_hint("2-17 *") == Hint(Version(2, 17), None)
    assert read_hint(f"2-17 {one},{two}") == Hint(Version(2, 17), [one, two], None, [])
    assert read_hint(f"2-17 {one},@16,3-5,7-") == Hint(Version(2, 17), [one], Version(2, 16), [(3, 5), (7, None)])
    assert read_hint("2-17 @16") == Hint(Version(2, 17), [], Version(2, 16), [])


@pytest.mark.parametrize(("ties", "direction", "policy"), [("first", "desc", "sum"), ("shared", "asc", "latest")])
async def test_who_is_not_touched_stands_where_they_stood(
    room: Room, ties: str, direction: str, policy: str
) -> None:
    """And few are touched by small moves where ranks are not shared: else all would be read again."""
    board = await make_board(room, ties, direction, policy)
    writer, folder, touched = (
        Writer(room, board, random.Random(7)),
        BoardFolder(room.ranking, room.repair),
        Touched(),
    )
    await writer.join(PLAYERS)
    await room.repair.catch_up("tested")
    left_out = 0
    async with room.redis.pubsub() as hints:
        await hints.psubscribe(room.ranking.hint_channel("*"))
        before: dict[str, Standing] = {}
        for number in range(COMMITS):
            version = Version(1, writer.board_seq)
            await folder.fold([await writer.commit(1 + number % 3)])
            touched.changed("tested", await next_hint(hints))
            touch = touched.since("tested", version)
            (found,) = await room.ranking.find_many({board: writer.players})
            assert found is not None
            assert touch is not None
            after = dict(found.standings)
            for user in writer.players:
                old = before.get(user)
                if not touch.acted(user) and not (old and touch.moved(old.rank)):
                    left_out += 1
                    assert (old and old.rank) == (after[user].rank if user in after else None)
            assert (await room.reader.stored_standings("tested", writer.players)) == found
            before = after
    assert left_out > PLAYERS * COMMITS / 4


async def next_hint(hints: object) -> Hint:
    async with asyncio.timeout(5):
        while True:
            told = await hints.get_message(ignore_subscribe_messages=True, timeout=1)  # type: ignore[attr-defined]
            if told:
                return read_hint(told["data"].decode())
