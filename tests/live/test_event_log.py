"""The event log: nothing is lost, nothing comes twice, whoever was away and wherever they come back."""

import asyncio
from collections.abc import Callable
from functools import partial

import psycopg
import pytest_asyncio

from sse_board.live.cursor import from_cursor
from tests.live.conftest import PLENTY, Pair
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.servers import WebServer
from tests.support.streams import Stream, listening


@pytest_asyncio.fixture(autouse=True)
async def _all_read(pair: Pair, api: Api, other: Api) -> None:
    """Both processes know what earlier tests announced, so that nobody who joins one of them now is told of it."""
    with psycopg.connect(pair.stores.database_url) as database:
        ((end,),) = database.execute("select events from commits").fetchall()

    async def has_read(process: Api) -> bool:
        answer = data_of(await process.http.get("/api/v1/events?channels=system"))
        return bool((from_cursor(answer["cursor"]) or 0) >= end)

    for process in (api, other):
        await eventually(partial(has_read, process))


def titles(stream: Stream) -> list[str]:
    return [message.json["title"] for message in stream.of_type("system.announcement")]


def has_heard(stream: Stream, names: list[str]) -> bool:
    return set(names) <= set(titles(stream))


def has_heard_last(stream: Stream, title: str) -> bool:
    return titles(stream)[-1:] == [title]


async def announce(admin: Player, *names: str) -> list[str]:
    for name in names:
        await admin.announce(name)
    return list(names)


async def test_listeners_of_both_processes_hear_an_announcement_once(pair: Pair, admin: Player) -> None:
    async with listening(pair.first.url, "system") as first, listening(pair.second.url, "system") as second:
        for stream in (first, second):
            await stream.until_type("connected")
        told = await admin.announce("Welcome", priority="HIGH", type="SUCCESS")
        for stream in (first, second):
            data = (await stream.until_type("system.announcement")).json
            assert data["channel"] == "system"
            assert (data["id"], data["title"], data["priority"]) == (told["id"], "Welcome", "HIGH")
        await admin.announce("Again")
        await first.until(lambda: titles(first) == ["Welcome", "Again"])
        await second.until(lambda: titles(second) == ["Welcome", "Again"])


async def test_who_was_away_hears_what_happened_meanwhile_in_order_at_any_process(
    pair: Pair, admin: Player
) -> None:
    stream = Stream("system,leaderboard:scoreboard")
    async with stream:
        await stream.open(pair.first.url)
        await announce(admin, "one", "two")
        await stream.until(lambda: titles(stream) == ["one", "two"])
        await stream.cut()
        await announce(admin, "three", "four")
        await stream.open(pair.second.url)
        await announce(admin, "five")
        await stream.until(lambda: titles(stream) == ["one", "two", "three", "four", "five"])
        assert "history.truncated" not in stream.types
        places = [int(message.id[1:], 36) for message in stream.messages if message.id]
        assert places == sorted(places)


async def test_snapshots_come_before_missed_events_and_those_before_new_ones(pair: Pair, admin: Player) -> None:
    async with listening(pair.first.url, "system") as stream:
        await stream.until_type("connected")
        await announce(admin, "before")
        await stream.until(lambda: "before" in titles(stream))
    cursor = stream.last_event_id
    await announce(admin, "missed")
    channels = "system,leaderboard:scoreboard,leaderboard:overall"
    async with listening(pair.first.url, channels, lastEventId=cursor) as again:
        await announce(admin, "new")
        await again.until(lambda: titles(again) == ["missed", "new"])
    kinds = [kind for kind in again.types if kind != "heartbeat"]
    assert kinds[:3] == ["connected", "leaderboard.update", "leaderboard.update"]


async def test_every_event_written_by_many_at_once_is_heard_once_and_in_one_order(
    pair: Pair, admin: Player, other: Api
) -> None:
    names = [f"burst {number}" for number in range(40)]
    async with listening(pair.first.url, "system") as first, listening(pair.second.url, "system") as second:
        await asyncio.gather(first.until_type("connected"), second.until_type("connected"))
        bodies = [{"title": name, "message": "at once"} for name in names]
        path = "/api/v1/admin/announcements"
        await asyncio.gather(
            *(
                admin.request("POST", path, body, api=other if number % 2 else None)
                for number, body in enumerate(bodies)
            )
        )
        for stream in (first, second):
            await stream.until(partial(has_heard, stream, names))
        # who joins a moment after an event may be told it, by a process that has not read it yet
        told = [[title for title in titles(stream) if title in names] for stream in (first, second)]
        assert sorted(told[0]) == sorted(names)
        assert told[0] == told[1]


