"""Wrong addresses, queries, headers, tokens, channels and cursors: each refused in the envelope, by its name."""

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg import Connection

from sse_board.settings import load_settings
from tests.support.clients import Player
from tests.support.events import EventParser, Message
from tests.support.refusals import refusal_of, steady, unchanged
from tests.support.servers import Stores

BOARD, STREAM, ME = "/api/v1/scores/leaderboard", "/api/v1/stream", "/api/v1/auth/me"
#: Whatever a header may hold on the wire; clients hand over bytes.
HEADER_BYTES = st.text(alphabet=st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60).map(
    lambda text: text.encode("latin-1").strip()
)


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/boards/%00",
        "/api/v1/boards/%ff",
        "/api/v1/boards/%ED%A0%80",
        "/api/v1/boards/scoreboard%0a",
        "/api/v1/boards/score%2Fboard",
        "/api/v1/boards/..%2f..%2fetc%2fpasswd",
        "/api/v1/boards/%u0041",
        "/api/v1/boards/" + "x" * 50_000,
        "/api/v1/boards/" + "%C3%A9" * 5_000,
        "/api/v1/boards/",
        "/api/v1/boards/scoreboard/",
        "//api/v1/boards",
        "/api//v1/boards",
        "/API/v1/boards",
        "/api/v1/admin/users/nobody",
        "/api/",
        "/api/openapi.json/",
    ],
    ids=lambda path: path[:40],
)
def test_an_unknown_address_is_not_found(http: httpx.Client, path: str) -> None:
    refused = refusal_of(http.get(httpx.URL(http.base_url, raw_path=path.encode())))
    assert refused.kind == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", ME, "GET, HEAD, PATCH"),
        ("PUT", "/api/v1/scores/action", "POST"),
        ("GET", "/api/v1/auth/login", "POST"),
        ("OPTIONS", "/api/v1/boards/scoreboard", "GET, HEAD"),
        ("TRACE", "/api/v1/boards", "GET, HEAD"),
        ("POST", "/static/style.css", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_every_right_one(http: httpx.Client, method: str, path: str, allowed: str) -> None:
    answer = http.request(method, path)
    assert refusal_of(answer).kind == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "wrong", ["-1", "101", "1e2", "0x10", "1_0", "%D9%A1", "%00", "%ff", "", "%2B5", "5%20", "9" * 5_000]
)
@pytest.mark.parametrize("name", ["limit", "offset", "radius"])
def test_a_number_out_of_its_range_is_refused_by_its_name(http: httpx.Client, name: str, wrong: str) -> None:
    if name == "offset" and wrong == "101":
        return
    refused = refusal_of(http.get(f"{BOARD}?{name}={wrong}"))
    assert refused.kind == (400, "INVALID_REQUEST")
    assert list(refused.details) == [name]
    assert f"`{name}` must be a whole number from" in refused.message


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("board=%00", (404, "NOT_FOUND")),
        ("board=%ff", (404, "NOT_FOUND")),
        ("board=", (404, "NOT_FOUND")),
        ("board=" + "x" * 50_000, (404, "NOT_FOUND")),
        ("format=xml", (400, "INVALID_REQUEST")),
        ("format=", (400, "INVALID_REQUEST")),
        ("around=nobody", (400, "INVALID_REQUEST")),
        ("around=%00", (400, "INVALID_REQUEST")),
        ("around=me", (401, "UNAUTHORIZED")),
        ("around=00000000-0000-4000-8000-000000000000", (404, "NOT_FOUND")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_query_has_its_own_answer(http: httpx.Client, query: str, kind: tuple[int, str]) -> None:
    assert refusal_of(http.get(f"{BOARD}?{query}")).kind == kind


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"{BOARD}?limit=5&limit=6", "limit"),
        (f"{BOARD}?board=overall&limit=5&board=overall", "board"),
        (f"{BOARD}?format=json&%66ormat=csv", "format"),
        (f"{STREAM}?channels=leaderboard:overall&channels=leaderboard:scoreboard", "channels"),
        (f"{STREAM}?channels=leaderboard:overall&token=a&token=b", "token"),
        ("/api/v1/boards?x&x", "x"),
        ("/api/v1/boards?%ff=1&%ff=2", "\ufffd"),
    ],
)
def test_a_parameter_that_is_given_twice_is_refused_by_its_name(http: httpx.Client, path: str, name: str) -> None:
    refused = refusal_of(http.get(path))
    assert refused.kind == (400, "INVALID_REQUEST")
    assert refused.details == {name: "is given twice"}


