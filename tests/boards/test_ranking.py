"""Redis as PostgreSQL knows it, whatever order commits arrive in."""

import random
import uuid

import pytest

from sse_board.boards.board import Board, Place, Row
from sse_board.boards.commits import BoardCommit, BoardFolder
from sse_board.boards.ranking import Ranking
from sse_board.boards.rules import Present
from sse_board.version import Version
from tests.boards.conftest import Room
from tests.boards.writing import START, Writer, assert_level, make_board


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


async def test_boards_of_other_epochs_are_not_read(room: Room) -> None:
    board = await make_board(room, "first", "desc", "sum")
    await room.repair.catch_up("tested")
    newer = Board(**{**{name: getattr(board, name) for name in board.__slots__}, "epoch": 2})
    assert await Ranking(room.redis).read(newer, 0, 10) is None


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
