"""PostgreSQL is the truth, also when it was put back to an older state: a failover, or somebody's backup."""

import psycopg

from tests.support.clients import Api, data_of
from tests.support.replica import state_of
from tests.support.servers import Runner, Stores
from tests.support.streams import Stream, listening

#: Commits that the database forgets; more than the test makes afterwards.
FORGOTTEN = 50
BOARD = "leaderboard:scoreboard"


def go_far_ahead(stores: Stores) -> None:
    """As if there had been many commits."""
    with psycopg.connect(stores.database_url) as database:
        database.execute("update commits set seq = seq + %s", [FORGOTTEN])


def put_back(stores: Stores) -> None:
    """The database as it was behind its first action."""
    with psycopg.connect(stores.database_url) as database:
        database.execute("update entries set score = 10, rank_key = -10, points = 10, seq = 1, touched = 1")
        database.execute("update boards set seq = 1 where seq > 1")
        database.execute("delete from actions where seq > 1")
        database.execute("update followers set seq = least(seq, 1)")
        database.execute("update commits set seq = 1")


def scores(stream: Stream) -> list[int]:
    rows, _ = stream.boards["scoreboard"].state
    return [row[-1] for row in rows]


async def test_a_board_that_was_put_back_is_shown_and_moves_on(own_stores: Stores, runner: Runner) -> None:
    server = runner.serve(own_stores, RATE_LIMIT_ACTIONS_PER_MINUTE=100)
    runner.work(own_stores)
    async with Api(server.url) as api, listening(server.url, BOARD) as stream:
        player = await api.register()
        data_of(await player.act("task_finish"))
        go_far_ahead(own_stores)
        data_of(await player.act("task_finish"))
        await stream.until(lambda: scores(stream) == [20])
        put_back(own_stores)
        await stream.until(lambda: scores(stream) == [10])
        data_of(await player.act("task_finish"))
        await stream.until(lambda: scores(stream) == [20])
        assert stream.boards["scoreboard"].state == state_of(await api.board("scoreboard"))