@pytest.mark.parametrize("query", ["&", "&&", "a=1&&b=2", "=&x", "%", "a=%&b=%zz"])
def test_odd_queries_without_meaning_are_none(http: httpx.Client, query: str) -> None:
    assert http.get(f"/api/v1/boards?{query}").status_code == 200


@steady(80)
@given(accept=HEADER_BYTES, tag=HEADER_BYTES, request_id=HEADER_BYTES)
def test_no_header_breaks_a_board(http: httpx.Client, accept: bytes, tag: bytes, request_id: bytes) -> None:
    headers = [(b"accept", accept), (b"if-none-match", tag), (b"x-request-id", request_id)]
    answer = http.get(BOARD, headers=headers)
    assert answer.status_code in (200, 304) or refusal_of(answer).kind == (406, "NOT_ACCEPTABLE")


def test_lists_may_be_spread_over_several_lines(http: httpx.Client) -> None:
    tag = http.get(BOARD).headers["etag"]
    several = [("Accept", "image/png"), ("Accept", "text/csv;q=0.1"), ("Accept", "application/json")]
    assert http.get(BOARD, headers=several).headers["content-type"] == "application/json"
    lines = [("Accept", "application/json"), ("If-None-Match", '"other"'), ("If-None-Match", tag)]
    assert http.get(BOARD, headers=lines).status_code == 304


@steady(150)
@given(value=HEADER_BYTES | HEADER_BYTES.map(lambda value: (b"Bearer " + value).strip()))
def test_no_authorization_but_a_token_of_ours_is_anybody(http: httpx.Client, value: bytes) -> None:
    for path in (ME, BOARD, f"{STREAM}?channels=leaderboard:scoreboard"):
        answer = http.get(path, headers=[(b"authorization", value)])
        assert refusal_of(answer).kind == (401, "UNAUTHORIZED")
        assert answer.headers["www-authenticate"] == "Bearer"


def token(header: bytes, claims: bytes, secret: bytes = b"not ours") -> str:
    parts = [base64.urlsafe_b64encode(part).rstrip(b"=") for part in (header, claims)]
    signature = hmac.digest(secret, b".".join(parts), hashlib.sha256)
    return b".".join([*parts, base64.urlsafe_b64encode(signature).rstrip(b"=")]).decode()


CLAIMS = b'{"sub":"x","role":"ADMIN","sid":"x","gen":1,"iat":0,"exp":99999999999}'


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"none","kid":"%s"}',
        b'{"alg":"HS512","kid":"%s"}',
        b'{"alg":"RS256","kid":"%s"}',
        b'{"alg":["HS256"],"kid":"%s"}',
        b'{"alg":"HS256","kid":"%s","b64":false}',
        b'{"alg":"HS256","kid":"%s","crit":["exp"]}',
        b'{"alg":"HS256","kid":["%s"]}',
        b'{"alg":"HS256","kid":"../%s"}',
        b'{"alg":"HS256"}',
        b"[]",
        b"null",
        b"\xff",
        b"[" * 1_400,
        b'{"a":' * 250,
    ],
    ids=lambda header: header[:30].decode("latin-1"),
)
def test_a_token_with_a_strange_head_is_no_token(http: httpx.Client, shared_stores: Stores, header: bytes) -> None:
    key = load_settings(shared_stores.environment).jwt_keys[0]
    forged = token(header.replace(b"%s", key.id.encode()), CLAIMS, key.secret)
    assert refusal_of(http.get(ME, headers={"Authorization": f"Bearer {forged}"})).kind == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    "claims",
    [
        b"{}",
        b"[]",
        b"\xff",
        CLAIMS.replace(b'"ADMIN"', b'"GOD"'),
        CLAIMS.replace(b'"exp":99999999999', b'"exp":"never"'),
        CLAIMS.replace(b'"exp":99999999999', b'"exp":1e400'),
        CLAIMS.replace(b'"exp":99999999999', b'"exp":null'),
        CLAIMS.replace(b'"sub":"x",', b""),
        CLAIMS.replace(b'"gen":1,', b""),
        CLAIMS.replace(b'"sub":"x"', b'"sub":5'),
        CLAIMS.replace(b"}", b',"aud":"stream"}'),
    ],
    ids=lambda claims: claims.decode("latin-1")[:60],
)
def test_a_signed_token_must_say_all_that_ours_say(
    http: httpx.Client, shared_stores: Stores, claims: bytes
) -> None:
    key = load_settings(shared_stores.environment).jwt_keys[0]
    forged = token(json.dumps({"alg": "HS256", "kid": key.id}).encode(), claims, key.secret)
    assert refusal_of(http.get(ME, headers={"Authorization": f"Bearer {forged}"})).kind == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    "cookie",
    [
        b"sse_board_access=\xe9.\xe9.\xe9",
        b'sse_board_access="\\351\\000\\012"',
        b"sse_board_access=a.b.c",
        b"sse_board_access=" + b"a" * 5_000,
    ],
    ids=["high bytes", "escapes", "no token", "long"],
)
def test_a_bad_cookie_is_a_bad_token(http: httpx.Client, cookie: bytes) -> None:
    assert refusal_of(http.get(ME, headers=[(b"cookie", cookie)])).kind == (401, "UNAUTHORIZED")
    page = http.get("/", headers=[(b"cookie", cookie), (b"accept", b"text/html")])
    assert page.status_code == 200, "pages are for everybody"


