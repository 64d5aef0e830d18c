"""What belongs to one user is shown to nobody else, and refusals do not tell who exists."""

import itertools
import json
import re
import statistics
import time
import uuid
from typing import Any

import httpx
import pytest
import redis

from sse_board.web.openapi import read_document
from tests.support.clients import PASSWORD, Api, Player, data_of, error_of
from tests.support.servers import Stores
from tests.support.sockets import Socket, connected
from tests.support.streams import Stream, listening

DOCUMENT = read_document()
AUTH = "/api/v1/auth"
NOBODY = "00000000-0000-4000-8000-000000000000"
#: A login that skips the hash is some ten times as fast; a busy machine is not that uneven.
TIMING_RATIO = 2.5
ROUNDS = 9
#: Long enough for what must not come: a hint takes milliseconds. Seconds.
QUIET = 1

_numbers = itertools.count(1)


def private(player: Player) -> list[str]:
    """Every private channel that there is or will be."""
    names = ("progress", "score", "achievements", "rank-changes", "notifications")
    return [f"user:{player.id}:{name}" for name in names]


def heard_of(messages: Any, victim: Player) -> list[Any]:
    """Events on a channel of the victim's, but for those that say no."""
    told = [one for one in messages if one.get("type") != "error"]
    return [one for one in told if str(one.get("channel", "")).startswith(f"user:{victim.id}")]


def refused_names(told: dict[str, Any]) -> set[str]:
    assert {one["code"] for one in told["refused"]} <= {"FORBIDDEN", "UNAUTHORIZED", "NOT_FOUND"}
    return {one["channel"] for one in told["refused"]}


@pytest.mark.parametrize("who", ["stranger", "nobody"])
async def test_private_channels_are_refused_on_every_way_and_nothing_leaks(
    api: Api, other: Api, admin: Player, player: Player, stranger: Player, who: str
) -> None:
    token = stranger.token if who == "stranger" else ""
    bearer = {"Authorization": f"Bearer {token}"} if token else {}
    asked = ",".join([*private(player), "leaderboard:overall", "system"])
    query = {"channels": asked}
    poll = data_of(await api.http.get("/api/v1/events", params=query, headers=bearer))
    assert refused_names(poll) == set(private(player))
    async with (
        listening(other.url, asked, token=token) as stream,
        connected(other.url, token=token, channels=asked) as socket,
        connected(other.url, "/api/v1/scores/live", token=token, channels=asked) as older,
    ):
        for told in ((await stream.until_type("connected")).json, *await greetings(socket, older)):
            assert refused_names(told) == set(private(player))
            change = {"sessionId": told["sessionId"], "channels": private(player)}
            secret = {"sessionSecret": told["sessionSecret"]} if "sessionSecret" in told else {}
            answer = await api.http.post("/api/ws/subscribe", json={**change, **secret}, headers=bearer)
            assert refused_names(data_of(answer)) == set(private(player))
        for channel in private(player):
            await socket.say(action="subscribe", channel=channel)
        await socket.until_type("error", len(private(player)))
        await player.score("task_finish")
        await admin.announce("to you alone", targetUsers=[player.id])
        await admin.announce("to all")
        await stream.until_type("system.announcement")
        await socket.until_type("system.announcement")
        heard = [json.loads(text) for text in re.findall(rb"^data: (\{.*)$", bytes(stream.raw), re.MULTILINE)]
        for messages in (heard, socket.messages, older.messages):
            assert not heard_of(messages, player)
        assert b"to you alone" not in stream.raw
        assert "to you alone" not in str(socket.messages) + str(older.messages)
    waited = {**query, "wait": QUIET, "after": poll["cursor"]}
    late = data_of(await api.http.get("/api/v1/events", params=waited, headers=bearer))
    assert not heard_of(late["events"], player)
    assert "to you alone" not in str(late)


async def greetings(*sockets: Socket) -> list[dict[str, Any]]:
    return [(await socket.until_type("connected"))["data"] for socket in sockets]


async def test_an_inbox_is_not_even_an_admins(api: Api, admin: Player, player: Player) -> None:
    channel = f"user:{player.id}:notifications"
    async with listening(api.url, channel, token=admin.token) as stream:
        told = (await stream.until_type("connected")).json
        assert told["refused"] == [{"channel": channel, "code": "FORBIDDEN"}]
    poll = await admin.request("GET", f"/api/v1/events?channels={channel}")
    assert data_of(poll)["refused"] == [{"channel": channel, "code": "FORBIDDEN"}]


