"""One connection, without a socket: what goes in, what comes out, and when it is over."""

import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sse_board.clock import utc_now
from sse_board.errors import BoardError
from sse_board.live.connection import AFTERMATH_SECONDS, BUDGET_BYTES, LOG_BUDGET_BYTES, STALL_SECONDS, Connection
from sse_board.live.counts import Counts, Way
from sse_board.live.event import Event
from sse_board.live.hub import Hub
from sse_board.live.pace import Pace
from sse_board.live.topic import Topic
from sse_board.web.identity import Identity

ME = Identity("me", "PARTICIPANT", "login", 1, expires_at=2**40)


class Counter:
    """A state source that counts: version n shows n, padded to a size."""

    windowed = False
    least_seconds = 0.0

    def __init__(self, size: int = 0) -> None:
        self.padding = "x" * size

    def owns(self, channel: str) -> bool:
        return True

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        return None

    def is_private(self, channel: str) -> bool:
        return True

    async def read(self, channel: str, limit: int) -> int:
        return 0

    def narrow(self, state: int, limit: int) -> int:
        return state

    def newer(self, before: int, after: int) -> int:
        return max(before, after)

    def snapshot(self, channel: str, state: int, previous: str | None) -> Sequence[Event]:
        return [self._event(state, previous, snapshot=True)]

    def delta(self, channel: str, before: int, after: int) -> Sequence[Event]:
        return [self._event(after, str(before), snapshot=False)] if after != before else []

    def version(self, state: int) -> str:
        return str(state)

    def appearance(self, state: int) -> str:
        return str(state)

    def _event(self, state: int, previous: str | None, *, snapshot: bool) -> Event:
        data = {"state": state, "previous": previous, "snapshot": snapshot, "padding": self.padding}
        return Event("count", data, channel="counter")


def connect(identity: Identity | None = None) -> Connection:
    made = Connection(
        "id",
        "secret",
        "json",
        10,
        identity,
        address="",
        way=Way(),
        cut_off=lambda: Event("cut", {}),
        now=0.0,
        rotates_at=float("inf"),
    )
    made.private = True
    return made


def make_hub(lapsed: set[str] | None = None) -> Hub:
    return Hub(
        clock=utc_now,
        is_live=lambda identity: identity.user_id not in (lapsed or ()),
        position=lambda: 1,
        pace=Pace(),
        counts=Counts(),
        max_age=1800,
        heartbeat_seconds=15,
        limit=10,
        limit_per_address=10,
    )


async def read_all(connection: Connection) -> str:
    """Everything until the end of the stream."""
    return b"".join([frame async for frames in connection.batches() for frame in frames]).decode()


async def test_nothing_follows_the_last_event() -> None:
    connection = connect()
    connection.send(Event("first", {}))
    connection.end(Event("last", {}), "rotated")
    connection.send(Event("late", {}))
    connection.end(Event("later", {}), "drained")
    assert [line for line in (await read_all(connection)).splitlines() if line.startswith("event:")] == [
        "event: first",
        "event: last",
    ]


async def test_a_reader_that_lost_its_login_gets_nothing_that_was_waiting_for_it() -> None:
    lapsed: set[str] = set()
    hub, connection = make_hub(lapsed), connect(ME)
    hub.open(connection)
    topic = Topic("counter", 0, Counter())
    topic.advance(1)
    topic.join(connection)
    lapsed.add("me")
    hub.tick(1.0, time.time())
    topic.advance(2)
    sent = await read_all(connection)
    assert "auth.expired" in sent
    assert "count" not in sent


def heartbeats(text: str) -> int:
    return text.count("event: heartbeat")


async def test_a_reader_that_takes_nothing_is_not_sent_heartbeat_upon_heartbeat() -> None:
    hub, connection = make_hub(), connect()
    hub.open(connection)
    for second in range(61):
        hub.tick(float(second), time.time())
    connection.end(Event("last", {}), "rotated")
    assert heartbeats(await read_all(connection)) == 4


