"""Readers whose network drops them again and again, while things happen: they hear all of it, once, and soon."""

from collections.abc import Callable
from random import Random

from tests.soak.crowd import crowd_of, cut_in_turn, meanwhile
from tests.soak.scale import PLENTY, SEED, p99, scaled
from tests.soak.site import site
from tests.support.servers import Stores, WebServer

READERS = scaled(100, 2_000)
SECONDS = scaled(6.0, 180.0)
#: Each reader is cut so often, and stays away for so long: seconds.
CUT_EVERY, AWAY = scaled(2.0, 15.0), scaled(0.5, 2.0)
#: Between two announcements, and between two moves on the boards: seconds.
PAUSE = 0.5
#: From the beginning of a connection until it has told all that was missed; the suite runs beside other tests.
CATCH_UP_SECONDS = scaled(5.0, 1.0)


async def test_dropped_readers_hear_every_announcement_once_and_end_with_the_right_boards(
    serve: Callable[..., WebServer], own_stores: Stores
) -> None:
    server = serve(own_stores, **PLENTY)
    async with site(server, own_stores) as place, crowd_of(READERS, place.heard(server)) as crowd:
        heard = crowd.heard
        del heard.catch_ups[:]
        async with meanwhile(PAUSE, place.log.announce, place.move):
            await cut_in_turn(crowd.readers, Random(SEED), every=CUT_EVERY, away=AWAY, seconds=SECONDS)
        await crowd.until_level(place.api)
    print(
        f"{READERS} readers, {len(heard.catch_ups)} reconnects, {heard.numbers.told} announcements: "
        f"p99 of catching up {p99(heard.catch_ups):.3f} s, of delivery {p99(heard.delays):.3f} s"
    )
    assert len(heard.catch_ups) >= READERS * (int(SECONDS / CUT_EVERY) - 1)
    assert heard.losses == 0, "the server ended streams of readers who read"
    assert p99(heard.catch_ups) < CATCH_UP_SECONDS
