"""Wires the room together; `app.py` asks for its parts."""

from collections.abc import Callable
from dataclasses import dataclass

from redis.asyncio import Redis

from sse_board.clock import Clock
from sse_board.live.events.outbox import Outbox
from sse_board.stores.postgres import Postgres
from sse_board.tournaments.changing import Changing
from sse_board.tournaments.creating import Tournaments
from sse_board.tournaments.enrolment import Enrolment
from sse_board.tournaments.importing import Importing, ReadTrf
from sse_board.tournaments.results import Results
from sse_board.tournaments.rounds import CheckGiven, FindsPairings, Rounds


@dataclass(frozen=True, slots=True)
class Organising:
    """All that changes tournaments."""

    tournaments: Tournaments
    enrolment: Enrolment
    rounds: Rounds
    results: Results
    importing: Importing


def build_organising(
    postgres: Postgres,
    outbox: Outbox,
    redis: Redis,
    clock: Clock,
    new_id: Callable[[], str],
    pairer: FindsPairings,
    check_given: CheckGiven,
    read_trf: ReadTrf,
) -> Organising:
    changing = Changing(outbox, redis, clock, new_id)
    return Organising(
        Tournaments(changing),
        Enrolment(changing),
        Rounds(changing, postgres, pairer, check_given),
        Results(changing, postgres),
        Importing(changing, read_trf),
    )
