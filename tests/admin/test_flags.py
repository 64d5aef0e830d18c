"""What looks wrong is flagged once, told to admins and to nobody else, and resolved by one of them."""

import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from tests.support.clients import Api, Player, data_of, error_of, eventually
from tests.support.processes import eventually as eventually_so
from tests.support.servers import Program, Stores, WebServer
from tests.support.streams import Stream, listening

FLAGS = "/api/v1/admin/flags"
BOARD, LEAP = "vault", "leap"
NOBODY = str(uuid.UUID(int=0, version=4))


@pytest_asyncio.fixture(scope="module", autouse=True)
async def _board(boss: Player) -> None:
    await boss.make_board(BOARD, LEAP)


async def flags_of(boss: Player, player: Player, **query: str) -> list[dict[str, Any]]:
    """All flags of the player, unless the query says which; the newest first."""
    parts = {"status": "all", "user": player.id, **query}
    path = "&".join(f"{name}={value}" for name, value in parts.items())
    found: list[dict[str, Any]] = data_of(await boss.request("GET", f"{FLAGS}?{path}"))["flags"]
    return found


async def until_flagged(boss: Player, player: Player, count: int) -> list[dict[str, Any]]:
    async def enough() -> list[dict[str, Any]]:
        flags = await flags_of(boss, player)
        return flags if len(flags) >= count else []

    found: list[dict[str, Any]] = await eventually(enough)
    return found


def alerts(stream: Stream, player: Player) -> list[dict[str, Any]]:
    told = [message.json for message in stream.of_type("system.announcement")]
    return [one for one in told if player.username in one["message"]]


async def test_a_jump_is_flagged_and_told_to_admins_alone(api: Api, boss: Player, watched: WebServer) -> None:
    player = await api.register("Icarus")
    async with (
        listening(watched.url, "system", token=boss.token) as hears,
        listening(watched.url, "system", token=player.token) as deaf,
    ):
        for stream in (hears, deaf):
            await stream.until_type("connected")
        await player.act(LEAP, {"points": 5_000}, action_id="to the sun")
        await hears.until(lambda: bool(alerts(hears, player)))
        await boss.announce("To everybody")
        await deaf.until_type("system.announcement")
        assert [message.json["title"] for message in deaf.of_type("system.announcement")] == ["To everybody"]
        (alert,) = alerts(hears, player)
    assert (alert["title"], alert["type"], alert["priority"]) == ("Flagged: jump", "WARNING", "HIGH")
    assert alert["targetRoles"] == ["ADMIN"]
    said = "Icarus with the action to the sun: 5000 points at once, vault changed by 5000."
    assert alert["message"] == said
    (flag,) = await flags_of(boss, player)
    assert (flag["kind"], flag["userId"], flag["username"]) == ("jump", player.id, "Icarus")
    assert (flag["actionId"], flag["resolution"]) == ("to the sun", None)
    assert flag["details"] == {"points": 5_000, "boards": [{"board": BOARD, "change": 5_000}]}


async def test_every_flag_is_kept_but_admins_are_told_once_an_hour_of_each_kind(
    api: Api, boss: Player, watched: WebServer, stores: Stores
) -> None:
    player = await api.register()
    async with listening(watched.url, "system", token=boss.token) as stream:
        await stream.until_type("connected")
        for _ in range(10):
            await player.score(LEAP, 100)
        for points in (2_000, 2_100, 2_200):
            await player.score(LEAP, points)
        flags = await until_flagged(boss, player, 4)
        assert [flag["kind"] for flag in reversed(flags)] == ["jump", "outlier", "jump", "jump"]
        _an_hour_later(stores)
        await player.score(LEAP, 1_500)
        await stream.until(lambda: len(alerts(stream, player)) == 3)
        assert [alert["title"] for alert in alerts(stream, player)] == [
            "Flagged: jump",
            "Flagged: outlier",
            "Flagged: jump",
        ]


def _an_hour_later(stores: Stores) -> None:
    with psycopg.connect(stores.database_url) as database:
        database.execute("update flags set created_at = created_at - interval '1 hour'")


