"""`If-None-Match` on a leaderboard: 304 at once, with everything an answer has, and never a moment too long."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Self
from uuid import UUID

import httpx
import pytest

from tests.boards.conftest import FRIEND
from tests.support.clients import Api, Player, data_of, error_of, eventually
from tests.support.servers import WebServer

BOARD = "/api/v1/scores/leaderboard"
STRANGER = "https://stranger.example"


@pytest.fixture
async def api(servers: tuple[WebServer, WebServer]) -> AsyncIterator[Api]:
    async with Api(servers[0].url) as api:
        yield api


@pytest.fixture
async def other(servers: tuple[WebServer, WebServer]) -> AsyncIterator[Api]:
    """The same service at another process."""
    async with Api(servers[1].url) as api:
        yield api


@pytest.fixture
async def player(api: Api) -> Player:
    player = await api.register()
    await player.score("task_finish")
    return player


async def poll(api: Api, tag: str, **headers: str) -> httpx.Response:
    return await api.http.get(BOARD, headers={"If-None-Match": tag, **headers})


def shown(answer: httpx.Response) -> dict[str, str]:
    """The headers that do not differ from one request to the next by themselves."""
    return {
        name: value
        for name, value in answer.headers.items()
        if name not in ("date", "x-request-id") and not name.startswith("access-control-")
    }


def logged(server: WebServer, request_id: str) -> dict[str, Any] | None:
    """The log line of a request, once it is there."""
    lines = [json.loads(line) for line in server.log_text().splitlines() if line.startswith("{")]
    return next((line for line in lines if line.get("request_id") == request_id), None)


@pytest.mark.parametrize("face", ["json", "html", "csv", "text"])
@pytest.mark.parametrize("logged_in", [False, True])
async def test_the_short_way_says_what_the_long_way_says(
    player: Player, api: Api, face: str, logged_in: bool
) -> None:
    """An `Origin` takes a request the long way, through all middleware."""
    headers = player.bearer if logged_in else {}
    first = await api.http.get(BOARD, params={"format": face}, headers=headers)
    headers = {**headers, "If-None-Match": first.headers["etag"]}
    short = await api.http.get(BOARD, params={"format": face}, headers=headers)
    long = await api.http.get(BOARD, params={"format": face}, headers={**headers, "Origin": STRANGER})
    assert (short.status_code, short.content) == (long.status_code, long.content) == (304, b"")
    assert shown(short) == shown(long)
    assert short.headers["etag"] == first.headers["etag"]
    assert {"cache-control", "vary", "x-poll-interval", "content-security-policy"} <= set(short.headers)
    assert short.headers["vary"] == first.headers["vary"] == "Accept, Authorization, Cookie, HX-Request, Origin"


async def test_friendly_origins_may_read_a_304(player: Player, api: Api) -> None:
    tag = (await api.http.get(BOARD)).headers["etag"]
    friend = await poll(api, tag, Origin=FRIEND)
    assert (friend.status_code, friend.headers["access-control-allow-origin"]) == (304, FRIEND)
    assert "ETag" in friend.headers["access-control-expose-headers"]


async def test_a_304_has_the_id_of_its_request_and_a_line_in_the_log(
    player: Player, api: Api, servers: tuple[WebServer, WebServer]
) -> None:
    tag = (await api.http.get(BOARD)).headers["etag"]
    odd = 'mine-"1"\\'
    assert (await poll(api, tag, **{"X-Request-ID": odd})).headers["x-request-id"] == odd
    made = (await poll(api, tag, **{"X-Request-ID": "with space"})).headers["x-request-id"]
    assert UUID(made).version == 4
    for identifier in (odd, made):
        line = await eventually(partial(logged, servers[0], identifier))
        assert (line["event"], line["level"], line["method"], line["path"]) == ("request", "info", "GET", BOARD)
        assert (line["status"], line["address"]) == (304, "127.0.0.1")
        assert line["milliseconds"] >= 0
        assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("{tag}", 304),
        ("{bare}", 304),
        ('"x", {tag} , "y"', 304),
        ("*", 304),
        ("", 200),
        ('W/"1-0"', 200),
        ("{tag}x", 200),
        ("{unquoted}", 200),
        ('"', 200),
        ("W/", 200),
        ('W/""', 200),
        (",,,", 200),
        ("\xff", 200),
    ],
)
async def test_tags_are_compared_weakly_and_nonsense_matches_nothing(
    player: Player, api: Api, header: str, status: int
) -> None:
    tag = (await api.http.get(BOARD)).headers["etag"]
    bare = tag.removeprefix("W/")
    sent = header.format(tag=tag, bare=bare, unquoted=bare.strip('"'))
    answer = await api.http.get(BOARD, headers=[(b"If-None-Match", sent.encode("latin-1"))])
    assert answer.status_code == status
    assert answer.headers["etag"] == tag


async def test_whoever_may_not_ask_is_not_told_that_nothing_changed(player: Player, api: Api) -> None:
    tag = (await api.http.get(BOARD)).headers["etag"]
    for token in ("nonsense", player.token[:-4] + "AAAA"):
        assert error_of(await poll(api, tag, Authorization=f"Bearer {token}")) == (401, "UNAUTHORIZED")
    in_url = await api.http.get(BOARD, params={"token": player.token}, headers={"If-None-Match": "*"})
    assert error_of(in_url) == (401, "UNAUTHORIZED")
    mine = (await api.http.get(BOARD, headers=player.bearer)).headers["etag"]
    assert (await poll(api, mine, **player.bearer)).status_code == 304
    assert (await poll(api, mine)).status_code == 200, "that is somebody else's"
    data_of(await player.request("POST", "/api/v1/auth/logout"))
    assert error_of(await poll(api, mine, **player.bearer)) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("board=nope", 404, "NOT_FOUND"),
        ("board=%F0%9F%92%A9", 404, "NOT_FOUND"),
        ("limit=0", 400, "INVALID_REQUEST"),
        ("offset=-1", 400, "INVALID_REQUEST"),
        ("format=xml", 400, "INVALID_REQUEST"),
        ("radius=x", 400, "INVALID_REQUEST"),
        ("around=me", 401, "UNAUTHORIZED"),
    ],
)
async def test_a_wrong_question_is_refused_whatever_the_client_knows(
    api: Api, query: str, status: int, code: str
) -> None:
    for _ in range(2):
        assert error_of(await api.http.get(f"{BOARD}?{query}", headers={"If-None-Match": "*"})) == (status, code)
    answer = await api.http.get(BOARD, headers={"If-None-Match": "*", "Accept": "image/png"})
    assert error_of(answer) == (406, "NOT_ACCEPTABLE")


async def test_other_ways_to_ask_are_answered_as_ever(player: Player, api: Api) -> None:
    around = f"{BOARD}?around={player.id}"
    tag = (await api.http.get(around)).headers["etag"]
    assert (await api.http.get(around, headers={"If-None-Match": tag})).status_code == 304
    head = await api.http.head(BOARD, headers={"If-None-Match": tag})
    assert (head.status_code, head.headers["etag"]) == (304, tag)
    post = await api.http.post(BOARD, headers={"If-None-Match": tag})
    assert error_of(post) == (405, "METHOD_NOT_ALLOWED")
    long_body = {"If-None-Match": tag, "Content-Length": "70000"}
    too_long = await api.http.request("GET", BOARD, headers=long_body, content=b"x" * 70_000)
    assert error_of(too_long) == (413, "PAYLOAD_TOO_LARGE")


async def test_a_browser_polls_with_its_cookie(player: Player, api: Api) -> None:
    cookie = {"Cookie": f"sse_board_access={player.token}"}
    mine = await api.http.get(BOARD, headers=cookie)
    assert mine.headers["cache-control"] == "private, no-cache"
    assert (await poll(api, mine.headers["etag"], **cookie)).status_code == 304
    other_sites = {"Cookie": "analytics=1"}
    anyone = (await api.http.get(BOARD, headers=other_sites)).headers["etag"]
    assert (await poll(api, anyone, **other_sites)).status_code == 304


class Poller:
    """A connection without a client library: nothing is between an answer and the next question."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.tag = ""

    @classmethod
    @asynccontextmanager
    async def at(cls, server: WebServer) -> AsyncIterator[Self]:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        try:
            yield cls(reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()

    async def poll(self) -> int:
        """The status; what is new is read, and its tag is what the next poll knows."""
        self._writer.write(f"GET {BOARD} HTTP/1.1\r\nHost: x\r\nIf-None-Match: {self.tag}\r\n\r\n".encode())
        lines = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if line)
        await self._reader.readexactly(int(headers.get("content-length", 0)))
        self.tag = headers["etag"]
        return int(lines[0].split()[1])

    async def poll_until(self, done: asyncio.Event) -> int:
        """How often nothing was new."""
        told = 0
        while not done.is_set():
            told += await self.poll() == 304
        return told


async def test_who_was_answered_sees_it_at_once_everywhere(
    player: Player, api: Api, other: Api, servers: tuple[WebServer, WebServer]
) -> None:
    """A crowd polls both processes all the while, so that answers of a moment ago would be at hand."""
    done = asyncio.Event()
    async with AsyncExitStack() as stack:
        *crowd, here, there = [
            await stack.enter_async_context(Poller.at(server)) for _ in range(4) for server in servers
        ]
        async with asyncio.TaskGroup() as group:
            polling = [group.create_task(poller.poll_until(done)) for poller in crowd]
            for number in range(40):
                await asyncio.gather(here.poll(), there.poll())
                assert tuple(await asyncio.gather(here.poll(), there.poll())) == (304, 304)
                await player.score("task_finish", api=(api, other)[number % 2])
                told = await asyncio.gather(here.poll(), there.poll())
                assert tuple(told) == (200, 200), f"after action {number}"
            done.set()
    assert sum(task.result() for task in polling) > 100