async def test_what_is_addressed_to_a_role_is_heard_by_that_role_alone(
    pair: Pair, admin: Player, api: Api
) -> None:
    participant = await api.register()
    async with (
        listening(pair.second.url, "system") as anyone,
        listening(pair.second.url, "system", token=participant.token) as player,
        listening(pair.second.url, "system", token=admin.token) as boss,
    ):
        for stream in (anyone, player, boss):
            await stream.until_type("connected")
        cursor = (await anyone.until_type("heartbeat")).id or ""
        for role in ("ADMIN", "ORGANIZER", "PARTICIPANT", "VIEWER"):
            await admin.announce(f"for {role}", targetRoles=[role])
        await admin.announce("for two", targetRoles=["ADMIN", "PARTICIPANT"])
        await admin.announce("for all")
        for stream in (anyone, player, boss):
            await stream.until(partial(has_heard_last, stream, "for all"))
        assert titles(anyone) == ["for all"]
        assert titles(player) == ["for PARTICIPANT", "for two", "for all"]
        assert titles(boss) == ["for ADMIN", "for two", "for all"]
    async with (
        listening(pair.first.url, "system", lastEventId=cursor) as anyone,
        listening(pair.first.url, "system", lastEventId=cursor, token=participant.token) as player,
    ):
        await anyone.until(lambda: titles(anyone) == ["for all"])
        await player.until(lambda: titles(player) == ["for PARTICIPANT", "for two", "for all"])


async def test_a_role_channel_cannot_be_asked_for_by_name(pair: Pair, admin: Player) -> None:
    async with listening(pair.first.url, "system:role:ADMIN,system", token=admin.token) as stream:
        connected = (await stream.until_type("connected")).json
    assert connected["channels"] == ["system"]
    assert connected["refused"] == [{"channel": "system:role:ADMIN", "code": "NOT_FOUND"}]


async def test_what_is_addressed_to_users_is_in_their_notifications_alone(
    pair: Pair, admin: Player, api: Api
) -> None:
    one, two = await api.register(), await api.register()
    async with (
        listening(pair.second.url, "user:me:notifications,system", token=one.token) as ours,
        listening(pair.second.url, "user:me:notifications,system", token=two.token) as theirs,
        listening(pair.second.url, f"user:{one.id}:notifications", token=admin.token) as boss,
    ):
        assert (await boss.until_type("connected")).json["refused"][0]["code"] == "FORBIDDEN"
        await asyncio.gather(ours.until_type("connected"), theirs.until_type("connected"))
        await admin.announce("Only you", targetUsers=[one.id])
        await admin.announce("Everybody")
        notice = (await ours.until_type("notification")).json
        assert (notice["channel"], notice["title"]) == (f"user:{one.id}:notifications", "Only you")
        await theirs.until(lambda: titles(theirs) == ["Everybody"])
        assert "notification" not in theirs.types


async def test_an_announcement_to_nobody_known_is_told_to_nobody(pair: Pair, admin: Player) -> None:
    async with listening(pair.first.url, "system") as stream:
        await stream.until_type("connected")
        body = {"title": "Lost", "message": "x", "targetUsers": ["00000000-0000-4000-8000-000000000000"]}
        refused = await admin.request("POST", "/api/v1/admin/announcements", body)
        assert refused.status_code == 400
        await admin.announce("Found")
        await stream.until(lambda: titles(stream) == ["Found"])
    recent = (await admin.request("GET", "/api/v1/admin/announcements")).json()["data"]["announcements"]
    assert recent[0]["title"] == "Found"
    assert "Lost" not in [announcement["title"] for announcement in recent]


async def test_who_is_cut_off_before_anything_happened_misses_nothing(pair: Pair, admin: Player) -> None:
    """Whoever listens has a cursor as soon as it is level, also where a board keeps the line busy."""
    stream = Stream("leaderboard:scoreboard,system")
    async with stream:
        await (await stream.open(pair.first.url)).until_type("heartbeat")
        await stream.cut()
        await announce(admin, "while away")
        await stream.open(pair.second.url)
        await stream.until(lambda: titles(stream) == ["while away"])


async def test_a_process_that_stops_leaves_its_streams_a_cursor(
    pair: Pair, admin: Player, serve: Callable[..., WebServer]
) -> None:
    server = serve(pair.stores, HEARTBEAT_SECONDS=60, **PLENTY)
    stream = Stream("leaderboard:scoreboard,system")
    async with stream:
        await (await stream.open(server.url)).until_type("leaderboard.update")
        await announce(admin, "the last word")
        await stream.until(lambda: titles(stream) == ["the last word"])
        server.end()
        await stream.until_ended()
        assert stream.types[-2:] == ["heartbeat", "stream.rotate"]
        await stream.cut()
        await announce(admin, "in between")
        await stream.open(pair.first.url)
        await stream.until(lambda: titles(stream) == ["the last word", "in between"])
