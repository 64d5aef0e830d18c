"""Every event that `docs/protocol.md` tells of is heard, on every way that can tell it, and is as it says."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import redis
from psycopg import sql
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sse_board.accounts.tokens import ACCESS_SECONDS
from sse_board.clock import iso, utc_now
from sse_board.live.events.outbox import Outbox
from sse_board.notifications.maintenance import Timekeeper
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect as connect_redis
from tests.live.conftest import PLENTY, Pair
from tests.live.test_stream_facts import aged
from tests.support.clients import PATIENCE, Api, Player, data_of, eventually, parse
from tests.support.eventlog import write_event
from tests.support.protocol import CHANNELS, GROUPS, check_message, check_older, examples
from tests.support.servers import Stores, WebServer
from tests.support.streams import listening
from tests.tournaments.arena import Arena, arena

PUBLIC = "leaderboard:scoreboard,system,activity:feed,activity:achievements,activity:high-scores"
#: What an admin hears of all channels.
ALL = f"{PUBLIC},presence:site,user:me:*,admin:health,admin:connections"
#: What no client can be told over a socket, and what the older endpoint has another name for.
NOT_ON_SOCKETS, OLDER = {"busy"}, "leaderboard:update"
#: Room for one stream and one socket, which do not live long.
SMALL = {"STREAM_LIMIT": 2, "STREAM_MAX_AGE": 2}


def documented(*groups: str) -> set[str]:
    return {event for group in groups for event in GROUPS[group]}


async def tell(pair: Pair, player: Player, admin: Player, run: str, open: Arena) -> None:
    """One event of each type on the channels of the player."""
    await player.score("task_finish")
    data_of(await player.request("POST", f"/api/v1/sessions/{run}/progress", {"currentWpm": 60}), 202)
    await admin.announce("To all")
    await admin.announce("To one", targetUsers=[player.id])
    await maintain(pair, admin)
    tell_what_others_would(pair.stores, player, open)


async def maintain(pair: Pair, admin: Player) -> None:
    """A maintenance that begins at once and is called off; no worker is here, so its turn is done by hand."""
    times = {"startsAt": iso(utc_now()), "endsAt": iso(utc_now() + timedelta(hours=1))}
    path = "/api/v1/admin/maintenance"
    id = data_of(await admin.request("POST", path, {**times, "message": "New disks."}), 201)["id"]
    postgres, store = Postgres(pair.stores.database_url, size=1), connect_redis(pair.stores.redis_url)
    await postgres.open()
    await Timekeeper(postgres, Outbox(postgres, store, "nobody", lambda: None), utc_now).turn()
    await store.aclose()
    await postgres.close()
    data_of(await admin.request("DELETE", f"{path}/{id}"))


async def started(player: Player) -> str:
    """A practice run."""
    run: str = data_of(await player.request("POST", "/api/v1/sessions", {"app": "typing"}), 201)["sessionId"]
    return run


def tell_what_others_would(stores: Stores, player: Player, open: Arena) -> None:
    """The documented examples of events that the active worker tells, and of a tournament."""
    for event, data in examples():
        name = data.get("channel", "")
        if name.startswith(("activity:", "tournament", "game:")) or name.endswith(":achievements"):
            channel = f"user:{player.id}:achievements" if name.startswith("user:") else of_arena(name, open)
            told = {key: value for key, value in data.items() if key not in ("channel", "timestamp")}
            write_event(stores, channel, event, told)


def of_arena(channel: str, open: Arena) -> str:
    """The channel of an example, of a tournament that there is."""
    family, _, rest = channel.partition(":")
    if family == "game":
        return f"game:{open.games[1][0]}"
    return f"{open.channel}{rest[36:]}" if family == "tournament" else channel


def channels_of(open: Arena) -> str:
    """All of a tournament and its first game."""
    names = [open.channel, f"{open.channel}:games", open.standings, f"game:{open.games[1][0]}"]
    return ",".join([*names, "tournaments:all", f"presence:{open.channel}"])


def opened_arena(pair: Pair) -> Arena:
    made = arena(pair.stores, players=2)
    made.start(1)
    return made


@pytest.fixture(scope="module")
def small(pair: Pair, serve: Callable[..., WebServer]) -> WebServer:
    return serve(pair.stores, **SMALL, **PLENTY)


async def test_every_event_is_heard_on_a_stream(
    api: Api, pair: Pair, admin: Player, small: WebServer, own_stores: Stores, serve: Callable[..., WebServer]
) -> None:
    player = await api.admin(pair.stores)
    heard = await asyncio.gather(
        events_of_a_stream(pair, player, admin),
        events_of_a_lost_login(pair, player),
        events_of_a_full_process(small),
        events_of_a_full_process_without_stores(serve(own_stores, STREAM_LIMIT=1), own_stores),
    )
    assert set().union(*heard) == documented("channels", "the connection")


async def events_of_a_stream(pair: Pair, player: Player, admin: Player) -> set[str]:
    run, open = await started(player), opened_arena(pair)
    asked = f"{ALL},session:{run}:competitors,{channels_of(open)}"
    async with listening(pair.second.url, asked, token=player.token, lastEventId="nonsense") as stream:
        await stream.until_type("leaderboard.update")
        await tell(pair, player, admin, run, open)
        wanted = {*documented("channels"), "connected", "history.truncated", "heartbeat"}
        await stream.until(lambda: wanted <= set(stream.types))
        return set(stream.types)


async def events_of_a_lost_login(pair: Pair, player: Player) -> set[str]:
    token = aged(pair, player, seconds=ACCESS_SECONDS - 2)
    async with listening(pair.first.url, ALL, token=token) as stream:
        await stream.until_ended()
        assert stream.types[-1] == "auth.expired"
        return set(stream.types)


async def events_of_a_full_process(server: WebServer) -> set[str]:
    async with listening(server.url, PUBLIC) as one, listening(server.url, PUBLIC) as two:
        for seated in (one, two):
            await seated.until_type("leaderboard.update")
        async with listening(server.url, PUBLIC) as late:
            await late.until_ended()
            assert late.types == ["busy", "leaderboard.update"]
        await one.until_type("stream.rotate")
        return {*one.types, *late.types}


async def events_of_a_full_process_without_stores(server: WebServer, stores: Stores) -> set[str]:
    """A state that nobody listens to and nobody can read is refused by name."""
    async with listening(server.url, "system") as seated:
        await seated.until_type("connected")
        with without_database(stores):
            async with listening(server.url, PUBLIC) as late:
                await late.until_ended()
                assert late.types == ["busy", "error"]
                assert late.messages[-1].json["channel"] == "leaderboard:scoreboard"
                assert late.messages[-1].json["code"] == "UNAVAILABLE"
                return set(late.types)


@contextlib.contextmanager
def without_database(stores: Stores) -> Iterator[None]:
    """Redis is empty, and the database lets nobody in."""
    with contextlib.closing(redis.Redis.from_url(stores.redis_url)) as store:
        store.flushdb()
    url = psycopg.conninfo.conninfo_to_dict(stores.database_url)
    name = sql.Identifier(str(url["dbname"]))
    allow = sql.SQL("alter database {} allow_connections {}")
    elsewhere = psycopg.conninfo.make_conninfo(stores.database_url, dbname="postgres")
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        connection.execute(allow.format(name, sql.SQL("false")))
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [url["dbname"]]
        )
        try:
            yield
        finally:
            connection.execute(allow.format(name, sql.SQL("true")))


# -- sockets --


def opened(server: WebServer, query: str, path: str = "/api/ws", token: str = "") -> connect:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    address = f"{server.url.replace('http', 'ws', 1)}{path}?{query}"
    return connect(address, additional_headers=headers, proxy=None)


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection, wanted: set[str]) -> dict[str, Any]:
    """The newest message of each type, each of them checked, until there are all that are wanted."""
    heard: dict[str, Any] = {}
    async with asyncio.timeout(PATIENCE):
        while not wanted <= set(heard):
            message = parse(await socket.recv())
            if "event" in message:
                check_older(message)
            else:
                check_message(message)
            heard[message.get("event") or message["type"]] = message
    return heard


async def close_code(socket: ClientConnection) -> int | None:
    async with asyncio.timeout(PATIENCE):
        await socket.wait_closed()
    return socket.close_code


async def test_every_event_is_heard_on_a_socket(api: Api, pair: Pair, admin: Player, small: WebServer) -> None:
    player = await api.admin(pair.stores)
    heard = await asyncio.gather(
        events_of_a_socket(pair, player, admin),
        last_event_of_an_old_socket(small),
        last_events_of_a_lost_login(pair, player),
    )
    everything = documented("channels", "the connection", "sockets")
    assert set().union(*heard) == everything - NOT_ON_SOCKETS - {OLDER}


async def events_of_a_socket(pair: Pair, player: Player, admin: Player) -> set[str]:
    run, open = await started(player), opened_arena(pair)
    query = f"channels={ALL},session:{run}:competitors,{channels_of(open)}&lastEventId=nonsense"
    async with opened(pair.second, query, token=player.token) as socket:
        for action in ("subscribe", "unsubscribe"):
            await say(socket, action=action, channel="leaderboard:*")
        for action in ("ping", "dance"):
            await say(socket, type=action)
        answers = documented("sockets") - {OLDER}
        heard = set(await hear(socket, {*answers, "connected", "history.truncated", "error"}))
        await say(socket, action="subscribe", channel="leaderboard")
        await tell(pair, player, admin, run, open)
        heard |= set(await hear(socket, {*documented("channels"), "heartbeat"} - heard))
        return heard


async def last_event_of_an_old_socket(server: WebServer) -> set[str]:
    socket: ClientConnection = await eventually(lambda: seat(server))
    heard = await hear(socket, {"stream.rotate"})
    assert await close_code(socket) == 1012
    return set(heard)


async def seat(server: WebServer) -> ClientConnection | None:
    """None while those who were here before have not left yet."""
    try:
        return await opened(server, "")
    except InvalidStatus as refused:
        if refused.response.status_code != 503:
            raise
        return None


async def last_events_of_a_lost_login(pair: Pair, player: Player) -> set[str]:
    token = aged(pair, player, seconds=ACCESS_SECONDS - 2)
    async with opened(pair.first, f"channels={ALL}", token=token) as socket:
        heard = await hear(socket, {"auth.expiring", "auth.expired"})
        assert await close_code(socket) == 1008
        return set(heard)


async def test_the_older_endpoint_tells_its_channels_once_however_often_one_logs_in(
    api: Api, pair: Pair, admin: Player
) -> None:
    """A second login listed the player's channel twice."""
    player = await api.register()
    async with opened(pair.first, "", "/api/v1/scores/live", player.token) as socket:
        heard = await hear(socket, {"connected", "connection_status", OLDER})
        await say(socket, action="auth", token=player.token)
        again = await hear(socket, {"connected"})
        channels = ["leaderboard:scoreboard", f"user:{player.id}:score"]
        assert heard["connected"]["data"]["channels"] == again["connected"]["data"]["channels"] == channels
        await tell(pair, player, admin, await started(player), opened_arena(pair))
        await hear(socket, {OLDER, "score:personal", "heartbeat"})


