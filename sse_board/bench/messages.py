"""`sse-board bench messages`: events of the log, many of them, each to be told to everybody."""

import argparse
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

import msgspec
import psycopg
import redis

from sse_board.bench.figures import judge, print_broadcasts
from sse_board.bench.load import WrongAnswer
from sse_board.bench.rounds import spread
from sse_board.bench.stage import Stage, perform
from sse_board.bench.venue import Broadcast, Load, Venue, broadcast
from sse_board.settings import Settings
from sse_board.stores.queries import Queries
from sse_board.stores.redis import channel_name, connect

#: Milliseconds in which 99 of 100 must have come.
MUST_MS = 100.0
#: The share of the rate below which the messages were not sent as fast as was asked for.
ENOUGH = 0.9

STREAM = "/api/v1/stream?channels=system"
NAME, TYPE = "system", "system.announcement"
_queries = Queries("events")


@dataclass(frozen=True, slots=True)
class Log:
    """Written to as any process of an installation does: a transaction for each event, then the hint."""

    database: "psycopg.Connection[tuple[object, ...]]"
    client: "redis.Redis"
    hint: str
    numbers: Iterator[int]

    def publish(self) -> None:
        with self.database.transaction():
            self.database.execute(_queries.append, self._event())
        self.client.publish(self.hint, "")

    def _event(self) -> dict[str, object]:
        title = f"message {next(self.numbers)}"
        data = {"id": str(uuid.uuid4()), "title": title, "message": title, "type": "INFO", "priority": "NORMAL"}
        event = {"names": [NAME], "types": [TYPE], "data": [msgspec.json.encode(data).decode()]}
        return {"count": 1, **event, "entity_types": [None], "entity_ids": [None], "creators": [None]}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--streams", type=int, default=1_000, help="streams that hear them (1000)")
    parser.add_argument("--rate", type=float, default=100.0, help="messages a second (100)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each round (5)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.set_defaults(func=messages)


def messages(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when a message was lost or came twice."""
    load = Load(args.streams, args.rate, round(args.rate * args.seconds))
    return perform(lambda here: _messages(here, load, args.rounds))


def _messages(here: Stage, load: Load, rounds: int) -> int:
    with _log(here.settings) as log:
        pid, event = here.pids["web"], f"event: {TYPE}"
        venue = Venue(pid, here.port, STREAM, "event: heartbeat", event, log.publish, distinct=True)
        taken = [_round(venue, load) for _ in range(rounds)]
    print(f"{rounds} rounds of {load.publications} messages, {load.rate:g} a second", end="")
    print(f", to {load.streams} streams: none lost, none twice\n")
    print_broadcasts({"sse_board": taken})
    print(f"\n{'':40}     least    middle      most")
    return 0 if judge("ms to a stream, p99", spread([one.latency.p99 for one in taken]), MUST_MS) else 1


@contextmanager
def _log(settings: Settings) -> Iterator[Log]:
    hint = channel_name(connect(settings.redis_url), "events")
    with (
        psycopg.connect(settings.database_url, autocommit=True) as database,
        redis.Redis.from_url(settings.redis_url) as client,
    ):
        yield Log(database, client, hint, count())


def _round(venue: Venue, load: Load) -> Broadcast:
    taken = broadcast(venue, load)
    if taken.rate < ENOUGH * load.rate:
        raise WrongAnswer(f"only {taken.rate:.0f} messages a second were sent")
    return taken
