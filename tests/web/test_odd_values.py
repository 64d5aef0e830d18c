"""Odd values in good bodies: taken or refused as a whole, never half, and never a fault of the server."""

import unicodedata
import uuid

import httpx
from hypothesis import given
from hypothesis import strategies as st
from psycopg import Connection

from tests.support.refusals import refusal_of, steady, taken_or_refused
from tests.support.routes import ROUTES, Sender, encoded

ODD_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=40) | st.sampled_from(
    [
        "\0",
        "a\0b",
        "\u202eabc",
        "\u200b",
        "e\u0301\u0302\u0303\u0304",
        "\ud83d",
        "\U0001f3c6",
        "שלום",
        "\uff21\uff44\uff41",
        "",
        " ",
    ]
)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(2**1024) | ODD_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD_TEXT, inner, max_size=3),
    max_leaves=5,
)


@st.composite
def odd_bodies(draw: st.DrawFn) -> tuple[str, bytes]:
    """A good body of a route, but for one field, or with one more."""
    name = draw(st.sampled_from(sorted(ROUTES)))
    field = draw(st.sampled_from(sorted(ROUTES[name].good)) | ODD_TEXT)
    return name, encoded({**ROUTES[name].good, field: draw(ODD)})


@steady(150)
@given(sent=odd_bodies())
def test_whatever_stands_in_a_field_is_taken_or_refused_as_a_whole(
    sender: Sender, database: Connection, sent: tuple[str, bytes]
) -> None:
    name, body = sent
    taken_or_refused(database, lambda: sender.send(ROUTES[name], body))


#: What a name may be written with, and what shows nothing, turns the line round, or is no letter.
LETTERS = st.sampled_from(["abcÀéßİﬁ", "абвЯё", "אבגש\u05b0", "ابت", "字漢ハﾊ", "e\u0301\u0302"])
ODD_ONES = st.sampled_from(
    ["", "", "", " ", "-", "\u200b", "\u200d", "\u202e", "\ufeff", "\u3164", "\0", "<", "😀", "ﷺ"]
)


@st.composite
def names(draw: st.DrawFn) -> str:
    letters = st.text(alphabet=draw(LETTERS), min_size=1, max_size=16)
    return draw(letters) + draw(ODD_ONES) + draw(letters)


@steady(60)
@given(name=names())
def test_a_name_is_refused_by_its_field_or_shown_as_it_is(
    sender: Sender, http: httpx.Client, database: Connection, name: str
) -> None:
    route = ROUTES["register"]
    body = {**route.good, "username": name, "email": f"{uuid.uuid4()}@example.org"}
    answer = taken_or_refused(database, lambda: sender.send(route, encoded(body)))
    if answer.status_code != 201:
        assert "username" in refusal_of(answer).details
        return
    bearer = {"Authorization": f"Bearer {answer.json()['data']['accessToken']}"}
    shown = http.get("/api/v1/auth/me", headers=bearer).json()["data"]["user"]["username"]
    assert shown == unicodedata.normalize("NFKC", name).strip()
    assert not set(shown) & set("\u200b\u200d\u202e\ufeff\u3164\0<😀")
