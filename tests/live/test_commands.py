"""What clients say on a WebSocket, and how much of it is borne."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.errors import BoardError, RateLimited
from sse_board.live.ways.commands import ACTIONS, FAULT_SECONDS, FAULTS_LIMIT, MESSAGES_PER_SECOND, Patience, parse


@given(st.text())
def test_any_text_is_a_command_or_a_clear_refusal(text: str) -> None:
    with contextlib.suppress(BoardError):
        assert parse(text).action in ACTIONS


def test_so_many_messages_a_second_and_no_more() -> None:
    patience = Patience()
    for number in range(MESSAGES_PER_SECOND):
        patience.hear(number / 100)
    with pytest.raises(RateLimited):
        patience.hear(0.99)
    patience.hear(1.0)


def test_faults_are_counted_for_a_while() -> None:
    patience = Patience()
    assert not any(patience.fault(0.0) for _ in range(FAULTS_LIMIT - 1))
    assert not patience.fault(FAULT_SECONDS)
    assert not any(patience.fault(FAULT_SECONDS) for _ in range(FAULTS_LIMIT - 2))
    assert patience.fault(FAULT_SECONDS)