async def test_a_message_that_is_far_too_long_closes_the_socket(pair: Pair) -> None:
    async with opened(pair.first, "") as socket:
        await socket.send("x" * (64 * 1024 + 1))
        with pytest.raises(ConnectionClosed):
            await hear(socket, {"never"})
        assert await close_code(socket) == 1009


async def test_a_cursor_in_the_url_is_good_for_its_channels_or_for_the_first_that_a_message_asks_for(
    pair: Pair, admin: Player
) -> None:
    async with opened(pair.first, "channels=system") as socket:
        await admin.announce("Heard")
        cursor = (await hear(socket, {"system.announcement"}))["system.announcement"]["id"]
    await admin.announce("Missed")
    for query in ("channels=system&", ""):
        async with opened(pair.first, f"{query}lastEventId={cursor}") as socket:
            if not query:
                await say(socket, action="subscribe", channel="system")
            told = (await hear(socket, {"system.announcement"}))["system.announcement"]
            assert told["data"]["title"] == "Missed"


# -- polls --


async def test_every_event_of_a_channel_is_polled(api: Api, pair: Pair, admin: Player) -> None:
    player, heard = await api.admin(pair.stores), set[str]()
    run, open = await started(player), opened_arena(pair)
    query = {"channels": f"{ALL},session:{run}:competitors,{channels_of(open)}"}
    async with asyncio.timeout(PATIENCE):
        while heard != documented("channels"):
            data = data_of(await api.http.get("/api/v1/events", params=query, headers=player.bearer))
            assert set(data) == {"events", "cursor", "truncated", "refused"}
            heard |= check_answer(data["events"])
            if "after" not in query:
                await tell(pair, player, admin, run, open)
            query |= {"after": data["cursor"], "wait": "5"}


def check_answer(events: list[dict[str, Any]]) -> set[str]:
    """The types of the events; states come first, as snapshots."""
    for event in events:
        check_message(event)
        assert event["data"].get("snapshot", True)
    kinds = {event: channel.kind for channel in CHANNELS for event in channel.events}
    order = [kinds[event["type"]] for event in events]
    assert order == sorted(order, reverse=True)
    return {event["type"] for event in events}