def test_a_bad_refresh_cookie_is_taken_away(http: httpx.Client, database: Connection) -> None:
    with unchanged(database), httpx.Client(base_url=http.base_url) as browser:
        answer = browser.post(
            "/api/v1/auth/refresh", headers=[(b"cookie", b'sse_board_refresh="\\351\\000\\012"')]
        )
    assert refusal_of(answer).kind == (401, "UNAUTHORIZED")
    assert "sse_board_refresh=" in answer.headers["set-cookie"]


def first_events(http: httpx.Client, count: int, **query: str) -> list[Message]:
    """What a stream begins with; it is left then."""
    parser, heard = EventParser(), list[Message]()
    with http.stream("GET", STREAM, params=query) as answer:
        assert answer.status_code == 200
        for piece in answer.iter_raw():
            heard += parser.feed(piece)
            if len(heard) >= count:
                return heard
    raise AssertionError(f"ended after {heard}")


@steady(40)
@given(channel=st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters=","), min_size=1))
def test_no_channel_is_taken_but_those_there_are(http: httpx.Client, channel: str) -> None:
    (connected,) = first_events(http, 1, channels=f"leaderboard:{channel},leaderboard:overall")[:1]
    assert connected.json["channels"] == ["leaderboard:overall"]
    assert connected.json["refused"] == [{"channel": f"leaderboard:{channel}".strip(), "code": "NOT_FOUND"}]


@pytest.mark.parametrize("channels", ["", ",", " , ", ",".join(f"leaderboard:x{number}" for number in range(51))])
def test_no_channels_and_too_many_are_a_wrong_request(http: httpx.Client, channels: str) -> None:
    refused = refusal_of(http.get(STREAM, params={"channels": channels}))
    assert refused.kind == (400, "INVALID_REQUEST")
    assert list(refused.details) == ["channels"]


@steady(40)
@given(cursor=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_a_cursor_that_is_not_ours_is_announced_and_costs_nothing(http: httpx.Client, cursor: str) -> None:
    events = first_events(http, 3, channels="leaderboard:overall", lastEventId=cursor)
    assert [event.type for event in events[:3]] == ["connected", "history.truncated", "leaderboard.update"]


def test_a_cursor_in_high_bytes_is_announced_too(http: httpx.Client) -> None:
    headers: Any = [(b"last-event-id", b"\xff\xfe")]
    with http.stream("GET", STREAM, params={"channels": "leaderboard:overall"}, headers=headers) as answer:
        heard = b""
        for piece in answer.iter_raw():
            heard += piece
            if b"leaderboard.update" in heard:
                break
    assert b"event: history.truncated" in heard


def test_a_private_channel_of_another_is_refused_and_named(
    http: httpx.Client, player: Player, admin: Player
) -> None:
    channel = f"user:{admin.id}:score"
    headers = {"Authorization": player.bearer["Authorization"]}
    with http.stream("GET", STREAM, params={"channels": channel}, headers=headers) as answer:
        assert b'"refused":[{"channel":"%s","code":"FORBIDDEN"}]' % channel.encode() in next(answer.iter_raw())