async def test_over_its_budget_a_reader_skips_to_the_newest_state() -> None:
    source = Counter(size=BUDGET_BYTES // 4)
    topic, connection = Topic("counter", 0, source), connect()
    topic.advance(0)
    topic.join(connection)
    for state in range(1, 50):
        topic.advance(state)
    batches = connection.batches()
    first = b"".join(await anext(batches)).decode()
    assert len(first) < 2 * BUDGET_BYTES
    states = [line for line in first.splitlines() if line.startswith("data:")]
    rest = b"".join(await anext(batches)).decode()
    assert '"state":49' in rest
    assert f'"previous":"{len(states) - 1}"' in rest, "the chain goes on from the last frame that was sent"
    assert '"snapshot":true' in rest
    topic.advance(50)
    assert '"previous":"49"' in b"".join(await anext(batches)).decode()


async def test_a_state_that_fell_behind_is_not_told() -> None:
    topic, connection = Topic("counter", 0, Counter()), connect()
    for state in (5, 3, 6):
        topic.advance(state)
        if state == 5:
            topic.join(connection)
    connection.end(Event("last", {}), "rotated")
    told = await read_all(connection)
    assert '"state":3' not in told
    assert '"previous":"5"' in told


def ended(hub: Hub) -> dict[str, int]:
    """Why streams ended, without the reasons that none had."""
    return {reason: times for reason, times in hub.counts.ways["sse"].ended.items() if times}


async def test_a_stream_is_counted_once_and_by_the_first_reason_to_end_it() -> None:
    lapsed: set[str] = set()
    hub = make_hub(lapsed)
    way = hub.counts.ways["sse"]
    names = ("revoked", "expired", "rotated", "slow", "left")
    streams = {name: hub.connection("json", 10, replace(ME, user_id=name), "") for name in names}
    for stream in streams.values():
        hub.open(stream)
    assert (way.live, way.opened, hub.counts.ways["websocket"].opened) == (5, 5, 0)
    lapsed.add("revoked")
    streams["expired"].private, streams["expired"].identity = True, replace(ME, expires_at=0.0)
    streams["rotated"].rotates_at = 0.0
    streams["slow"].send(Event("padding", {"padding": "x" * (LOG_BUDGET_BYTES + 1)}))
    streams["slow"].send_log(Event("news", {}, position=1))
    hub.tick(1.0, 1.0)
    await hub.drain(0)  # those that have ended are not ended anew
    for stream in streams.values():
        hub.close(stream)
        hub.close(stream)
    assert ended(hub) == {"revoked": 1, "expired": 1, "rotated": 1, "slow": 1, "drained": 1}
    assert way.live == 0


async def test_who_leaves_by_itself_was_not_dropped() -> None:
    hub, gone = make_hub(), connect()
    gone.way = hub.counts.ways["sse"]
    hub.open(gone)
    gone.send(Event("first", {}))
    await anext(gone.batches())
    hub.close(gone)
    assert ended(hub) == {"client": 1}


async def test_who_takes_nothing_until_it_is_cut_off_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect()
    batches = connection.batches()
    connection.send(Event("first", {}))
    await anext(batches)
    now = time.monotonic()
    assert connection.why_closed(now) == "client"
    assert connection.why_closed(now + STALL_SECONDS + 1) == "stuck", "our own patience was at its end"
    connection.send(Event("second", {}))
    monkeypatch.setattr(time, "monotonic", lambda: now + STALL_SECONDS + 1)
    await anext(batches)
    assert connection.why_closed(now + STALL_SECONDS + 1) == "stuck", "the kernel's was: writes end, too late"
    assert connection.why_closed(now + STALL_SECONDS + 1 + AFTERMATH_SECONDS) == "client", "it came back to life"
    connection.end(Event("last", {}), "slow")
    assert connection.why_closed(now + 3 * STALL_SECONDS) == "slow", "what came first is the cause"


async def test_frames_are_counted_as_they_are_handed_out() -> None:
    connection = connect()
    for name in ("first", "second"):
        connection.send(Event(name, {}))
    connection.end(Event("last", {}), "rotated")
    assert (connection.way.frames, connection.way.octets) == (0, 0)
    text = await read_all(connection)
    assert (connection.way.frames, connection.way.octets) == (3, len(text))
