"""Places gained over the last hour: sampled once a minute, and told in every face."""

import csv
import io
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from sse_board.boards.board import Row
from sse_board.boards.ranking import Ranking, samples_key
from sse_board.boards.samples import Samples
from sse_board.boards.velocity import HOUR, KEPT, SAMPLED, Sample, chosen, key, pack, unpack
from sse_board.clock import utc_now
from sse_board.stores.redis import connect
from tests.boards.conftest import Room
from tests.boards.writing import make_board
from tests.support.clients import Api, eventually
from tests.support.servers import Program, Stores, WebServer
from tests.support.streams import listening

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
ADA, BOB = (str(uuid.UUID(int=number)) for number in (1, 2))


@given(st.dictionaries(st.uuids().map(str), st.integers(1, SAMPLED), max_size=20), st.integers(0, 2**40))
def test_a_sample_is_read_as_it_was_packed(ranks: dict[str, int], at: int) -> None:
    found = unpack(pack(3, at, ranks.items()), {})
    assert found == Sample(3, at, {key(user): rank for user, rank in ranks.items()}, {})


def test_velocity_is_places_gained_and_unknown_rather_than_nonsense() -> None:
    sample = Sample(1, 1_000, {key(ADA): 5, key(BOB): 2}, {key(BOB): 1_500})
    assert [sample.gained(1, ADA, rank) for rank in (1, 5, 9, SAMPLED, SAMPLED + 1)] == [4, 0, -4, -995, None]
    assert sample.gained(2, ADA, 1) is None, "other rules"
    assert sample.gained(1, str(uuid.UUID(int=3)), 1) is None, "not among the first then"
    assert sample.gained(1, BOB, 1) is None, "an action was taken back since"
    assert Sample(1, 1_501, {key(BOB): 2}, {key(BOB): 1_500}).gained(1, BOB, 1) == 1, "sampled after that"


def test_the_sample_of_an_hour_ago_is_looked_at_or_else_the_oldest() -> None:
    now = 10_000
    assert chosen([now - HOUR - 1, now - HOUR, now - HOUR + 1, now - 5], now) == now - HOUR
    assert chosen([now - HOUR - 2, now - HOUR + 1], now) == now - HOUR - 2
    assert chosen([now - 5, now - 3, now], now) == now - 5
    assert chosen([now - KEPT - 1, now], now) is None


async def test_samples_of_an_hour_are_kept_and_no_more(room: Room) -> None:
    board = await make_board(room, "first", "desc", "latest")
    moment = NOW
    samples = Samples(room.redis, room.ranking, lambda: moment)
    await samples.take(board)
    assert await room.redis.hlen(samples_key("tested")) == 0, "Redis does not have the board"
    await room.repair.catch_up("tested")
    await room.ranking.fold(board, 0, 2, NOW, [row(ADA, 10, 1), row(BOB, 20, 2)])
    for minute in range(KEPT + 5):
        moment = NOW + timedelta(minutes=minute)
        await samples.take(board)
    assert await room.redis.hlen(samples_key("tested")) == KEPT + 1
    await room.ranking.fold(board, 2, 3, moment, [row(ADA, 30, 3)])
    sample = await samples.find(board)
    assert sample is not None
    assert (sample.gained(1, ADA, 1), sample.gained(1, BOB, 2)) == (1, -1)


@pytest.mark.parametrize("last", [{"score": 10, "seq": 1}, {"score": None, "seq": 1}, {"score": 5, "seq": 3}])
async def test_who_lost_an_action_has_no_movement(room: Room, last: dict[str, Any]) -> None:
    """It went back to an earlier one, to none, or a sum lost one of its parts."""
    board = await make_board(room, "first", "desc", "sum")
    samples = Samples(room.redis, room.ranking, lambda: NOW)
    await room.repair.catch_up("tested")
    await room.ranking.fold(board, 0, 3, NOW, [row(ADA, 10, 1), row(BOB, 20, 2)])
    await room.ranking.fold(board, 3, 4, NOW, [row(ADA, 30, 3)])
    assert await moves(room) == {ADA: 2, BOB: None}
    await samples.take(board)
    await room.ranking.fold(board, 4, 5, NOW, [row(ADA, last["score"], last["seq"])], tell_ranks=False)
    assert (await moves(room)).get(ADA) is None
    later = Samples(room.redis, room.ranking, lambda: NOW + timedelta(minutes=1))
    sample = await later.find(board)
    assert sample is not None
    assert (sample.gained(1, ADA, 2), sample.gained(1, BOB, 1)) == (None, 1)


def row(user: str, score: int | None, seq: int) -> Row:
    return Row(user, user, None, score, seq, 0, NOW)


async def moves(room: Room) -> dict[str, int | None]:
    window = await room.ranking.read(room.catalog.get("tested"), 0, 10)
    assert window is not None
    return {entry.user_id: entry.previous_rank for entry in window.entries}


@pytest.fixture
async def players(
    own_stores: Stores, serve: Callable[..., WebServer], work: Callable[..., Program]
) -> AsyncIterator[tuple[Api, list[str]]]:
    """Who led an hour ago was overtaken since; a process that was started after that."""
    async with Api(serve(own_stores).url) as api:
        leader, climber = await api.register("Ada"), await api.register("Bob")
        await leader.score("task_finish")
        await climber.score("quiz_complete", api=api)
        board = (await api.board("scoreboard"))["leaderboard"]
        assert [entry["userId"] for entry in board] == [climber.id, leader.id]
        client = connect(own_stores.redis_url)
        await put_sample(client, {leader.id: 1, climber.id: 4})
        await client.aclose()
    work(own_stores)
    async with Api(serve(own_stores).url) as api:
        yield api, [climber.id, leader.id]


async def put_sample(client: Any, ranks: dict[str, int]) -> None:
    at = int((utc_now() - timedelta(minutes=HOUR)).timestamp() * 1_000)
    (version,) = await Ranking(client).versions(["scoreboard"])
    assert version is not None
    await client.hset(samples_key("scoreboard"), str(at // 60_000), pack(version.epoch, at, ranks.items()))


async def test_every_face_and_the_stream_tell_it_and_the_worker_samples(
    players: tuple[Api, list[str]], own_stores: Stores
) -> None:
    api, order = players
    with redis.Redis.from_url(own_stores.redis_url) as store:
        await eventually(lambda: store.hlen(samples_key("scoreboard")) == 2)

    async def is_known() -> bool:
        entries = (await api.board("scoreboard"))["leaderboard"]
        return [(entry["userId"], entry["velocity"]) for entry in entries] == [(order[0], 3), (order[1], -1)]

    await eventually(is_known)  # looked up when the process was ready already
    faces = {
        face: (await api.http.get("/api/v1/scores/leaderboard", params={"format": face})).text
        for face in ("csv", "text", "html")
    }
    assert [line["velocity"] for line in csv.DictReader(io.StringIO(faces["csv"]))] == ["3", "-1"]
    assert [line.split()[-1] for line in faces["text"].splitlines()[3:5]] == ["+3", "-1"]
    assert all(pace in faces["html"] for pace in ("<b>+3/h</b>", "<b>-1/h</b>"))
    async with listening(api.url, "leaderboard:scoreboard") as stream:
        told = (await stream.until_type("leaderboard.update")).json
    assert [entry["velocity"] for entry in told["entries"]] == [3, -1]
