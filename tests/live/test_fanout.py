"""Telling many: in slices, in order, urgent things first."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import pytest
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from sse_board.live.delivery import fanout
from sse_board.live.delivery.agenda import NOWHERE, Agenda
from sse_board.live.delivery.coding import CHUNKS, MESSAGES
from sse_board.live.delivery.fanout import SLICE_SECONDS, STRIDE, Fanout, Job
from sse_board.live.delivery.outlet import INDIRECT
from sse_board.live.delivery.parcel import Parcel
from sse_board.live.event import Event
from tests.support.fanouts import all_told


class Listener:
    """Writes down what it is told."""

    def __init__(self, name: str, told: list[str], *, slow: float = 0.0) -> None:
        self.coding = CHUNKS["json"]
        self.direct = INDIRECT
        self._name = name
        self._told = told
        self._slow = slow

    def write(self, octets: bytes) -> None:
        time.sleep(self._slow)
        self._told.append(f"{octets.decode().split()[2]} {self._name}")

    pass_on = write

    def broken(self, error: OSError) -> None:
        self._told.append(f"broken {self._name}")

    def fail(self) -> None:
        self._told.append(f"failed {self._name}")


def crowd(names: Iterable[str], told: list[str], *, slow: float = 0.0) -> list[Listener]:
    return [Listener(name, told, slow=slow) for name in names]


def telling(what: str, listeners: Iterable[Listener], *, urgent: bool = False) -> Job:
    def take(listener: Listener, now: float) -> Any:
        return listener

    return Job(listeners, Parcel((Event(what, {}, urgent=urgent),)), take)


async def test_what_came_first_is_told_first() -> None:
    told: list[str] = []
    jobs = Fanout()
    jobs.tell_state(telling("state", crowd("ab", told)))
    jobs.tell_log(telling("event", crowd("ab", told)))
    jobs.tell_state(telling("newer", crowd("ab", told)))
    await all_told(jobs)
    assert told == ["state a", "state b", "event a", "event b", "newer a", "newer b"]


async def test_what_is_urgent_overtakes_states_with_all_of_the_log_before_it() -> None:
    told: list[str] = []
    jobs = Fanout()
    jobs.tell_state(telling("state", crowd("a", told)))
    jobs.tell_log(telling("event", crowd("a", told)))
    jobs.tell_log(telling("alarm", crowd("a", told), urgent=True))
    jobs.tell_state(telling("newer", crowd("a", told)))
    jobs.tell_log(telling("later", crowd("a", told)))
    await all_told(jobs)
    assert told == ["event a", "alarm a", "state a", "newer a", "later a"]


async def test_what_is_urgent_overtakes_a_state_that_is_being_told() -> None:
    told: list[str] = []
    jobs, many = Fanout(), [str(number) for number in range(20 * STRIDE)]
    jobs.tell_state(telling("state", crowd(many, told, slow=SLICE_SECONDS / STRIDE)))
    await asyncio.sleep(0)
    assert told
    jobs.tell_log(telling("alarm", crowd("a", told), urgent=True))
    await all_told(jobs)
    assert told.index("alarm a") < len(many) / 2
    assert len(told) == len(many) + 1


async def test_others_have_a_turn_between_slices() -> None:
    told: list[str] = []
    jobs, turns = Fanout(), 0
    many = map(str, range(8 * STRIDE))
    jobs.tell_state(telling("state", crowd(many, told, slow=SLICE_SECONDS / STRIDE)))
    while len(told) < 8 * STRIDE:
        turns += 1
        await asyncio.sleep(0)
    assert turns > 4


async def test_what_fails_for_one_is_told_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    failures: list[str] = []
    monkeypatch.setattr(fanout, "_log", type("Log", (), {"exception": failures.append}))

    def take(listener: Listener, now: float) -> Any:
        if listener is listeners[1]:
            raise ValueError(listener)
        return listener

    jobs, listeners = Fanout(), crowd("abc", told)
    jobs.tell_state(Job(listeners, Parcel((Event("state", {}),)), take))
    await all_told(jobs)
    assert told == ["failed b", "state a", "state c"]
    assert len(failures) == 1


async def test_a_fan_out_goes_on_whatever_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(fanout, "_log", type("Log", (), {"exception": lambda _: None}))

    def fail(*_: object) -> None:
        raise MemoryError

    jobs, listeners = Fanout(), crowd("ab", told)
    monkeypatch.setattr(listeners[0], "write", fail)
    jobs.tell_state(telling("state", listeners))
    jobs.tell_log(telling("event", crowd("c", told)))
    await all_told(jobs)
    assert told == ["failed a", "failed b", "event c"], "of those two nobody knows what they were told"


async def test_who_is_dropped_before_its_turn_is_not_told() -> None:
    told: list[str] = []
    jobs, listeners = Fanout(), crowd("abc", told)
    job = telling("state", listeners)
    jobs.tell_state(job)
    job.dropped.add(listeners[1])
    await all_told(jobs)
    assert told == ["state a", "state c"]


class Entry:
    slot = NOWHERE


def test_an_agenda_tells_who_is_due_once_and_by_the_last_date() -> None:
    agenda: Agenda[Entry] = Agenda(0.5)
    early, late, put_off = Entry(), Entry(), Entry()
    agenda.put(late, 9.0)
    agenda.put(early, 1.2)
    agenda.put(put_off, 1.2)
    agenda.put(put_off, 4.0)
    assert list(agenda.due(1.4)) == []
    assert list(agenda.due(1.6)) == [early]
    assert list(agenda.due(20.0)) == [put_off, late]
    assert list(agenda.due(20.0)) == []


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_message_is_one_frame_as_clients_read_it(size: int) -> None:
    reader = StreamReader()
    reader.feed_data(MESSAGES["socket"].wrap(b"x" * size))
    reader.feed_eof()
    parsing = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as parsed:
        next(parsing)
    frame: Frame = parsed.value.value
    assert (frame.fin, frame.opcode, len(frame.data)) == (True, Opcode.TEXT, size)
