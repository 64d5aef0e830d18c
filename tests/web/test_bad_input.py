"""Wrong bodies: refused with the right code by each route that takes one, and nothing half written."""

from typing import Any

import pytest
from psycopg import Connection

from tests.support.refusals import refusal_of, unchanged
from tests.support.routes import ROUTES, Sender, encoded

#: Each is no JSON, or no object; `%` stands for a good body without its braces.
BROKEN = {
    "nothing": b"",
    "blanks": b" \n",
    "half": b'{"x": ',
    "no object": b"[]",
    "a number": b"5",
    "a text": b'"text"',
    "null": b"null",
    "not a number": b'{%, "x": NaN}',
    "infinity": b'{%, "x": -Infinity}',
    "a trailing comma": b"{%,}",
    "two values": b"{%}{}",
    "a comment": b"{% /* why */}",
    "single quotes": b"{'x': 1}",
    "a leading zero": b'{%, "x": 01}',
    "a byte order mark": b"\xef\xbb\xbf{%}",
    "UTF-16": '{"x": 1}'.encode("utf-16"),
    "truncated UTF-8": b'{%, "x": "\xe2\x82"}',
    "overlong UTF-8": b'{%, "x": "\xc0\xaf"}',
    "a surrogate in UTF-8": b'{%, "x": "\xed\xa0\x80"}',
    "Latin-1": b'{%, "x": "caf\xe9"}',
    "a raw NUL": b'{%, "x": "\x00"}',
    "a raw line end": b'{%, "x": "a\nb"}',
    "depth without end": b'{%, "x": ' + b"[" * 50_000,
    "depth with an end": b'{%, "x": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
}


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_json_object_is_a_wrong_request_everywhere(
    sender: Sender, database: Connection, broken: str
) -> None:
    with unchanged(database):
        for name, route in ROUTES.items():
            refused = refusal_of(sender.send(route, BROKEN[broken].replace(b"%", encoded(route.good)[1:-1])))
            assert refused.kind == (400, "INVALID_REQUEST"), name


@pytest.mark.parametrize("name", ROUTES)
def test_a_key_that_stands_twice_is_named(sender: Sender, database: Connection, name: str) -> None:
    route = ROUTES[name]
    key, value = next(iter(route.good.items()))
    again = f"{{{encoded(key).decode()}: {encoded(value).decode()}, ".encode() + encoded(route.good)[1:]
    with unchanged(database):
        refused = refusal_of(sender.send(route, again))
    assert refused.kind == (400, "INVALID_REQUEST")
    assert f"`{key}`" in refused.message
    assert refused.details == {key: "is given twice"}


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b'{"app": "typing", "\\u0061pp": "math"}', "app"),
        (b'{"app": "typing", "more": {"deep": [{"x": 1, "x": 1}]}}', "x"),
        (b'{"app": "typing", "": 1, "": 2}', ""),
        (b'{"app": "typing", "\\ud800": 1, "\\ud800": 2}', None),
        (b'{"app": "typing", ' + b", ".join([b'"' + b"k" * 300 + b'": 1'] * 2) + b"}", "k" * 100),
        (b'{"app": "typing", ' + b", ".join([b'"%d": 1' % (number // 2) for number in range(4_000)]) + b"}", None),
    ],
    ids=["escaped", "deep", "empty", "half a character", "long", "thousands"],
)
def test_a_key_may_hide_and_still_not_stand_twice(sender: Sender, body: bytes, key: str | None) -> None:
    refused = refusal_of(sender.send(ROUTES["session"], body))
    assert refused.kind == (400, "INVALID_REQUEST")
    assert key is None or refused.details == {key: "is given twice"}


def test_the_same_key_in_two_objects_is_no_double(sender: Sender) -> None:
    body = b'{"app": "typing", "left": {"x": 1}, "right": {"x": 1}}'
    assert sender.send(ROUTES["session"], body).status_code == 201


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("new type", {"points": {"fixed": "5"}}, "points.fixed"),
        ("new type", {"points": {"fixed": True}}, "points.fixed"),
        ("new type", {"boards": [{"board": "overall"}, {}]}, "boards[1].board"),
        ("new type", {"boards": [{"board": "overall", "extra": 1}]}, "boards[0].extra"),
        ("new type", {"bounds": {"no name": {}}}, "bounds"),
        ("new type", {"points": {"field": "p", "min": 2, "max": 1}}, "points"),
        ("new type", {"bounds": {"p": {"min": 2, "max": 1.5}}}, "bounds.p"),
        ("new type", {"points": {"fixed": 2**53}}, "points.fixed"),
        ("new type", {"points": {"fixed": 0.0000001}}, "points.fixed"),
        ("type", {"extra": 1}, "extra"),
        ("board", {"title": None}, "title"),
        ("board", {"decimals": 1.5}, "decimals"),
        ("user", {"role": None}, "role"),
        ("user", {"blocked": "yes"}, "blocked"),
        ("register", {"timeZone": ""}, "timeZone"),
        ("session", {"app": "\0"}, "app"),
    ],
)
def test_a_wrong_field_is_named_however_deep_it_stands(
    sender: Sender, database: Connection, name: str, change: dict[str, Any], field: str
) -> None:
    route = ROUTES[name]
    with unchanged(database):
        refused = refusal_of(sender.send(route, encoded({**route.good, **change})))
    assert refused.kind == (400, "INVALID_REQUEST")
    assert list(refused.details) == [field]


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "1e99999999999999999999", str(2**1024), "9" * 6_000, "1e-400"]
)
@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("new board", {"decimals": "@"}),
        ("new type", {"cooldownSeconds": "@"}),
        ("new type", {"points": {"fixed": "@"}}),
        ("type", {"bounds": {"x": {"max": "@"}}}),
    ],
)
def test_no_number_is_too_large_or_too_fine_to_be_refused(
    sender: Sender, database: Connection, name: str, wrong: dict[str, Any], number: str
) -> None:
    body = encoded({**ROUTES[name].good, **wrong}).replace(b'"@"', number.encode())
    with unchanged(database):
        assert refusal_of(sender.send(ROUTES[name], body)).kind == (400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/jsonp"},
        {"Content-Encoding": "gzip"},
    ],
    ids=str,
)
def test_what_is_not_said_to_be_plain_json_is_not_read(
    sender: Sender, database: Connection, headers: dict[str, str]
) -> None:
    with unchanged(database):
        for name, route in ROUTES.items():
            refused = refusal_of(sender.send(route, encoded(route.good), **headers))
            assert refused.kind == (415, "UNSUPPORTED_MEDIA_TYPE"), name
