"""Players by the thousand: rows in the database, and what their programs need to act."""

import time
import uuid

import psycopg
import redis

from sse_board.accounts.action_keys import derive
from sse_board.accounts.tokens import Tokens
from sse_board.bench.requests import Player
from sse_board.clock import utc_now
from sse_board.settings import Settings
from sse_board.stores.queries import Queries

_queries = Queries("bench")

#: The board that `task_finish` feeds.
DEFAULT_BOARD = "scoreboard"


def gather(database_url: str, players: int, board: str = DEFAULT_BOARD) -> None:
    """Put so many players on the board, and nobody else."""
    place = {"board": board, "players": players}
    with psycopg.connect(database_url) as connection:
        for query in (_queries.players, _queries.clear_board, _queries.fill_board, _queries.name_version):
            connection.execute(query, place)
        connection.execute(_queries.advance)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_queries.settle)


def make_board(settings: Settings, board: str, action_type: str) -> None:
    """A board of sums, and a type of ten points that feeds it."""
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(_queries.make_board, {"board": board})
        connection.execute(_queries.make_type, {"slug": action_type, "board": board})


def set_points(settings: Settings, points: int) -> None:
    """What a `task_finish` gives from now on; `gather` makes it known."""
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(_queries.set_points, {"points": points})


def loaded(client: "redis.Redis", board: str) -> int:
    """Entries of the board that readers find in Redis."""
    return int(client.zcard(f"sse_board:{{{board}}}:ranks"))


def wait_until_loaded(client: "redis.Redis", board: str, players: int, seconds: float) -> None:
    """Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while loaded(client, board) < players:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.05)


def equip(settings: Settings, players: int, among: int = 0) -> list[Player]:
    """So many of them, the first or spread evenly `among` so many, each with a token and an action key."""
    tokens = Tokens(settings.jwt_keys, utc_now, lambda: str(uuid.uuid4()))
    step = max(1, among // players)
    return [_equip(settings, tokens, user_id(number * step)) for number in range(1, players + 1)]


def _equip(settings: Settings, tokens: Tokens, user_id: str) -> Player:
    key = derive(settings.action_keys[0], user_id, serial=1)
    return Player(tokens.access(user_id, "PARTICIPANT", str(uuid.uuid4()), 1, 1), key.id, key.secret)


def user_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"
