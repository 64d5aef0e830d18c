"""One connection, without a socket: what goes in, what comes out, and when it is over."""

from collections.abc import Sequence
from errno import ETIMEDOUT

from sse_board.errors import BoardError
from sse_board.live.counts import Way
from sse_board.live.cursor import to_cursor
from sse_board.live.delivery.coding import BODIES
from sse_board.live.delivery.connection import Connection
from sse_board.live.delivery.fanout import Fanout
from sse_board.live.delivery.outlet import BUDGET_BYTES, LOG_BUDGET_BYTES, Queue
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Event, Face
from sse_board.live.states.topic import Topic
from sse_board.web.identity import Identity
from tests.support.fanouts import all_told


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


class Keeper:
    """Looks after a connection that nobody else knows."""

    def secret(self, id: str) -> str:
        return id

    def cut_off(self) -> Event:
        return Event("cut", {})

    def look_at(self, connection: Connection) -> None:
        return

    lags = progressed = lost = look_at


def connect(face: Face = "json") -> tuple[Connection, Queue]:
    """A connection whose reader takes nothing until it is told to."""
    made = Connection(
        "id", BODIES[face], 10, None, address="", way=Way(), keeper=Keeper(), now=0.0, rotates_at=float("inf")
    )
    queue = made.outlet = Queue(made)
    return made, queue


async def read_all(queue: Queue) -> str:
    """Everything until the end of the stream."""
    return b"".join([octets async for octets in queue.batches()]).decode()


def logged(*positions: int, padding: str = "") -> Parcel:
    return Parcel([Event("news", {"padding": padding}, position=position) for position in positions])


class Told(Topic):
    """A topic whose fan-out is waited for."""

    def __init__(self, source: Counter) -> None:
        self.jobs = Fanout()
        super().__init__("counter", 0, source, self.jobs)

    async def tell(self, state: int) -> None:
        self.advance(state)
        await all_told(self.jobs)


async def test_nothing_follows_the_last_event() -> None:
    connection, queue = connect()
    connection.send(Event("first", {}))
    connection.end(Event("last", {}), "rotated")
    connection.send(Event("late", {}))
    connection.end(Event("later", {}), "drained")
    assert [line for line in (await read_all(queue)).splitlines() if line.startswith("event:")] == [
        "event: first",
        "event: last",
    ]
    assert (connection.farewell, connection.reason) == ("last", "rotated")