@pytest.mark.parametrize("channel", ["user:ID:score ", "user:ID:SCORE", "USER:ID:score", "user:ID:score:x"])
async def test_a_channel_that_is_spelled_otherwise_is_not_the_same(
    api: Api, player: Player, stranger: Player, channel: str
) -> None:
    names = [
        channel.replace("ID", written) for written in (player.id, player.id.upper(), player.id.replace("-", ""))
    ]
    poll = data_of(await stranger.request("GET", f"/api/v1/events?channels={','.join(names)}"))
    assert not heard_of(poll["events"], player)
    assert len(poll["refused"]) == len({name.strip() for name in names})


async def test_a_cursor_gives_no_rights(api: Api, admin: Player, player: Player, stranger: Player) -> None:
    async with listening(api.url, f"user:{player.id}:notifications", token=player.token) as stream:
        await admin.announce("only for one", targetUsers=[player.id])
        cursor = (await stream.until_type("notification")).id
    early = Stream(f"user:{player.id}:notifications,system", token=stranger.token, lastEventId="0")
    late = Stream(f"user:{player.id}:notifications,system", token=stranger.token, lastEventId=str(cursor))
    for stolen in (early, late):
        async with await stolen.open(api.url) as stream:
            await stream.until_type("connected")
            await admin.announce("for all")
            await stream.until_type("system.announcement")
            assert b"only for one" not in stream.raw


async def test_a_foreign_stream_is_changed_by_nobody_but_its_owner(
    api: Api, other: Api, player: Player, stranger: Player, admin: Player
) -> None:
    async with (
        listening(api.url, "leaderboard:overall", token=player.token) as owned,
        listening(api.url, "leaderboard:overall") as anonymous,
        listening(api.url, "leaderboard:overall") as other_anonymous,
    ):
        theirs, nobodys, another = [
            (await stream.until_type("connected")).json for stream in (owned, anonymous, other_anonymous)
        ]
        for do, at, who in itertools.product(("subscribe", "unsubscribe"), (api, other), (stranger, admin, None)):
            bearer = who.bearer if who else {}
            for session, secret in [
                (theirs["sessionId"], None),
                (theirs["sessionId"], another["sessionSecret"]),
                (nobodys["sessionId"], None),
                (nobodys["sessionId"], another["sessionSecret"]),
                (nobodys["sessionId"], nobodys["sessionSecret"][:-1]),
                (nobodys["sessionId"], nobodys["sessionSecret"].swapcase() + "x"),
            ]:
                body = {"sessionId": session, "channels": ["leaderboard:overall"]}
                body |= {"sessionSecret": secret} if secret is not None else {}
                answer = await at.http.post(f"/api/ws/{do}", json=body, headers=bearer)
                assert error_of(answer) == (403, "FORBIDDEN")


async def test_a_run_of_another_backs_nothing_and_looks_like_none(
    api: Api, player: Player, stranger: Player
) -> None:
    run = data_of(await player.request("POST", "/api/v1/sessions", {"app": "typing"}), 201)["sessionId"]
    told = []
    for session in (run, NOBODY):
        answer = await stranger.act("typing_complete", {"wpm": 50, "accuracy": 90, "sessionId": session})
        told.append(without_id(answer))
    assert told[0] == told[1]
    assert told[0][1]["error"]["details"] == {"sessionId": "is not a run of yours"}


def without_id(answer: httpx.Response) -> tuple[int, Any]:
    """Status and body, but for the id that each answer has of its own."""
    body = answer.json()
    return answer.status_code, {**body, "error": {**body["error"], "requestId": ""}}


def admin_operations() -> list[tuple[str, str]]:
    return [
        (method.upper(), path)
        for path, item in DOCUMENT["paths"].items()
        for method in item.keys() & {"get", "post", "put", "patch", "delete"}
        if path.startswith("/api/v1/admin/")
    ]


