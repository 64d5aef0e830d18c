"""Text that tries to become something else: a header, a line of the log, an event."""

import re

import pytest

from tests.security.logs import log_of
from tests.support.clients import PASSWORD, Api, Player, error_of
from tests.support.events import EventParser
from tests.support.servers import WebServer
from tests.support.streams import listening
from tests.support.wire import exchange

PAYLOADS = {
    "a JSON object": b'x"}\\n{"event":"forged"}',
    "quotes": b"\"'`$(id);--",
    "ANSI": b"\x1b[2J\x1b[31mforged",
    "8-bit ANSI": b"\x9b31mforged",
    "broken UTF-8": b"\xff\xfe\xc3",
    "UTF-8": "forged\u2028\u202e".encode(),
    "a folded line": b"x\r\n Set-Cookie: forged=1",
    "a bare CR": b"x\rSet-Cookie: forged=1",
    "a bare LF": b"x\nSet-Cookie: forged=1",
    "encoded line ends": b"x%0d%0aSet-Cookie:%20forged=1",
    "a NUL": b"x\x00forged",
}
NAMES = (
    *("User-Agent", "X-Request-ID", "Authorization", "Cookie", "Accept", "Origin", "Referer", "If-None-Match"),
    *("Last-Event-ID", "X-Forwarded-For", "X-Forwarded-Proto", "X-Action-Key-Id", "Content-Type", "Range"),
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_header_of_a_request_becomes_one_of_the_answer_or_a_line_of_the_log(
    servers: tuple[WebServer, WebServer], payload: str
) -> None:
    value = PAYLOADS[payload]
    for name in NAMES:
        for path in ("/api/v1/auth/me", "/api/v1/scores/leaderboard", "/nothing"):
            head = f"GET {path} HTTP/1.1\r\nHost: x\r\n{name}: ".encode() + value + b"\r\n\r\n"
            answer = exchange(servers[0].url, head)
            assert answer.status_code < 500
            assert "forged" not in answer.headers.get("set-cookie", "")
            assert b"forged" not in b"".join(
                content for header, content in answer.headers.raw if header.lower() != b"x-request-id"
            )
            assert re.fullmatch(r"[\x21-\x7e]{1,128}", answer.headers["x-request-id"])
    assert not [line for line in log_of(servers[0]) if line["event"] == "forged"]


@pytest.mark.parametrize(
    "text", ["a\r\nSet-Cookie: forged=1", "\x1b[31mred", "a\0b", '"}{"event":"forged"}', "a\u2028b", "<b>bold</b>"]
)
async def test_a_name_with_more_than_letters_is_refused(api: Api, text: str) -> None:
    body = {"username": text, "email": "a@example.org", "password": PASSWORD}
    answer = await api.http.post("/api/v1/auth/register", json=body)
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert "username" in answer.json()["error"]["details"]
    login = await api.http.post("/api/v1/auth/login", json=body)
    assert error_of(login) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("format", ["json", "html", "text"])
@pytest.mark.parametrize("channel", ["x\n\nevent: forged\ndata: y", "x\r\rdata: forged", "\x1b[31mx", "\u2028x"])
async def test_a_channel_name_makes_no_event_and_tells_a_terminal_nothing(
    api: Api, format: str, channel: str
) -> None:
    query = {"channels": f"{channel},leaderboard:overall", "format": format, "lastEventId": channel}
    raw = b""
    async with api.http.stream("GET", "/api/v1/stream", params=query) as stream:
        async for piece in stream.aiter_raw():
            raw += piece
            if b"overall" in raw and (format != "json" or b"leaderboard.update" in raw):
                break
    assert "forged" not in {message.type for message in EventParser().feed(raw)}
    assert not [line for line in raw.splitlines() if line.strip() in (b"data: forged", b"event: forged")]
    assert b"\r" not in raw
    assert b"\x1b" not in raw


async def test_an_announcement_is_one_event_and_one_line(api: Api, admin: Player) -> None:
    text = "one\n\nevent: forged\ndata: two\r\n\x1b[31mthree\u2028<script>x</script>"
    async with (
        listening(api.url, "system") as stream,
        listening(api.url, "system", format="html") as page,
        api.http.stream("GET", "/api/v1/stream", params={"channels": "system", "format": "text"}) as terminal,
    ):
        await stream.until_type("connected")
        await page.until_type("connected")
        told = aiter(terminal.aiter_raw())
        assert b"listening" in await anext(told)
        await admin.announce(text, message=text)
        for heard in (stream, page):
            announced = (await heard.until_type("system.announcement")).json
            assert (announced["title"], announced["message"]) == (text, text)
            assert not heard.of_type("forged")
        line = ": heartbeat"
        while line.startswith(": heartbeat"):
            line = (await anext(told)).decode()
        fields = line.removesuffix("\n\n").split("\n")
        assert [field.partition(":")[0] for field in fields] == ["id", "data"]
        assert all(field.isprintable() for field in fields)
