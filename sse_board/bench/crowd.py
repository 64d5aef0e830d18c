"""Players by the thousand: rows in the database, and what their programs need to act."""

import uuid

import psycopg

from sse_board.accounts.action_keys import derive
from sse_board.accounts.tokens import Tokens
from sse_board.bench.requests import Player
from sse_board.clock import utc_now
from sse_board.settings import Settings
from sse_board.stores.queries import Queries

_queries = Queries("bench")


def gather(settings: Settings, players: int) -> None:
    """Put so many players on the scoreboard, and nobody else."""
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(_queries.players, {"players": players})
        connection.execute(_queries.clear_board)
        connection.execute(_queries.fill_board, {"players": players})
        connection.execute(_queries.name_version)
        connection.execute(_queries.advance)
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute(_queries.settle)


def equip(settings: Settings, players: int) -> list[Player]:
    """The first so many of them, each with a token and an action key."""
    tokens = Tokens(settings.jwt_keys, utc_now, lambda: str(uuid.uuid4()))
    return [_equip(settings, tokens, _user_id(number)) for number in range(1, players + 1)]


def _equip(settings: Settings, tokens: Tokens, user_id: str) -> Player:
    key = derive(settings.action_keys[0], user_id, serial=1)
    return Player(tokens.access(user_id, "PARTICIPANT", str(uuid.uuid4()), 1, 1), key.id, key.secret)


def _user_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012x}"
