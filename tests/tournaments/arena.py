"""A tournament written into the database behind the back of whoever shows it."""

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import redis

from sse_board.tournaments.hint import CHANNEL, write_hint
from sse_board.tournaments.tournament import Result
from sse_board.version import Version
from tests.support.servers import Stores

RESULTS: Sequence[Result] = ("1-0", "0-1", "1/2-1/2", "+/-", "-/+", "-/-")
TIE_BREAKS = ("BH-C1", "BH", "SB", "DE", "WIN")


@dataclass
class Arena:
    """`hints`: whether processes are told of what happens here. Players are ids by their number, from 1."""

    stores: Stores
    id: str
    players: list[str]
    hints: bool = True
    #: round → ids of its games, in the order of the boards.
    games: dict[int, list[str]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/api/v1/tournaments/{self.id}"

    @property
    def channel(self) -> str:
        return f"tournament:{self.id}"

    @property
    def standings(self) -> str:
        return f"tournament:{self.id}:standings"

    def start(self, round: int, step: int = 1) -> None:
        """Of a round everybody of whose upper half plays the one who stands `step` places further in the other."""
        half = len(self.players) // 2
        pairs = [(self.players[place], self.players[half + (place + step) % half]) for place in range(half)]
        self.games[round] = [str(uuid.uuid4()) for _ in pairs]
        with self._changing() as database:
            database.execute(
                "insert into rounds (tournament_id, number, status) values (%s, %s, 'active')", (self.id, round)
            )
            for board, (game, pair) in enumerate(zip(self.games[round], pairs, strict=True), 1):
                database.execute(
                    "insert into games (id, tournament_id, round, board, white, black, status)"
                    " values (%s, %s, %s, %s, %s, %s, 'active')",
                    (game, self.id, round, board, *pair),
                )

    def enter(self, round: int, board: int, result: Result) -> Version:
        """The version that this makes."""
        return self.change(
            "update games set result = %s, status = 'completed', revision = revision + 1 where id = %s",
            result,
            self.games[round][board - 1],
        )

    def end(self, round: int, result: Result = "1-0") -> None:
        """With this result on all boards that have none."""
        with self._changing() as database:
            database.execute(
                "update games set result = %s, status = 'completed' where tournament_id = %s and round = %s"
                " and result is null",
                (result, self.id, round),
            )
            database.execute(
                "update rounds set status = 'completed' where tournament_id = %s and number = %s", (self.id, round)
            )

    def rename(self, number: int, name: str) -> Version:
        return self.change("update participants set name = %s where id = %s", name, self.players[number - 1])

    def change(self, statement: str, *values: Any) -> Version:
        with self._changing() as database:
            database.execute(statement, values)
        return self.version

    @property
    def version(self) -> Version:
        with psycopg.connect(self.stores.database_url) as database:
            row = database.execute("select epoch, seq from tournaments where id = %s", (self.id,)).fetchone()
        assert row is not None
        return Version(*row)

    @contextlib.contextmanager
    def _changing(self) -> Any:
        with psycopg.connect(self.stores.database_url) as database:
            database.execute("update tournaments set seq = seq + 1, updated_at = now() where id = %s", (self.id,))
            yield database
        if self.hints:
            self.hint()

    def hint(self) -> None:
        with contextlib.closing(redis.Redis.from_url(self.stores.redis_url)) as store:
            database = store.connection_pool.connection_kwargs.get("db", 0)
            store.publish(f"sse_board:{database}:{CHANNEL}", write_hint(self.id, self.version))


def arena(
    stores: Stores, players: int = 12, system: str = "swiss", name: str = "City Open", ids: Sequence[str] = ()
) -> Arena:
    """One that was started, before its first round; the names are those of the numbers.

    `ids`: of the tournament and of the first players, where they must be certain ones.
    """
    chosen = [*ids, *(str(uuid.uuid4()) for _ in range(players + 1 - len(ids)))]
    made = Arena(stores, chosen[0], chosen[1:])
    with psycopg.connect(stores.database_url) as database:
        database.execute(
            "insert into tournaments (id, name, starts_at, rounds, system, tie_breaks, edition, points, status)"
            " values (%s, %s, now(), 9, %s, %s, '2026', '{2,1,0,2}', 'active')",
            (made.id, name, system, list(TIE_BREAKS)),
        )
        for number, player in enumerate(made.players, 1):
            database.execute(
                "insert into participants (id, tournament_id, number, name, rating) values (%s, %s, %s, %s, %s)",
                (player, made.id, number, f"Player {number:03}", 2500 - number),
            )
    return made