async def test_over_its_budget_a_reader_skips_to_the_newest_state() -> None:
    topic = Told(Counter(size=BUDGET_BYTES // 4))
    connection, queue = connect()
    await topic.tell(0)
    topic.join(connection)
    for state in range(1, 50):
        await topic.tell(state)
    batches = queue.batches()
    first = (await anext(batches)).decode()
    assert len(first) < 2 * BUDGET_BYTES
    states = [line for line in first.splitlines() if line.startswith("data:")]
    rest = (await anext(batches)).decode()
    assert '"state":49' in rest
    assert f'"previous":"{len(states) - 1}"' in rest, "the chain goes on from the last frame that was sent"
    assert '"snapshot":true' in rest
    await topic.tell(50)
    assert '"previous":"49"' in (await anext(batches)).decode()


async def test_who_drains_while_a_state_is_on_its_way_is_told_it_once() -> None:
    topic = Told(Counter(size=BUDGET_BYTES))
    connection, queue = connect()
    await topic.tell(0)
    topic.join(connection)
    await topic.tell(1)  # over the budget: left out
    batches = queue.batches()
    await anext(batches)
    topic.advance(2)
    connection.drained()
    await all_told(topic.jobs)
    told = (await anext(batches)).decode()
    assert told.count('"state":2') == 1
    assert '"previous":"0"' in told


async def test_who_leaves_while_a_state_is_on_its_way_is_not_told() -> None:
    topic, (connection, queue) = Told(Counter()), connect()
    await topic.tell(0)
    topic.join(connection)
    topic.advance(1)
    topic.leave(connection)
    topic.join(connection)
    await all_told(topic.jobs)
    connection.end(Event("last", {}), "rotated")
    told = await read_all(queue)
    assert told.count('"state":1') == 1, "with the snapshot that it began anew with"
    assert told.count('"snapshot":true') == 2


async def test_events_of_the_log_are_told_once_and_in_order() -> None:
    connection, queue = connect()
    for parcel in (logged(1, 2), logged(1, 2), logged(3), logged(2), logged(7)):
        connection.send_log(parcel, 0.0)
    connection.end(Event("last", {}), "rotated")
    told = (await read_all(queue)).splitlines()
    assert [line for line in told if line.startswith("id:")] == ["id: c1", "id: c2", "id: c3", "id: c7"]


async def test_who_is_too_far_behind_is_cut_off_before_the_next_event_of_a_log() -> None:
    connection, queue = connect()
    sent = 0
    while not connection.has_ended:
        sent += 1
        connection.send_log(logged(sent, padding="x" * 10_000), 0.0)
    assert connection.reason == "slow"
    assert sent > LOG_BUDGET_BYTES // 10_100
    told = (await read_all(queue)).splitlines()
    assert [line for line in told if line.startswith("id:")][-1] == f"id: {to_cursor(sent - 1)}"
    assert connection.log_position == sent - 1


async def test_a_cursor_does_not_fall() -> None:
    connection, queue = connect()
    connection.is_level = True
    connection.send_log(logged(5), 0.0)
    for position in (4, 5, 6):
        heartbeat = Parcel((Event("heartbeat", {}, position=position),))
        if outlet := connection.take_heartbeat(heartbeat, 0.0):
            outlet.write(heartbeat.octets(connection.coding))
    connection.end(Event("last", {}), "rotated")
    told = (await read_all(queue)).splitlines()
    assert [line for line in told if line.startswith("id:")] == ["id: c5", "id: c5", "id: c6"]


async def test_who_went_back_to_an_older_place_is_not_told_a_newer_cursor() -> None:
    connection, _ = connect()
    connection.log_position, connection.is_level = 101, False
    assert connection.take_heartbeat(Parcel((Event("heartbeat", {}, position=1_000),)), 0.0) is None


async def test_who_reads_nothing_is_sent_no_proofs_of_life() -> None:
    connection, queue = connect()
    connection.send(Event("padding", {"padding": "x" * (BUDGET_BYTES + 1)}))
    before, connection.is_level = queue.backlog, True
    assert connection.take_heartbeat(Parcel((Event("heartbeat", {}, position=9),)), 0.0) is None
    assert queue.backlog == before


async def test_a_face_that_cannot_be_made_costs_only_those_who_want_it() -> None:
    def fail() -> str:
        raise ValueError("no template")

    parcel = Parcel((Event("count", {"state": 1}, html=fail),))
    (json, json_queue), (html, _) = connect(), connect("html")
    for connection in (json, html):
        connection.send_parcel(parcel, 0.0)
    assert not json.has_ended
    assert json_queue.backlog
    assert (html.has_ended, html.reason) == (True, "failed"), "it is to come back, or to poll"


async def test_a_state_that_fell_behind_is_not_told() -> None:
    topic, (connection, queue) = Told(Counter()), connect()
    for state in (5, 3, 6):
        await topic.tell(state)
        if state == 5:
            topic.join(connection)
    connection.end(Event("last", {}), "rotated")
    told = await read_all(queue)
    assert '"state":3' not in told
    assert '"previous":"5"' in told


async def test_frames_are_counted_as_they_are_sent() -> None:
    connection, queue = connect()
    for name in ("first", "second"):
        connection.send(Event(name, {}))
    connection.end(Event("last", {}), "rotated")
    text = await read_all(queue)
    assert (connection.way.frames, connection.way.octets) == (3, len(text))


async def test_who_is_given_up_by_the_kernel_was_stuck() -> None:
    for error, reason in ((TimeoutError(ETIMEDOUT, "timed out"), "stuck"), (ConnectionResetError(), "client")):
        connection, _ = connect()
        connection.lost(error)
        assert connection.reason == reason
