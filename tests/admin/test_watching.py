"""What admins see of two web processes while people come and go."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
import pytest_asyncio

from sse_board.admin.forgetting import ConnectionsChore
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect
from tests.admin.conftest import PLENTY
from tests.support.clients import Api, Player, data_of, error_of, eventually
from tests.support.servers import Runner, Stores, WebServer
from tests.support.sockets import connected
from tests.support.streams import Stream, listening

CONNECTIONS, HEALTH = "/api/v1/admin/connections", "/api/v1/admin/health"
NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Site:
    stores: Stores
    first: WebServer
    second: WebServer
    api: Api
    boss: Player

    async def get(self, path: str, api: Api | None = None) -> Any:
        return data_of(await self.boss.request("GET", path, api=api))

    async def connections(self, user: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(f"{CONNECTIONS}?user={user}"))["connections"]
        return found

    async def history(self, user: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(f"{CONNECTIONS}/history?user={user}"))["connections"]
        return found


@pytest_asyncio.fixture(scope="module")
async def site(stores: Stores, runner: Runner) -> AsyncIterator[Site]:
    first, second = runner.serve_two(stores, HEARTBEAT_SECONDS=1, **PLENTY)
    async with Api(first.url) as api:
        site = Site(stores, first, second, api, await api.admin(stores))

        async def has_both() -> bool:
            return len((await site.get(HEALTH))["processes"]) == 2

        await eventually(has_both)
        yield site


async def online(asker: Player, *users: str) -> list[str]:
    answer = await asker.request("GET", f"/api/v1/presence?users={','.join(users)}")
    return [one["userId"] for one in data_of(answer)["users"] if one["status"] == "online"]


# -- who is online --


async def test_people_are_online_wherever_they_listen_and_sockets_and_streams_are_told_how_many(
    site: Site,
) -> None:
    players = [await site.api.register() for _ in range(3)]
    ids = [player.id for player in players]
    async with AsyncExitStack() as stack:
        watch = await stack.enter_async_context(listening(site.first.url, "presence:site"))
        before = (await watch.until_type("presence.update")).json["count"]
        socket = await stack.enter_async_context(connected(site.second.url, token=players[0].token))
        await stack.enter_async_context(listening(site.second.url, "system", token=players[0].token))
        await stack.enter_async_context(listening(site.first.url, "system", token=players[1].token))
        await watch.until(lambda: counts(watch)[-1] == before + 2)
        await socket.until(lambda: socket.of_type("connection_status")[-1]["data"]["userCount"] == before + 2)
        assert await online(players[0], *ids) == ids[:2]
        poll = players[2].request("GET", "/api/v1/events?channels=system&wait=3")
        waiting = asyncio.create_task(poll)
        await watch.until(lambda: counts(watch)[-1] == before + 3)
        assert await online(players[0], *ids) == ids
        data_of(await waiting)
    assert await online(players[0], *ids) == ids, "who reloads a page is not gone meanwhile"


def counts(stream: Stream) -> list[int]:
    return [message.json["count"] for message in stream.of_type("presence.update")]


async def test_who_hides_is_offline_to_others_at_once_wherever_they_said_so(site: Site) -> None:
    player, other = await site.api.register(), await site.api.register()
    async with Api(site.second.url) as second, listening(site.first.url, "system", token=player.token):

        async def is_online() -> bool:
            return await online(other, player.id) == [player.id]

        async def is_offline() -> bool:
            return not await is_online()

        await eventually(is_online)
        for shows, holds in ((False, is_offline), (True, is_online)):
            preferences = {"showOnline": shows}
            path = "/api/v1/notifications/preferences"
            data_of(await player.request("PATCH", path, preferences, api=second))
            await eventually(holds)


@pytest.mark.parametrize(
    "users", ["", ",", "ada", f"{NOBODY},x", ",".join(f"{NOBODY[:-3]}{n:03}" for n in range(101))]
)
async def test_who_asks_for_nobody_or_for_too_many_is_told_so(site: Site, users: str) -> None:
    answer = await site.boss.request("GET", f"/api/v1/presence?users={users}")
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert error_of(await site.api.http.get(f"/api/v1/presence?users={NOBODY}")) == (401, "UNAUTHORIZED")


async def test_scopes_that_there_are_not_cannot_be_listened_to(site: Site) -> None:
    async with listening(site.first.url, f"presence:site,presence:tournament:{NOBODY},presence:") as stream:
        refused = (await stream.until_type("connected")).json["refused"]
    assert [one["code"] for one in refused] == ["NOT_FOUND", "NOT_FOUND"]


# -- connections --


async def test_connections_of_all_processes_are_listed_page_by_page(site: Site) -> None:
    player = await site.api.register()
    async with AsyncExitStack() as stack:
        for server in (site.first, site.second):
            stream = await stack.enter_async_context(listening(server.url, "system", token=player.token))
            await stream.until_type("connected")
        socket = connected(site.second.url, token=player.token, channels="leaderboard")
        await (await stack.enter_async_context(socket)).until_type("connected")
        found = await site.connections(player.id)
        assert {(one["transport"], *one["channels"]) for one in found} == {
            ("sse", "system"),
            ("websocket", "leaderboard:scoreboard"),
        }
        assert {(one["username"], one["address"]) for one in found} == {(player.username, "127.0.0.1")}
        assert {one["agent"].partition("/")[0] for one in found} == {"python-httpx", "Python"}
        assert len({one["sessionId"][:8] for one in found}) == 2
        paged: list[dict[str, Any]] = []
        more = True
        while more:
            after = f"&after={paged[-1]['sessionId']}" if paged else ""
            page = await site.get(f"{CONNECTIONS}?user={player.id}&limit=1{after}")
            assert len(page["connections"]) == 1
            assert page["unanswered"] == []
            paged += page["connections"]
            more = page["more"]
        assert [one["sessionId"] for one in paged] == [one["sessionId"] for one in found]


async def test_an_admin_ends_one_connection_wherever_it_is_and_that_is_recorded(site: Site) -> None:
    player = await site.api.register()
    async with AsyncExitStack() as stack:
        kept = await stack.enter_async_context(listening(site.first.url, "system", token=player.token))
        ended = await stack.enter_async_context(listening(site.second.url, "system", token=player.token))
        socket = await stack.enter_async_context(connected(site.second.url, token=player.token))
        ids = [(await one.until_type("connected")).json["sessionId"] for one in (kept, ended)]
        ids.append((await socket.until_type("connected"))["data"]["sessionId"])
        refused = await player.request("DELETE", f"{CONNECTIONS}/{ids[0]}")
        assert error_of(refused) == (403, "FORBIDDEN")
        for id in ids[1:]:
            data_of(await site.boss.request("DELETE", f"{CONNECTIONS}/{id}"))
        await ended.until_ended()
        assert ended.types[-1] == "stream.rotate"
        assert ended.messages[-1].retry is not None
        assert await socket.until_closed() == 1012
        again = await site.boss.request("DELETE", f"{CONNECTIONS}/{ids[1]}")
        assert error_of(again) == (404, "NOT_FOUND")
        assert [one["sessionId"] for one in await site.connections(player.id)] == [ids[0]]
        audit = await site.get(f"/api/v1/admin/audit?action=connection.end&entityId={ids[1]}")
        assert [(one["actor"], one["entityType"]) for one in audit["audit"]] == [(site.boss.id, "connection")]

        async def is_written() -> bool:
            return [one["reason"] for one in await site.history(player.id)].count("ended") == 2

        await eventually(is_written)


async def test_what_a_frozen_process_does_later_is_recorded_too(site: Site) -> None:
    player = await site.api.register()
    async with listening(site.second.url, "system", token=player.token) as stream:
        session = (await stream.until_type("connected")).json["sessionId"]
        (pid,) = [one["pid"] for one in (await site.get(HEALTH))["processes"] if one["process"] == session[:8]]
        os.kill(pid, signal.SIGSTOP)
        try:
            refused = await site.boss.request("DELETE", f"{CONNECTIONS}/{session}")
        finally:
            os.kill(pid, signal.SIGCONT)
        assert error_of(refused) == (503, "UNAVAILABLE")
        await stream.until_ended()
    audit = await site.get(f"/api/v1/admin/audit?action=connection.end&entityId={session}")
    assert [one["actor"] for one in audit["audit"]] == [site.boss.id]


async def test_the_history_says_when_each_connection_was_opened_and_how_it_ended(site: Site) -> None:
    player = await site.api.register()
    async with listening(site.second.url, "system", token=player.token) as stream:
        session = (await stream.until_type("connected")).json["sessionId"]
        (one,) = await eventually(lambda: site.history(player.id))
        assert (one["sessionId"], one["username"]) == (session, player.username)
        assert (one["closedAt"], one["reason"]) == (None, None)

    async def has_ended() -> list[dict[str, Any]]:
        return [one for one in await site.history(player.id) if one["closedAt"]]

    (one,) = await eventually(has_ended)
    assert (one["sessionId"], one["reason"], one["transport"]) == (session, "client", "sse")
    assert one["openedAt"] < one["closedAt"]
    older = await site.get(f"{CONNECTIONS}/history?user={player.id}&before={one['id']}")
    assert older["connections"] == []


async def test_the_history_still_tells_after_billions_of_connections(site: Site) -> None:
    player = await site.api.register()
    with psycopg.connect(site.stores.database_url, autocommit=True) as connection:
        connection.execute("select setval(pg_get_serial_sequence('connections', 'place'), 5000000000)")
    async with listening(site.first.url, "system", token=player.token) as stream:
        await stream.until_type("connected")
        (one,) = await eventually(lambda: site.history(player.id))
    assert one["id"] > 5_000_000_000
    older = await site.get(f"{CONNECTIONS}/history?user={player.id}&before={one['id'] + 1}")
    assert [row["id"] for row in older["connections"]] == [one["id"]]


async def test_a_socket_that_tells_who_it_is_belongs_to_its_user_from_then_on(site: Site) -> None:
    player = await site.api.register()
    async with connected(site.first.url) as socket:
        await socket.until_type("connected")
        assert await site.connections(player.id) == []
        await socket.say(action="auth", token=player.token)
        await socket.until_type("connected", 2)
        assert [one["userId"] for one in await site.connections(player.id)] == [player.id]
        await eventually(lambda: site.history(player.id))


async def test_comings_and_goings_of_all_processes_are_told_to_admins(site: Site) -> None:
    player = await site.api.register()
    async with listening(site.first.url, "admin:connections", token=site.boss.token) as watch:
        snapshot = (await watch.until_type("connections.update")).json
        assert (snapshot["opened"], snapshot["closed"], snapshot["more"]) == ([], [], 0)
        async with listening(site.second.url, "system", token=player.token) as stream:
            session = (await stream.until_type("connected")).json["sessionId"]
            await watch.until(lambda: bool(told(watch, "opened", session)))
        await watch.until(lambda: bool(told(watch, "closed", session)))
    (opened,), (closed,) = told(watch, "opened", session), told(watch, "closed", session)
    assert (opened["userId"], opened["transport"], closed["reason"]) == (player.id, "sse", "client")


def told(stream: Stream, kind: str, session: str) -> list[dict[str, Any]]:
    updates = [message.json for message in stream.of_type("connections.update")]
    return [one for update in updates for one in update[kind] if one["sessionId"] == session]


# -- health --


async def test_health_tells_of_all_processes_and_moves(site: Site) -> None:
    health = await site.get(HEALTH)
    assert (health["status"], health["complete"]) == ("ok", True)
    assert health["stores"] == {"postgres": True, "redis": True}
    assert len({one["pid"] for one in health["processes"]}) == 2
    async with listening(site.second.url, "admin:health", token=site.boss.token) as watch:
        await watch.until(lambda: streams_of(watch) == 1)  # those of other tests have been told as gone
        async with listening(site.first.url, "system"), listening(site.first.url, "system"):
            await watch.until(lambda: streams_of(watch) == 3)
        await watch.until(lambda: latest(watch)["rates"]["closed"] > 0)


def streams_of(watch: Stream) -> int:
    """How many there are by the newest word; 0 before the first."""
    return int(latest(watch)["streams"]["sse"]) if watch.of_type("health.update") else 0


def latest(stream: Stream) -> dict[str, Any]:
    data: dict[str, Any] = stream.of_type("health.update")[-1].json
    return data


async def test_only_admins_see_any_of_it(site: Site) -> None:
    player = await site.api.register()
    for path in (CONNECTIONS, f"{CONNECTIONS}/history", HEALTH):
        assert error_of(await site.api.http.get(path)) == (401, "UNAUTHORIZED")
        assert error_of(await player.request("GET", path)) == (403, "FORBIDDEN")
    for query in ("user=me", "after=x", "limit=0", "limit=101"):
        assert error_of(await site.boss.request("GET", f"{CONNECTIONS}?{query}")) == (400, "INVALID_REQUEST")


async def test_the_audit_log_is_read_by_who_did_what_to_what_and_when(site: Site) -> None:
    player = await site.api.register()
    for role in ("ORGANIZER", "VIEWER"):
        data_of(await site.boss.request("PATCH", f"/api/v1/admin/users/{player.id}", {"role": role}))

    async def found(**query: str) -> list[str]:
        page = await site.get(f"/api/v1/admin/audit?{urlencode({'entityId': player.id, **query})}")
        return [one["createdAt"] for one in page["audit"]]

    newest, oldest = await found()
    assert await found(actor=site.boss.id, action="user.role", entityType="user") == [newest, oldest]
    assert await found(since=newest, until="2999-01-01T00:00:00Z") == [newest]
    for nothing in ({"actor": player.id}, {"action": "user.block"}, {"entityType": "flag"}, {"until": oldest}):
        assert await found(**nothing) == []
    for wrong in ("actor=me", "action=%00", "since=yesterday", "until=2026-01-10T10:30:00", "before=x"):
        assert error_of(await site.boss.request("GET", f"/api/v1/admin/audit?{wrong}")) == (400, "INVALID_REQUEST")


async def test_a_process_without_redis_tells_of_itself_and_says_so(
    site: Site, serve: Callable[..., WebServer]
) -> None:
    alone = serve(site.stores, REDIS_URL="redis://127.0.0.1:1/0", **PLENTY)
    async with Api(alone.url) as api, listening(alone.url, "presence:site", token=site.boss.token) as stream:
        health = await site.get(HEALTH, api)
        assert (health["status"], health["complete"]) == ("degraded", False)
        assert health["stores"] == {"postgres": True, "redis": False}
        assert len(health["processes"]) == 1
        await stream.until(lambda: counts(stream)[-1:] == [1])
        assert stream.of_type("presence.update")[-1].json["partial"] is True
        page = await site.get(f"{CONNECTIONS}?user={site.boss.id}", api)
        assert [one["userId"] for one in page["connections"]] == [site.boss.id]
        assert page["complete"] is False
        elsewhere = await site.boss.request("DELETE", f"{CONNECTIONS}/{NOBODY}", api=api)
        assert error_of(elsewhere) == (503, "UNAVAILABLE")
        answer = await site.boss.request("GET", f"/api/v1/presence?users={site.boss.id}", api=api)
        assert error_of(answer) == (503, "UNAVAILABLE")


async def test_a_process_that_was_killed_is_missed_and_its_connections_are_lost(site: Site) -> None:
    """What the worker does for the history is done by hand: once is too little, for the process may be busy."""
    player = await site.api.register()
    async with AsyncExitStack() as stack:
        stream = await Stream("system", token=player.token).open(site.second.url)
        stack.push_async_callback(stream.cut)
        process = (await stream.until_type("connected")).json["sessionId"][:8]
        await eventually(lambda: site.history(player.id))
        (pid,) = [one["pid"] for one in (await site.get(HEALTH))["processes"] if one["process"] == process]
        os.kill(pid, signal.SIGKILL)

    async def is_missed() -> bool:
        return process not in [one["process"] for one in (await site.get(HEALTH))["processes"]]

    await eventually(is_missed)
    async with chore(site.stores) as connections:
        await connections.tidy()
        assert [one["reason"] for one in await site.history(player.id)] == [None]
        await connections.tidy()
        assert [one["reason"] for one in await site.history(player.id)] == ["lost"]
        with psycopg.connect(site.stores.database_url, autocommit=True) as database:
            aged = "update connections set opened_at = opened_at - interval '8 days' where user_id = %s"
            database.execute(aged, [player.id])
        await connections.tidy()
        assert await site.history(player.id) == []


@contextlib.asynccontextmanager
async def chore(stores: Stores) -> AsyncIterator[ConnectionsChore]:
    postgres, redis = Postgres(stores.database_url, size=1), connect(stores.redis_url)
    await postgres.open()
    yield ConnectionsChore(postgres, redis)
    await postgres.close()
    await redis.aclose()
