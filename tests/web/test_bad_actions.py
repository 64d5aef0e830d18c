"""Wrong signed actions: each check in its turn, and nothing counted, shown or half written."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import Connection

from tests.support.clients import Player, parse
from tests.support.refusals import Refusal, refusal_of, steady, taken_or_refused, unchanged

PATH = "/api/v1/scores/action"

_numbers = itertools.count(1)


def claim(**changes: Any) -> dict[str, Any]:
    """A good action, but for what is changed."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return {"actionId": f"bad-{next(_numbers)}", "actionType": "task_finish", "timestamp": now, **changes}


def raw(**changes: Any) -> bytes:
    return json.dumps(claim(**changes)).encode()


class Signer:
    """Signs whatever bytes it is given, as the player."""

    def __init__(self, http: httpx.Client, player: Player) -> None:
        self._http = http
        self._player = player

    def send(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        signed = {"Content-Type": "application/json", "X-Action-Signature": self._player.sign(body)}
        return self._http.post(PATH, content=body, headers={**self._player.bearer, **signed, **(headers or {})})

    def refused(self, body: bytes) -> Refusal:
        return refusal_of(self.send(body))


@pytest.fixture(scope="module")
def signer(http: httpx.Client, player: Player) -> Signer:
    return Signer(http, player)


NO_ACTIONS = {
    "nothing": b"",
    "half": b'{"actionId": ',
    "a list": b"[]",
    "null": b"null",
    "not a number": b'{"actionId": "x", "metadata": {"x": NaN}}',
    "infinity": b'{"actionId": "x", "metadata": {"x": Infinity}}',
    "two values": b"{}{}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "truncated UTF-8": b'{"actionId": "\xe2\x82"}',
    "overlong UTF-8": b'{"actionId": "\xc0\xaf"}',
    "half a character": b'{"actionId": "\\ud800"}',
    "half a character inside": b'{"actionId": "x", "metadata": {"x": ["\\udfff"]}}',
    "depth without end": b'{"actionId": "x", "metadata": ' + b"[" * 60_000,
    "depth with an end": b'{"actionId": "x", "metadata": ' + b'{"x":' * 5_000 + b"1" + b"}" * 5_001,
}


@pytest.mark.parametrize("name", NO_ACTIONS)
def test_a_signed_body_that_is_no_action_is_an_invalid_one(
    signer: Signer, database: Connection, name: str
) -> None:
    with unchanged(database):
        assert signer.refused(NO_ACTIONS[name]).kind == (400, "INVALID_ACTION")


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"userId": null, ' + raw()[1:-1] + b', "userId": null}', "userId"),
        (raw(metadata={"points": 5}).replace(b'"points": 5', b'"points": 5, "points": 50'), "points"),
        (raw(metadata={"a": [{"x": 1}]}).replace(b'"x": 1', b'"x": 1, "\\u0078": 2'), "x"),
        (b'{"actionId": "another", ' + raw()[1:], "actionId"),
    ],
)
def test_a_key_that_stands_twice_makes_an_invalid_action(
    signer: Signer, database: Connection, body: bytes, key: str
) -> None:
    with unchanged(database):
        refused = signer.refused(body)
    assert refused.kind == (400, "INVALID_ACTION")
    assert refused.details == {key: "is given twice"}


def test_a_doubled_key_is_looked_at_after_the_signature_and_the_action_id(signer: Signer) -> None:
    body = raw(metadata={"x": 1})
    doubled = body.replace(b'"x": 1', b'"x": 1, "x": 1')
    wrong = signer.send(doubled, {"X-Action-Signature": "0" * 64})
    assert refusal_of(wrong).kind == (403, "INVALID_SIGNATURE")
    assert signer.refused(doubled).kind == (400, "INVALID_ACTION")
    assert signer.send(body).status_code == 200, "the refused one has not used up the id"
    assert signer.refused(doubled).kind == (409, "DUPLICATE_ACTION")


