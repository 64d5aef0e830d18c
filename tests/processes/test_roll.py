"""The steps of a roll, with processes that do what a test says and a clock that stands still."""

import os
from dataclasses import dataclass, field
from signal import SIGTERM, Signals

from sse_board.processes.parts import Process, Successor
from sse_board.processes.readiness import Readiness, say_ready
from sse_board.processes.roll import READY_SECONDS, Roll

DRAIN_SECONDS = 8.0


@dataclass
class Puppet:
    """A process; `heard` is what it was told."""

    pid: int
    pipe: int | None = None
    returncode: int | None = None
    heard: list[str] = field(default_factory=list)

    def serves(self) -> None:
        assert self.pipe is not None
        say_ready(self.pipe)
        self.pipe = None

    def ends(self) -> None:
        self.returncode = 0
        if self.pipe is not None:
            os.close(self.pipe)

    def poll(self) -> int | None:
        return self.returncode

    def wait(self) -> int:
        assert self.returncode is not None, "waits for ever"
        return self.returncode

    def send_signal(self, sig: int) -> None:
        self.heard.append(Signals(sig).name)

    def terminate(self) -> None:
        self.send_signal(SIGTERM)

    def kill(self) -> None:
        self.heard.append("SIGKILL")
        self.ends()


class PuppetPart:
    """`made` are its processes, the oldest first."""

    name = "puppet"
    stop_signal = SIGTERM
    startable = True

    def __init__(self) -> None:
        self.made = [Puppet(0)]
        self.process: Process | None = self.made[0]

    def start(self) -> None:
        raise AssertionError("a roll starts successors only")

    def start_successor(self) -> Successor:
        if not self.startable:
            raise BlockingIOError("too many processes")
        readiness = Readiness()
        with readiness.handed_out() as descriptor:
            self.made.append(Puppet(len(self.made), os.dup(descriptor)))
        return Successor(self.made[-1], readiness)


class Stage:
    """A roll over `parts`, and the time of day."""

    def __init__(self, parts: int = 1) -> None:
        self.parts = [PuppetPart() for _ in range(parts)]
        self.now = 1000.0
        self.roll = Roll(self.parts, DRAIN_SECONDS, lambda: self.now)

    def asked(self) -> float | None:
        self.roll.ask()
        return self.roll.advance()

    def after(self, seconds: float) -> float | None:
        self.now += seconds
        return self.roll.advance()


def test_nothing_happens_before_somebody_asks() -> None:
    stage = Stage()
    assert stage.roll.advance() is None
    assert len(stage.parts[0].made) == 1


def test_a_process_ends_when_its_successor_serves_and_not_before() -> None:
    stage = Stage()
    assert stage.asked() == READY_SECONDS
    old, successor = stage.parts[0].made
    assert (stage.parts[0].process, old.heard) == (old, [])
    successor.serves()
    assert stage.after(1) == DRAIN_SECONDS
    assert (stage.parts[0].process, old.heard) == (successor, ["SIGTERM"])
    old.ends()
    assert stage.after(1) is None
    assert successor.heard == []


def test_one_part_is_replaced_after_the_other() -> None:
    stage = Stage(parts=2)
    first, second = stage.parts
    stage.asked()
    first.made[1].serves()
    stage.after(1)
    assert len(second.made) == 1
    first.made[0].ends()
    assert stage.after(1) == READY_SECONDS
    assert len(second.made) == 2
    second.made[1].ends()
    stage.after(1)


def test_a_successor_that_ends_leaves_the_old_ones_alone() -> None:
    stage = Stage(parts=2)
    stage.asked()
    old, successor = stage.parts[0].made
    successor.ends()
    assert stage.after(1) is None
    assert (stage.parts[0].process, old.heard) == (old, [])
    assert len(stage.parts[1].made) == 1


def test_a_successor_that_does_not_serve_in_time_is_ended_instead() -> None:
    stage = Stage(parts=2)
    stage.asked()
    old, successor = stage.parts[0].made
    assert stage.after(READY_SECONDS - 1) == 1
    assert stage.after(1) == DRAIN_SECONDS
    assert (old.heard, successor.heard) == ([], ["SIGTERM"])
    assert stage.after(DRAIN_SECONDS) is None
    assert (old.heard, successor.heard) == ([], ["SIGTERM", "SIGKILL"])
    assert (stage.parts[0].process, len(stage.parts[1].made)) == (old, 1)


def test_a_successor_that_cannot_be_started_ends_the_roll() -> None:
    stage = Stage(parts=2)
    stage.parts[0].startable = False
    assert stage.asked() is None
    assert [part.made[0].heard for part in stage.parts] == [[], []]


def test_an_old_process_that_does_not_drain_in_time_is_killed() -> None:
    stage = Stage()
    stage.asked()
    old, successor = stage.parts[0].made
    successor.serves()
    stage.after(1)
    assert stage.after(DRAIN_SECONDS) is None
    assert old.heard == ["SIGTERM", "SIGKILL"]


def test_who_has_died_meanwhile_is_not_waited_for() -> None:
    stage = Stage()
    stage.asked()
    old, successor = stage.parts[0].made
    old.ends()
    successor.serves()
    assert stage.after(1) is None
    assert stage.parts[0].process is successor


def test_asked_in_the_middle_of_a_roll_another_one_follows_and_no_more() -> None:
    stage = Stage()
    stage.asked()
    stage.asked()
    stage.asked()
    made = stage.parts[0].made
    for old, successor in ((0, 1), (1, 2)):
        made[successor].serves()
        stage.after(1)
        made[old].ends()
        last = stage.after(1)
    assert (len(made), last) == (3, None)


def test_a_failure_does_not_take_back_that_another_roll_was_asked_for() -> None:
    stage = Stage()
    stage.asked()
    stage.asked()
    stage.parts[0].made[1].ends()
    assert stage.after(1) == READY_SECONDS
    stage.parts[0].made[2].ends()
    assert stage.after(1) is None


def test_at_the_end_of_everything_a_successor_is_told_too() -> None:
    stage = Stage()
    stage.asked()
    _, successor = stage.parts[0].made
    assert stage.roll.stop() == [successor]
    assert successor.heard == ["SIGTERM"]


def test_who_drains_at_the_end_of_everything_is_not_told_again() -> None:
    stage = Stage()
    stage.asked()
    old, successor = stage.parts[0].made
    successor.serves()
    stage.after(1)
    assert stage.roll.stop() == [old]
    assert old.heard == ["SIGTERM"]
