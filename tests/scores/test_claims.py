"""Bodies become claims, or are refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.errors import InvalidAction
from sse_board.scores.action import Claim
from sse_board.scores.claims import read_claim

BODY = {
    "actionId": "a1",
    "actionType": "quiz_complete",
    "timestamp": "2026-01-10T10:30:00.000Z",
    "metadata": {"score": 1.5},
}


def read(body: Any) -> Claim:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_claim(raw, "me", "signature", "request")


def test_a_good_body_is_a_claim() -> None:
    claim = read(BODY)
    assert (claim.key, claim.action_type, claim.problem) == (("me", "a1"), "quiz_complete", None)


def test_numbers_stay_as_they_were_written() -> None:
    claim = read(b'{"actionId":"a","actionType":"t","timestamp":"2026-01-10T10:30:00Z","metadata":{"x":0.1}}')
    assert str(claim.metadata["x"]) == "0.1"


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp": "yesterday"},
        {"timestamp": "2026-01-10T10:30:00"},
        {"timestamp": 5},
        {"actionType": ""},
        {"metadata": []},
        {"userId": "somebody else"},
    ],
)
def test_a_wrong_field_waits_for_its_turn_in_the_order_of_checks(change: dict[str, Any]) -> None:
    claim = read({**BODY, **change})
    assert claim.action_id == "a1"
    assert claim.problem is not None
    assert list(claim.problem.details or {}) == [next(iter(change))]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"actionId": NaN}',
        b"\xff\xfe",
        b"[" * 50_000,
        b'{"actionId":"' + b"a" * 101 + b'"}',
        b'{"actionId":""}',
        b'{"actionId":5}',
        b'{"actionType":"t"}',
        b'{"actionId":"a\\u0000"}',
        b'{"actionId":"a","metadata":' + b"9" * 6_000 + b"}",
    ],
)
def test_a_body_without_an_action_id_is_a_claim_of_no_action(body: bytes) -> None:
    claim = read(body)
    assert (claim.action_id, type(claim.problem)) == ("", InvalidAction)


@pytest.mark.parametrize(
    "value", ["1e999999", "-1e-999999", '"a\\u0000"', '{"a\\u0000": 1}', "[[1e401]]", "9" * 401 + ".5"]
)
def test_metadata_that_no_store_holds_is_refused(value: str) -> None:
    raw = json.dumps({**BODY, "metadata": {"x": 0}}).replace('"x": 0', f'"x": {value}').encode()
    claim = read(raw)
    assert claim.action_id == "a1"
    assert claim.problem is not None
    assert list(claim.problem.details or {}) == ["metadata"]


def test_an_escaped_backslash_is_no_nul() -> None:
    assert read({**BODY, "metadata": {"text": "\\u0000"}}).problem is None


@given(st.binary(max_size=300))
def test_no_body_does_anything_worse_than_being_refused(body: bytes) -> None:
    assert read(body).problem is not None or json.loads(body)