def test_an_action_id_that_stands_twice_is_neither_of_the_two(signer: Signer) -> None:
    done = claim()
    assert signer.send(json.dumps(done).encode()).status_code == 200
    both = json.dumps(done).encode()[:-1] + b', "actionId": "a new one"}'
    assert signer.refused(both).kind == (400, "INVALID_ACTION")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"actionId": ""}, "actionId"),
        ({"actionId": "x" * 101}, "actionId"),
        ({"actionId": "a\0b"}, "actionId"),
        ({"actionId": 5}, "actionId"),
        ({"actionType": "a\0b"}, "actionType"),
        ({"actionType": "x" * 51}, "actionType"),
        ({"timestamp": "0001-01-01T00:00:00+23:59"}, "timestamp"),
        ({"timestamp": "9999-12-31T23:59:59-23:59"}, "timestamp"),
        ({"timestamp": "2026-01-10T10:30:60Z"}, "timestamp"),
        ({"timestamp": "2026-01-10T10:30:00"}, "timestamp"),
        ({"timestamp": 1e300}, "timestamp"),
        ({"metadata": None}, "metadata"),
        ({"metadata": {"x": "\0"}}, "metadata"),
        ({"metadata": {"\0": 1}}, "metadata"),
        ({"metadata": {"x": [[{"y": "\0"}]]}}, "metadata"),
        ({"userId": "\0"}, "userId"),
        ({"userId": 5}, "userId"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named_and_nothing_counts(
    signer: Signer, database: Connection, change: dict[str, Any], field: str
) -> None:
    with unchanged(database):
        refused = signer.refused(raw(**change))
    assert refused.kind == (400, "INVALID_ACTION")
    assert list(refused.details) == [field]


@pytest.mark.parametrize(("depth", "status"), [(31, 200), (32, 400), (900, 400), (990, 400)])
def test_metadata_is_as_deep_as_is_sensible_and_not_as_the_stack_allows(
    signer: Signer, depth: int, status: int
) -> None:
    lists = raw(metadata={"x": "@"}).replace(b'"@"', b"[" * depth + b"]" * depth)
    objects = raw(metadata={"x": "@"}).replace(b'"@"', b'{"x":' * depth + b"1" + b"}" * depth)
    assert [signer.send(body).status_code for body in (lists, objects)] == [status, status]


NUMBERS = [
    "1e400",
    "1e401",
    "-1e99999999",
    str(2**63),
    str(2**64),
    str(2**1024),
    "9" * 4_000,
    "9" * 6_000,
    "0." + "1" * 399,
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: number[:12])
def test_a_number_is_stored_as_it_was_written_or_refused(
    signer: Signer, database: Connection, number: str
) -> None:
    body = raw(metadata={"x": "@"}).replace(b'"@"', number.encode())
    taken_or_refused(database, lambda: signer.send(body))


@pytest.mark.parametrize(
    "number", [*NUMBERS, "true", "null", '"5"', "[5]", "1e2", "300.1", "-1"], ids=lambda one: one[:12]
)
def test_a_number_that_scores_is_within_its_bounds_or_refused_by_its_name(
    signer: Signer, database: Connection, number: str
) -> None:
    body = raw(actionType="typing_complete", metadata={"wpm": "@", "accuracy": 50}).replace(
        b'"@"', number.encode()
    )
    with unchanged(database):
        assert signer.refused(body).kind == (400, "INVALID_ACTION")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Action-Signature": ""},
        {"X-Action-Signature": "0" * 63},
        {"X-Action-Signature": "0" * 65},
        {"X-Action-Signature": "G" * 64},
        {"X-Action-Key-Id": ""},
        {"X-Action-Key-Id": "k1.99999999999"},
        {"X-Action-Key-Id": "../k1.1"},
    ],
    ids=str,
)
def test_a_strange_signature_is_a_wrong_one(signer: Signer, database: Connection, headers: dict[str, str]) -> None:
    with unchanged(database):
        assert refusal_of(signer.send(raw(), headers)).kind == (403, "INVALID_SIGNATURE")


@pytest.mark.parametrize("name", [b"x-action-signature", b"x-action-key-id"])
def test_a_signature_in_high_bytes_is_a_wrong_one(http: httpx.Client, player: Player, name: bytes) -> None:
    body = raw()
    headers = {b"content-type": b"application/json", b"x-action-signature": player.sign(body).encode()}
    headers |= {b"authorization": player.bearer["Authorization"].encode(), name: "é".encode()}
    assert refusal_of(http.post(PATH, content=body, headers=headers)).kind == (403, "INVALID_SIGNATURE")


TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["actionId", "actionType", "timestamp", "metadata", "userId", "more"])


@steady(100)
@given(changes=st.dictionaries(FIELDS, JSON, max_size=3), metadata=st.dictionaries(TEXT, JSON, max_size=3))
def test_whatever_is_signed_is_counted_once_or_leaves_nothing(
    signer: Signer, http: httpx.Client, database: Connection, changes: dict[str, Any], metadata: dict[str, Any]
) -> None:
    before = score(http)
    answer = taken_or_refused(database, lambda: signer.send(raw(**{"metadata": metadata, **changes})))
    points = parse(answer.content)["data"]["pointsAwarded"] if answer.status_code == 200 else 0
    assert score(http) == before + points


def score(http: httpx.Client) -> Any:
    """Of the only player who scores here."""
    (entry,) = parse(http.get("/api/v1/scores/leaderboard").content)["data"]["leaderboard"]
    return entry["score"]