async def test_over_a_hundred_actions_within_an_hour_are_flagged_one_by_one(api: Api, boss: Player) -> None:
    player = await api.register()
    for _ in range(100):
        await player.score("task_finish")
    last = [data_of(await player.act("task_finish", action_id=f"late {number}")) for number in range(2)]
    assert last[-1]["newScore"] == 1_020
    flags = await until_flagged(boss, player, 2)
    assert [(flag["kind"], flag["actionId"]) for flag in flags] == [("pace", "late 1"), ("pace", "late 0")]


async def test_what_the_server_decided_is_no_outlier(api: Api, boss: Player, stores: Stores) -> None:
    """The points of a type rise tenfold; its players did nothing."""
    kind = {"slug": "raised", "points": {"fixed": 1}, "boards": [{"board": "scoreboard"}]}
    data_of(await boss.request("POST", "/api/v1/admin/action-types", kind), 201)
    player = await api.register()
    for _ in range(12):
        await player.score("raised")
    data_of(await boss.request("PATCH", "/api/v1/admin/action-types/raised", {"points": {"fixed": 100}}))
    await player.score("raised")
    await until_followed(stores)
    assert await flags_of(boss, player) == []


async def until_followed(stores: Stores) -> None:
    """Until the worker has looked at all that there is."""
    with psycopg.connect(stores.database_url, autocommit=True) as database:
        level = "select (select max(seq) from actions) = (select seq from followers where name = 'anomalies')"
        await eventually(lambda: (database.execute(level).fetchone() or [False])[0])


async def test_a_flag_is_resolved_once_and_that_is_audited(api: Api, boss: Player) -> None:
    player = await api.register()
    await player.score(LEAP, 3_000)
    (flag,) = await until_flagged(boss, player, 1)
    path, answer = f"{FLAGS}/{flag['id']}/resolve", {"resolution": "dismissed", "note": "It was the final."}
    resolved = data_of(await boss.request("POST", path, answer))
    assert (resolved["resolution"], resolved["note"]) == ("dismissed", "It was the final.")
    assert (resolved["resolvedBy"], resolved["id"]) == (boss.id, flag["id"])
    assert await flags_of(boss, player) == [resolved] == await flags_of(boss, player, status="resolved")
    assert await flags_of(boss, player, status="open") == []
    again = await boss.request("POST", path, {"resolution": "confirmed"})
    assert error_of(again) == (409, "CONFLICT")
    newest = data_of(await boss.request("GET", "/api/v1/admin/audit?limit=1"))["audit"][0]
    assert (newest["action"], newest["entityId"], newest["actor"]) == ("flag.resolved", flag["id"], boss.id)
    assert newest["details"] == answer


async def test_flags_come_in_pages_the_newest_first(api: Api, boss: Player) -> None:
    player = await api.register()
    for points in range(2_001, 2_006):
        await player.score(LEAP, points)
    every = await until_flagged(boss, player, 5)
    first = await flags_of(boss, player, limit="2")
    then = await flags_of(boss, player, limit="2", before=first[-1]["id"], kind="jump")
    assert [flag["details"]["points"] for flag in (*first, *then)] == [2_005, 2_004, 2_003, 2_002]
    assert first + then == every[:4]
    assert await flags_of(boss, player, kind="run_mismatch") == []


@pytest.mark.parametrize(
    "query", ["status=closed", "kind=Jump!", "user=me", "before=1", f"before={NOBODY}", "limit=101", "user=%00"]
)
async def test_a_wrong_question_is_refused_by_name(boss: Player, query: str) -> None:
    answer = await boss.request("GET", f"{FLAGS}?{query}")
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert list(answer.json()["error"]["details"]) == [query.partition("=")[0]]


async def test_an_unknown_flag_is_not_found(boss: Player) -> None:
    for unknown in (NOBODY, "1"):
        path = f"{FLAGS}/{unknown}/resolve"
        assert error_of(await boss.request("POST", path, {"resolution": "confirmed"})) == (404, "NOT_FOUND")


