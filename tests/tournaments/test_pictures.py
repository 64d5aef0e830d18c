"""A whole tournament is read as one state."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sse_board.errors import NotFound
from sse_board.stores.postgres import Postgres
from sse_board.tournaments.pictures import read_picture
from sse_board.version import Version
from tests.support.servers import Stores


@pytest_asyncio.fixture
async def postgres(stores: Stores) -> AsyncIterator[Postgres]:
    postgres = Postgres(stores.database_url, size=2)
    await postgres.open()
    yield postgres
    await postgres.close()


async def test_a_picture_has_everything_in_order(postgres: Postgres) -> None:
    id, ada, bob, cid = (str(uuid.uuid4()) for _ in range(4))
    game, bye = str(uuid.uuid4()), str(uuid.uuid4())
    await postgres.run(
        b"insert into tournaments (id, name, starts_at, rounds, system, tie_breaks, edition, points)"
        b" values (%(id)s, 'Open', '2026-05-01', 5, 'swiss', '{BH-C1,BH}', '2026', '{2,1,0,2}')",
        id=id,
    )
    for who, number, name in ((bob, 2, "Bob"), (ada, 1, "Ada"), (cid, 3, "Cid")):
        await postgres.run(
            b"insert into participants (id, tournament_id, number, name, byes)"
            b""" values (%(who)s, %(id)s, %(number)s, %(name)s, '{"2": "half"}')""",
            who=who, id=id, number=number, name=name,
        )  # fmt: skip
    await postgres.run(
        b"insert into rounds (tournament_id, number, status) values (%(id)s, 1, 'active')",
        id=id,
    )
    await postgres.run(
        b"insert into games (id, tournament_id, round, board, white, black, bye, result, status) values"
        b" (%(bye)s, %(id)s, 1, 2, %(cid)s, null, 'pairing', null, 'completed'),"
        b" (%(game)s, %(id)s, 1, 1, %(ada)s, %(bob)s, null, '1-0', 'completed')",
        bye=bye, game=game, id=id, ada=ada, bob=bob, cid=cid,
    )  # fmt: skip
    async with postgres.connection() as connection:
        picture = await read_picture(connection, id)
    assert picture.version == Version(1, 1)
    assert picture.tournament.tie_breaks == ("BH-C1", "BH")
    assert [one.name for one in picture.participants] == ["Ada", "Bob", "Cid"]
    assert picture.participants[0].byes == {2: "half"}
    (first,) = picture.rounds
    assert [(one.id, one.result, one.bye) for one in first.games] == [(game, "1-0", None), (bye, None, "pairing")]


async def test_what_is_not_there_is_not_found(postgres: Postgres) -> None:
    async with postgres.connection() as connection:
        with pytest.raises(NotFound):
            await read_picture(connection, str(uuid.uuid4()))
