"""What is addressed to a role is heard by those who have it and by nobody else, on each of six ways to listen."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.notifications.conftest import Site
from tests.support.clients import Player, data_of, error_of, eventually
from tests.support.pollers import Poller
from tests.support.programs import Followed
from tests.support.sockets import Socket
from tests.support.streams import Stream

ROLES = ("ADMIN", "ORGANIZER", "PARTICIPANT", "VIEWER")
LAST = "for all"


class ByStream:
    """`cursor`: it comes later, and is told what it missed."""

    def __init__(self, url: str, token: str, cursor: str = "") -> None:
        self.stream, self.url = Stream("system", token=token), url
        self.stream.last_event_id = cursor

    async def begin(self) -> None:
        await self.stream.open(self.url)
        await self.stream.until_type("connected")

    async def titles(self) -> list[str]:
        return [message.json["title"] for message in self.stream.of_type("system.announcement")]

    async def end(self) -> None:
        await self.stream.cut()


class BySocket:
    def __init__(self, url: str, token: str) -> None:
        self.socket, self.url = Socket(token=token, channels="system"), url

    async def begin(self) -> None:
        await self.socket.open(self.url)
        await eventually(lambda: self.socket.messages)

    async def titles(self) -> list[str]:
        return [m["data"]["title"] for m in self.socket.messages if m["type"] == "system.announcement"]

    async def end(self) -> None:
        await self.socket.cut()


class ByPoll:
    """With `wait` seconds it is a long poll, which is under way when something is said."""

    def __init__(self, url: str, token: str, wait: int = 0) -> None:
        self.poller, self.url, self.waits = Poller("system", token=token, wait=wait), url, wait > 0
        self.asking: asyncio.Task[object] | None = None

    async def begin(self) -> None:
        await self.poller.poll(self.url, wait="0")
        if self.waits:
            self.asking = asyncio.create_task(self.poller.poll(self.url))

    async def titles(self) -> list[str]:
        if self.asking is None or self.asking.done():
            self.asking = asyncio.create_task(self.poller.poll(self.url))
        return [event["data"]["title"] for event in self.poller.of_type("system.announcement")]

    async def end(self) -> None:
        if self.asking is not None:
            self.asking.cancel()
            await asyncio.wait({self.asking})


class ByTail:
    def __init__(self, program: Followed) -> None:
        self.program = program

    async def begin(self) -> None:
        await self.program.until_says("listening to")

    async def titles(self) -> list[str]:
        self.program.says("")
        return [line.split("  ")[1] for line in self.program.text.splitlines() if line.startswith("INFO")]

    async def end(self) -> None:
        self.program.end()


@pytest.fixture
def tail(follow: Callable[..., Followed], tmp_path: Path) -> Callable[[Site, Player], ByTail]:
    def start(site: Site, player: Player) -> ByTail:
        token = tmp_path / player.id
        token.write_text(player.token)
        command = (sys.executable, "-m", "sse_board", "tail", "--url", site.server.url, "--token-file", str(token))
        return ByTail(follow(*command, "system"))

    return start


async def with_role(site: Site, role: str) -> Player:
    player = await site.api.register()
    data_of(await site.boss.request("PATCH", f"/api/v1/admin/users/{player.id}", {"role": role}))
    return await site.api.log_in(player.username)


async def test_a_role_hears_what_is_addressed_to_it_and_nothing_else_on_six_ways(
    site: Site, tail: Callable[[Site, Player], ByTail]
) -> None:
    url = site.server.url
    cursor = data_of(await site.api.http.get("/api/v1/events?channels=system"))["cursor"]
    heard: dict[str, list[ByStream | BySocket | ByPoll | ByTail]] = {}
    for role in ("ORGANIZER", "PARTICIPANT"):
        player = await with_role(site, role)
        heard[role] = [ByStream(url, player.token), BySocket(url, player.token), tail(site, player)]
        heard[role] += [ByPoll(url, player.token), ByPoll(url, player.token, wait=5)]
        await asyncio.gather(*(way.begin() for way in heard[role]))
        heard[role].append(ByStream(url, player.token, cursor))
    for role in ROLES:
        await site.boss.announce(f"for {role}", targetRoles=[role])
    await site.boss.announce(LAST)
    for role, ways in heard.items():
        await ways[-1].begin()
        for way in ways:
            await eventually(lambda: has_heard_all(way))  # noqa: B023
            assert await way.titles() == [f"for {role}", LAST], type(way).__name__
            await way.end()


async def has_heard_all(way: ByStream | BySocket | ByPoll | ByTail) -> bool:
    return LAST in await way.titles()


async def test_what_is_addressed_to_nobody_known_changes_nothing(site: Site) -> None:
    before = data_of(await site.boss.request("GET", "/api/v1/admin/announcements"))
    nobody = "00000000-0000-4000-8000-000000000000"
    wrong: list[dict[str, object]] = [
        {"targetRoles": ["GUEST"]},
        {"targetRoles": []},
        {"targetUsers": [site.boss.id, nobody]},
        {"targetUsers": ["me"]},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"priority": "URGENT"},
    ]
    for targets in wrong:
        body = {"title": "x", "message": "x", **targets}
        refused = await site.boss.request("POST", "/api/v1/admin/announcements", body)
        assert error_of(refused) == (400, "INVALID_REQUEST"), targets
    assert data_of(await site.boss.request("GET", "/api/v1/admin/announcements")) == before
