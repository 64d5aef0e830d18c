"""The demo's tournaments: who plays, how games end, and that one is held from its announcement to its end."""

import contextlib
import json
import urllib.request
from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sse_board.clock import utc_now
from sse_board.demo import arbiter
from sse_board.demo.__main__ import appoint
from sse_board.demo.arbiter import Arbiter
from sse_board.demo.client import Client
from sse_board.demo.matches import SEATS, expected, outcome, seats
from sse_board.demo.players import cast
from sse_board.demo.transport import Refused, Transport, connect
from sse_board.settings import load_settings
from tests.support.servers import Stores, WebServer

RATINGS = st.integers(1_000, 2_800)


@given(RATINGS, RATINGS)
def test_what_one_may_hope_for_the_other_must_fear(white: int, black: int) -> None:
    assert 0 < expected(white, black) < 1
    assert expected(white, black) > expected(white, black + 50)


@given(RATINGS, RATINGS, st.integers())
def test_games_end_as_games_do(white: int, black: int, seed: int) -> None:
    assert outcome(white, black, Random(seed)) in {"1-0", "0-1", "1/2-1/2", "+/-", "-/+"}


def test_the_same_people_sit_down_after_a_restart() -> None:
    first, second = (seats(cast(Random(7)), Random(7)) for _ in range(2))
    assert first == second
    assert len({seat.name for seat in first}) == SEATS


def held(url: str) -> dict[str, Any] | None:
    with urllib.request.urlopen(f"{url}{arbiter.PATH}", timeout=5) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]["tournaments"]
    return found[0] if found else None


async def test_a_tournament_is_held_to_its_end_though_the_arbiter_changes(
    serve: Callable[..., WebServer], stores: Stores, monkeypatch: Any
) -> None:
    for name, value in stores.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(arbiter, "ROUNDS", 2)
    server, keys, people = serve(stores), load_settings(stores.environment).action_keys, cast(Random(7))
    async with connect(server.url) as http:
        while (event := held(server.url)) is None or event["status"] != "completed":
            office = Client(Transport(http, Random(1)), arbiter.NAME, keys, utc_now)
            one = Arbiter(office, seats(people, Random(7)), utc_now, Random(1))
            with contextlib.suppress(Refused):
                for _ in range(12):
                    assert await one.step() > 0
                continue
            await appoint()
    assert (event["participantCount"], event["round"]) == (SEATS, 2)
