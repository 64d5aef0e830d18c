"""The tests' own reader, held against the examples of the WHATWG specification (§9.2.6)."""

import pytest

from tests.support.events import EventParser


def told(octets: bytes) -> list[tuple[str, str, str]]:
    return [(message.type, message.data, message.last_event_id) for message in EventParser().feed(octets)]


def test_several_data_lines_are_joined() -> None:
    assert told(b"data: YHOO\ndata: +2\ndata: 10\n\n") == [("message", "YHOO\n+2\n10", "")]


def test_ids_stay_until_an_empty_one_takes_them_away() -> None:
    stream = b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n"
    assert told(stream) == [
        ("message", "first event", "1"),
        ("message", "second event", ""),
        ("message", " third event", ""),
    ]


def test_empty_data_is_dispatched_and_an_unfinished_block_is_not() -> None:
    assert told(b"data\n\ndata\ndata\n\ndata:") == [("message", "", ""), ("message", "\n", "")]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_every_line_end_counts_wherever_chunks_are_cut(end: str) -> None:
    stream = end.join(["\ufeffevent: ü", "retry: 7", "id: a\0", "data: x", "retry: 8s", "", "data: y", "", ""])
    parser = EventParser()
    found = [message for octet in stream.encode() for message in parser.feed(bytes([octet]))]
    assert [(message.type, message.data, message.id, message.retry) for message in found] == [
        ("ü", "x", None, 7),
        ("message", "y", None, None),
    ]


def test_a_block_without_data_is_noticed() -> None:
    parser = EventParser()
    assert parser.feed(b"retry: 10\n\n") == []
    assert (parser.reconnection_time, parser.dropped) == (10, [["retry: 10"]])
