"""What time brings to connections, with a clock in the hand."""

import asyncio
from dataclasses import dataclass, replace

import pytest

from sse_board.clock import utc_now
from sse_board.live.counts import Counts
from sse_board.live.delivery.coding import BODIES
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.fanout import Fanout
from sse_board.live.delivery.hub import Hub
from sse_board.live.delivery.laggards import STUCK_SECONDS
from sse_board.live.delivery.lifetime import EXPIRY_NOTICE_SECONDS, Lifetimes
from sse_board.live.delivery.outlet import BUDGET_BYTES, LOG_BUDGET_BYTES, Queue
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Event
from sse_board.live.pace import Pace
from sse_board.web.identity import Identity

ME = Identity("me", "PARTICIPANT", "login", 1, expires_at=2.0**40)
HEARTBEAT = 15


@dataclass(slots=True)
class House:
    """A hub and what time brings; `lapsed` are the users whose logins have ended."""

    hub: Hub
    lifetimes: Lifetimes
    lapsed: set[str]

    def open(self, identity: Identity | None = None, *, private: bool = False) -> tuple[Connection, Queue]:
        connection = self.hub.connection(BODIES["json"], 10, identity, "")
        connection.private = private
        queue = connection.outlet = Queue(connection)
        self.hub.open(connection)
        return connection, queue

    async def pass_time(self, connection: Connection, seconds: int, *, wall: float = 0.0) -> None:
        """Look at what is due, twice a second, from when the connection was opened."""
        began = connection.last_sent
        for step in range(2 * seconds + 1):
            now = began + step / 2
            self.lifetimes.attend(self.hub.agenda.due(now), now, wall + step / 2)
            await asyncio.sleep(0)


@pytest.fixture
def house() -> House:
    lapsed: set[str] = set()
    hub = Hub(clock=utc_now, counts=Counts(), max_age=1800, limit=10, limit_per_address=10)

    def is_live(identity: Identity) -> bool:
        return identity.user_id not in lapsed

    lifetimes = Lifetimes(
        hub, Fanout(), clock=utc_now, is_live=is_live, told=lambda: 1, pace=Pace(), heartbeat_seconds=HEARTBEAT
    )
    return House(hub, lifetimes, lapsed)


def types(queue: Queue) -> list[str]:
    """What is on its way to the reader."""
    text = b"".join(queue.waiting).decode()
    return [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]


async def test_a_silent_stream_has_a_heartbeat_every_so_often(house: House) -> None:
    connection, queue = house.open()
    await house.pass_time(connection, 4 * HEARTBEAT + 2)
    assert types(queue) == ["heartbeat"] * 4


async def test_who_has_heard_something_needs_no_heartbeat_yet(house: House) -> None:
    connection, queue = house.open()
    connection.send_parcel(Parcel((Event("news", {}),)), connection.last_sent + HEARTBEAT - 1)
    began = connection.last_sent - HEARTBEAT + 1
    for step in range(2 * (2 * HEARTBEAT - 2)):
        now = began + step / 2
        house.lifetimes.attend(house.hub.agenda.due(now), now, 0.0)
    await asyncio.sleep(0)
    assert types(queue) == ["news"]


async def test_a_private_stream_is_warned_and_ends_with_its_token(house: House) -> None:
    connection, queue = house.open(replace(ME, expires_at=EXPIRY_NOTICE_SECONDS + 5.0), private=True)
    await house.pass_time(connection, EXPIRY_NOTICE_SECONDS + 4)
    assert types(queue)[0] == "auth.expiring"
    assert types(queue).count("auth.expiring") == 1
    await house.pass_time(connection, EXPIRY_NOTICE_SECONDS + 6)
    assert types(queue) == ["auth.expired"], "and what it had not read yet is not for it any more"
    assert connection.reason == "expired"


async def test_a_public_stream_outlives_its_token(house: House) -> None:
    connection, _ = house.open(replace(ME, expires_at=5.0))
    await house.pass_time(connection, 60)
    assert not connection.has_ended


async def test_a_token_that_lapsed_while_its_stream_was_opened_is_found_out_at_once(house: House) -> None:
    connection, queue = house.open(ME)
    house.lapsed.add("me")
    await house.pass_time(connection, 1)
    assert types(queue) == ["auth.expired"]
    assert connection.reason == "revoked"


async def test_a_user_who_changed_loses_what_rests_on_the_old_rights_and_nobody_else_does(house: House) -> None:
    mine, queue = house.open(ME)
    others, _ = house.open(replace(ME, user_id="other"))
    mine.send(Event("secret", {}))
    house.lapsed.add("me")
    house.lifetimes.user_changed("me")
    assert types(queue) == ["auth.expired"], "nor is it sent what was waiting for it"
    assert not others.has_ended


async def test_a_stream_ends_after_a_while(house: House) -> None:
    connection, queue = house.open()
    connection.rotates_at = connection.last_sent + 20
    await house.pass_time(connection, 21)
    assert types(queue) == ["heartbeat", "stream.rotate"]


async def test_a_stream_that_is_still_catching_up_ends_with_the_cursor_where_it_stands(house: House) -> None:
    connection, queue = house.open()
    connection.replaying, connection.log_position = True, 35
    connection.rotates_at = connection.last_sent
    await house.pass_time(connection, 1)
    assert types(queue) == ["heartbeat", "stream.rotate"]
    assert b"id: cz\n" in b"".join(queue.waiting)


async def test_a_stream_is_counted_once_and_by_the_first_reason_to_end_it(house: House) -> None:
    hub, way = house.hub, house.hub.counts.ways["sse"]
    names = ("revoked", "expired", "rotated", "slow", "left")
    streams = {name: house.open(replace(ME, user_id=name))[0] for name in names}
    assert (way.live, way.opened, hub.counts.ways["websocket"].opened) == (5, 5, 0)
    house.lapsed.add("revoked")
    streams["expired"].private, streams["expired"].identity = True, replace(ME, expires_at=0.0)
    streams["rotated"].rotates_at = 0.0
    streams["slow"].send(Event("padding", {"padding": "x" * (LOG_BUDGET_BYTES + 1)}))
    streams["slow"].send_log(Parcel((Event("news", {}, position=1),)), 0.0)
    house.lifetimes.attend(streams.values(), 1.0, 1.0)
    await house.lifetimes.drain(0)  # those that have ended are not ended anew
    for stream in streams.values():
        hub.close(stream)
        hub.close(stream)
    ended = {reason: times for reason, times in way.ended.items() if times}
    assert ended == {"revoked": 1, "expired": 1, "rotated": 1, "slow": 1, "drained": 1}
    assert way.live == len(hub) == 0
    assert not hub.of_user("left")


async def test_who_leaves_by_itself_was_not_dropped(house: House) -> None:
    connection, _ = house.open()
    connection.lost()
    assert house.hub.counts.ways["sse"].ended["client"] == 1


async def test_who_takes_nothing_for_long_is_given_up_and_who_takes_little_is_not(house: House) -> None:
    stuck, slow = (house.open() for _ in range(2))
    for connection, _ in (stuck, slow):
        connection.send(Event("padding", {"padding": "x" * BUDGET_BYTES}))
        house.hub.laggards.add(connection, 0.0)
    for second in range(int(STUCK_SECONDS) + 1):
        slow[1].backlog -= 1
        house.hub.laggards.end_stuck(float(second))
    assert (stuck[0].has_ended, stuck[0].reason) == (True, "stuck")
    assert not slow[0].has_ended
