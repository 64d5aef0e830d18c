"""Wires the room together; `app.py` asks for its parts."""

from collections.abc import Callable
from dataclasses import dataclass

from redis.asyncio import Redis
from starlette.routing import BaseRoute

from sse_board.clock import Clock
from sse_board.live.events.outbox import Outbox
from sse_board.stores.postgres import Postgres
from sse_board.tournaments.api.enrolment import EnrolmentApi
from sse_board.tournaments.api.exchange import ExchangeApi
from sse_board.tournaments.api.organiser import OrganiserApi
from sse_board.tournaments.pairing.pairer import Pairer
from sse_board.tournaments.running.changing import Changing
from sse_board.tournaments.running.creating import Tournaments
from sse_board.tournaments.running.enrolment import Enrolment
from sse_board.tournaments.running.importing import Importing
from sse_board.tournaments.running.results import Results
from sse_board.tournaments.running.rounds import Rounds
from sse_board.tournaments.showing.tables import Tables
from sse_board.tournaments.trf.reading import read_trf
from sse_board.tournaments.trf.sheet import decode_trf
from sse_board.tournaments.trf.writing import write_trf
from sse_board.web.identity import Authenticator


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
) -> Organising:
    changing = Changing(outbox, redis, clock, new_id)
    return Organising(
        Tournaments(changing),
        Enrolment(changing),
        Rounds(changing, postgres, Pairer()),
        Results(changing, postgres),
        Importing(changing, read_trf),
    )


def organising_routes(authenticator: Authenticator, tables: Tables, organising: Organising) -> list[BaseRoute]:
    tournaments, rounds, results = organising.tournaments, organising.rounds, organising.results
    return [
        *ExchangeApi(authenticator, tables, organising.importing, decode_trf, write_trf).routes(),
        *OrganiserApi(authenticator, tables, tournaments, rounds, results).routes(),
        *EnrolmentApi(authenticator, tables, organising.enrolment).routes(),
    ]