async def test_flags_are_for_admins(api: Api, boss: Player) -> None:
    player = await api.register()
    await player.score(LEAP, 4_000)
    (flag,) = await until_flagged(boss, player, 1)
    path, answer = f"{FLAGS}/{flag['id']}/resolve", {"resolution": "dismissed"}
    data_of(await boss.request("PATCH", f"/api/v1/admin/users/{player.id}", {"role": "ORGANIZER"}))
    organizer = await api.log_in(player.username)
    for other in (organizer, await api.register()):
        assert error_of(await other.request("GET", FLAGS)) == (403, "FORBIDDEN")
        assert error_of(await other.request("POST", path, answer)) == (403, "FORBIDDEN")
    assert error_of(await api.http.get(FLAGS)) == (401, "UNAUTHORIZED")
    assert error_of(await api.http.post(path, json=answer)) == (401, "UNAUTHORIZED")
    assert await flags_of(boss, player, status="open") == [flag]


# -- workers that die --

#: More than a worker looks at between two looks of ours.
BACKLOG = 6_000


def test_a_worker_killed_among_its_pages_leaves_nothing_out_and_flags_nothing_twice(
    own_stores: Stores, work: Callable[..., Program]
) -> None:
    """Two wait for its place; whoever gets it goes on."""
    with psycopg.connect(own_stores.database_url, autocommit=True) as database:
        _backlog(database)
        first = work(own_stores)
        eventually_so(lambda: "worker active" in first.log_text())
        heirs = [work(own_stores) for _ in range(2)]
        eventually_so(lambda: _count(database, "select count(*) from flags") > 0)
        first.kill()
        assert _count(database, "select count(*) from flags") < BACKLOG, "killed too late to prove anything"
        eventually_so(lambda: _count(database, "select count(*) from flags") >= BACKLOG, 30)
        assert _count(database, "select count(distinct action_id) from flags") == BACKLOG
        assert _count(database, "select seq from followers where name = 'anomalies'") == BACKLOG
        assert _count(database, "select count(*) from events where name = 'system:role:ADMIN'") == 2
        assert sum("worker active" in heir.log_text() for heir in heirs) == 1


def _backlog(database: psycopg.Connection) -> None:
    """Jumps of two players, in turn."""
    for number in range(2):
        database.execute(
            "insert into users (id, username, username_key, email, email_key, password_hash, role)"
            " values (%(id)s, %(name)s, %(name)s, %(name)s, %(name)s, '', 'PARTICIPANT')",
            {"id": str(uuid.UUID(int=number)), "name": f"cheat {number}"},
        )
    database.execute(
        "insert into actions (user_id, action_id, action_type, seq, points, effects, signature, metadata,"
        " request_id, claimed_at, accepted_at)"
        " select lpad((n %% 2)::text, 32, '0')::uuid, 'action ' || n, 'task_finish', n, 5000, '[]', '', '{}', '',"
        " now(), now() - make_interval(days => n) from generate_series(1, %s) n",
        [BACKLOG],
    )
    database.execute("update commits set seq = %s", [BACKLOG])


def _count(database: psycopg.Connection, query: str) -> int:
    row = database.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


async def test_what_was_voided_before_anybody_looked_is_not_flagged(
    own_stores: Stores, serve: Callable[..., WebServer], work: Callable[..., Program]
) -> None:
    server = serve(own_stores)
    async with Api(server.url) as api:
        boss, player = await api.admin(own_stores), await api.register()
        await boss.make_board(BOARD, LEAP)
        for action_id in ("gone", "here"):
            data_of(await player.act(LEAP, {"points": 2_000}, action_id=action_id))
        void = {"userId": player.id, "reason": "A script."}
        data_of(await boss.request("POST", "/api/v1/admin/actions/gone/void", void))
        work(own_stores)
        await until_followed(own_stores)
        assert [flag["actionId"] for flag in await flags_of(boss, player)] == ["here"]
