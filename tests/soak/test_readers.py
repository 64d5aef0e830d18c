"""The lean readers are not blind ones: what a server might do wrong is noticed, wherever its answer is cut."""

import json
from typing import Any

import pytest

from tests.soak.announcer import Numbers
from tests.soak.reader import Heard, Reader
from tests.support.protocol import examples

EXAMPLES = dict(examples())


@pytest.fixture
def reader() -> Reader:
    """At the beginning of a connection."""
    reader = Reader(Heard(0, ["scoreboard"], Numbers(told=2, begun=[0.0] * 10)))
    reader.begin()
    return reader


def frame(type: str, id: str = "", **changed: Any) -> bytes:
    """The protocol's example, but for what is `changed`."""
    lines = [f"id: {id}"] if id else []
    data = json.dumps({**EXAMPLES[type], **changed}, default=float)
    return "\n".join([*lines, f"event: {type}", f"data: {data}", "", ""]).encode()


def announcement(number: int) -> bytes:
    return frame("system.announcement", f"c{number}", title=f"number {number}")


def update(previous: str | None, version: str, *, snapshot: bool = False, **changed: Any) -> bytes:
    return frame("leaderboard.update", previousVersion=previous, version=version, snapshot=snapshot, **changed)


def faults(reader: Reader, *frames: bytes, size: int = 100_000) -> list[str]:
    """What is noticed when this comes in pieces of so many bytes."""
    octets = b"".join(frames)
    for start in range(0, len(octets), size):
        reader.on_body(octets[start : start + size])
    return reader.shared.faults


@pytest.mark.parametrize("size", [1, 2, 7, 100_000])
def test_what_is_right_makes_a_reader_level(reader: Reader, size: int) -> None:
    beginning = update(None, "1-1", snapshot=True), frame("heartbeat", "c2", cursor="c2")
    assert faults(reader, *beginning, size=size) == []
    assert reader.is_level
    assert faults(reader, announcement(3), update("1-1", "1-2"), announcement(4), size=size) == []
    assert (reader.heard, reader.cursor) == (4, b"c4")


def test_who_has_not_all_that_was_missed_is_not_level(reader: Reader) -> None:
    faults(reader, update(None, "1-1", snapshot=True), announcement(3))
    reader.shared.numbers.told = 5
    reader.begin()
    faults(reader, update(None, "1-1", snapshot=True), announcement(4))
    assert not reader.is_level
    faults(reader, announcement(5))
    assert reader.is_level


@pytest.mark.parametrize("numbers", [(4,), (3, 3), (3, 5), (3, 4, 3)])
def test_an_announcement_that_is_missing_or_comes_twice_is_a_fault(
    reader: Reader, numbers: tuple[int, ...]
) -> None:
    assert len(faults(reader, *map(announcement, numbers))) == 1


@pytest.mark.parametrize(
    "frames",
    [
        [update(None, "1-1")],
        [update(None, "1-1", snapshot=True), update("1-2", "1-3")],
        [update(None, "1-2", snapshot=True), update("1-2", "1-1")],
        [update(None, "1-1", snapshot=True, total=3)],
        [update(None, "1-1", snapshot=True, surprise=1)],
    ],
    ids=["no snapshot", "hole", "backwards", "too few rows", "undocumented"],
)
def test_a_board_that_cannot_be_right_is_a_fault(reader: Reader, frames: list[bytes]) -> None:
    assert len(faults(reader, *frames)) == 1


@pytest.mark.parametrize("type", ["busy", "history.truncated", "error"])
def test_what_no_reader_should_be_told_is_a_fault(reader: Reader, type: str) -> None:
    assert len(faults(reader, frame(type))) == 1
