"""Faces, tags and bodies."""

import contextlib
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from sse_board.errors import InvalidRequest, NotAcceptable
from sse_board.web.bodies import decode, query_integer
from sse_board.web.negotiation import choose_face, etag_matches

FACES = ("json", "html")


def request(query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "query_string": query.encode(), "headers": raw, "method": "GET", "path": "/"})


@pytest.mark.parametrize(
    ("accept", "face"),
    [
        ("*/*", "json"),
        ("application/json", "json"),
        ("text/html", "html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/json;q=0.5, text/html;q=0.4", "json"),
        ("text/*", "html"),
        ("text/html;q=0, */*;q=0.1", "json"),
    ],
)
def test_accept_chooses_the_face(accept: str, face: str) -> None:
    assert choose_face(request(accept=accept), FACES) == face


def test_format_wins_over_accept() -> None:
    assert choose_face(request("format=json", accept="text/html"), FACES) == "json"


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        choose_face(request("format=xml"), FACES)


def test_what_cannot_be_served_is_not_acceptable() -> None:
    with pytest.raises(NotAcceptable):
        choose_face(request(accept="image/png"), FACES)


@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=50))
def test_no_accept_header_breaks_the_choice(accept: str) -> None:
    with contextlib.suppress(NotAcceptable):
        assert choose_face(request(accept=accept), FACES) in FACES


@pytest.mark.parametrize("header", ['W/"1-5"', '"1-5"', '"0-0", W/"1-5"', "*"])
def test_tags_are_compared_weakly(header: str) -> None:
    assert etag_matches(request(if_none_match=header), 'W/"1-5"')


@pytest.mark.parametrize("header", ['W/"1-4"', "", "1-5"])
def test_another_tag_does_not_match(header: str) -> None:
    assert not etag_matches(request(if_none_match=header), 'W/"1-5"')


@pytest.mark.parametrize("raw", ["-1", "0", "101", "1e2", "ten", "1.0", "²", " 5", "9" * 30])
def test_a_limit_outside_its_range_is_refused_by_name(raw: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        query_integer(request(f"limit={raw}"), "limit", 10, 1, 100)
    assert "limit" in (refused.value.details or {})


class Body(msgspec.Struct):
    name: str
    size: int = 0


@pytest.mark.parametrize(
    ("body", "field"),
    [(b"{}", "name"), (b'{"name":1}', "name"), (b'{"name":"a","size":"b"}', "size"), (b"[]", "body")],
)
def test_a_wrong_body_names_the_field(body: bytes, field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        decode(body, Body)
    assert list(refused.value.details or {}) == [field]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 50_000, b'{"name": NaN}'])
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        decode(body, Body)


def test_a_good_body_is_a_typed_value() -> None:
    decoded: Any = decode(b'{"name":"a","size":2}', Body)
    assert (decoded.name, decoded.size) == ("a", 2)