async def test_admin_routes_are_for_admins_whatever_they_are_asked_about(
    api: Api, admin: Player, player: Player
) -> None:
    """Also who asks about what does not exist, or sends nonsense, hears only that it is not for them."""
    people = []
    for role in ("VIEWER", "PARTICIPANT", "ORGANIZER"):
        person = await api.register(f"mere {role.lower()}")
        if role != "PARTICIPANT":
            data_of(await admin.request("PATCH", f"/api/v1/admin/users/{person.id}", {"role": role}))
        people.append(await api.log_in(person.username))
    assert len(admin_operations()) >= 8
    for method, template in admin_operations():
        for value in (player.id, str(uuid.uuid4()), "scoreboard"):
            path = re.sub(r"\{\w+\}", value, template)
            if value == "scoreboard" and re.search("userId|flags|maintenance|connections", template):
                continue  # no address at all, for admins neither
            for content in (b"{}", b"nonsense", b'{"role": "ADMIN", "blocked": true}'):
                headers = {"Content-Type": "application/json"}
                anonymous = await api.http.request(method, path, content=content, headers=headers)
                assert error_of(anonymous) == (401, "UNAUTHORIZED"), (method, path)
                for person in people:
                    answer = await api.http.request(
                        method, path, content=content, headers={**headers, **person.bearer}
                    )
                    assert error_of(answer) == (403, "FORBIDDEN"), (method, path, person.username)
    assert (await player.request("GET", f"{AUTH}/me")).status_code == 200, "nobody was changed"


async def test_channels_of_users_who_do_not_exist_are_refused_like_those_who_do(
    player: Player, stranger: Player
) -> None:
    told = [
        data_of(await stranger.request("GET", f"/api/v1/events?channels=user:{user}:score"))["refused"][0]["code"]
        for user in (player.id, NOBODY)
    ]
    assert told == ["FORBIDDEN", "FORBIDDEN"]


async def test_login_and_refresh_tell_nobody_who_exists(api: Api, admin: Player, den: Stores) -> None:
    with redis.Redis.from_url(den.redis_url) as store:  # names that cannot be are counted as one
        store.delete(*store.scan_iter("*failed-logins*"), "none")
    known, blocked = await api.register(), await api.register()
    data_of(await admin.request("PATCH", f"/api/v1/admin/users/{blocked.id}", {"blocked": True}))
    tries = [
        (known.username, "wrong password"),
        (f"nobody {uuid.uuid4()}", PASSWORD),
        (blocked.username, "wrong password"),
    ]
    answers = [
        await api.http.post(f"{AUTH}/login", json={"username": name, "password": password})
        for name, password in [*tries, (f"=2+3 {uuid.uuid4()}", "x"), (str(uuid.uuid4()) * 100, "x")]
    ]
    assert len({str(without_id(answer)) for answer in answers}) == 1
    assert len({str(sorted(answer.headers)) for answer in answers}) == 1
    tokens = ["", "x", uuid.uuid4().hex, known.token]
    refreshed = [await api.http.post(f"{AUTH}/refresh", json={"refreshToken": token}) for token in tokens]
    assert len({str(without_id(answer)) for answer in refreshed}) == 1


async def test_a_login_takes_its_time_for_unknown_names_too(api: Api) -> None:
    """In turns, so that a busy moment hits both; names of their own, so that nobody runs into the limit."""
    known = [await api.register() for _ in range(3)]
    seconds: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(ROUNDS):
        names = {"known": known[number % 3].username, "unknown": f"unknown {next(_numbers)}"}
        for kind, name in names.items():
            began = time.perf_counter()
            answer = await api.http.post(f"{AUTH}/login", json={"username": name, "password": "wrong password"})
            seconds[kind].append(time.perf_counter() - began)
            assert error_of(answer) == (401, "UNAUTHORIZED")
    slow, fast = sorted((statistics.median(seconds["known"]), statistics.median(seconds["unknown"])), reverse=True)
    assert slow < fast * TIMING_RATIO, seconds


async def test_other_peoples_addresses_are_shown_to_nobody(api: Api, player: Player, stranger: Player) -> None:
    """The email address is in one's own account, and in no other answer."""
    email = data_of(await player.request("GET", f"{AUTH}/me"))["user"]["email"]
    data_of(await player.act("task_finish"))
    for path in ("/api/v1/scores/leaderboard?limit=100", "/api/v1/boards", "/", "/boards/scoreboard"):
        for query in ("", "format=csv", "format=text", "format=html"):
            url = f"{path}{'&' if '?' in path else '?'}{query}"
            assert email not in (await stranger.request("GET", url)).text
