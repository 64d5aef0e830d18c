"""Actions that were signed by nobody, by somebody else, or for something else, on both ways into the service."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import httpx
import pytest

from tests.support.clients import Api, Player, data_of, error_of, eventually, parse
from tests.support.servers import Runner, Stores

PATH = "/api/v1/scores/action"

_numbers = itertools.count(1)


def claim(**changes: Any) -> bytes:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    body = {"actionId": f"signed {next(_numbers)}", "actionType": "task_finish", "timestamp": now, **changes}
    return json.dumps(body).encode()


class Sent(NamedTuple):
    """A request as an attacker makes it, with what it is refused with."""

    body: bytes
    headers: Mapping[str, str]
    refused: tuple[int, str]


async def chunks(body: bytes) -> AsyncIterator[bytes]:
    yield body


async def send(api: Api, player: Player, sent: Sent, way: str) -> httpx.Response:
    """`short` is what `web.direct` takes, each other way has something that it leaves alone."""
    headers = {"Content-Type": "application/json", **player.bearer, "X-Request-ID": "same", **sent.headers}
    if way == "origin":
        headers["Origin"] = api.url
    elif way == "cookie":
        headers["Cookie"] = f"sse_board_access={headers.pop('Authorization').partition(' ')[2]}"
    elif way == "both":
        headers["Cookie"] = f"sse_board_access={player.token}"
    content: Any = chunks(sent.body) if way == "chunks" else sent.body
    url = f"{PATH}?x=1" if way == "query" else PATH
    return await api.http.post(url, content=content, headers=headers)


#: A minute, where they are counted strictly.
ACTIONS = 3
WAYS = ("origin", "cookie", "both", "chunks", "query")


def refusals(player: Player, stranger: Player, done: bytes) -> dict[str, Sent]:
    """`done` is an action that was accepted."""
    body, spaced = claim(), claim().replace(b": ", b":  ")
    now = datetime.now(UTC)
    swapped = json.dumps(dict(reversed(json.loads(body).items()))).encode()

    def good(body: bytes) -> dict[str, str]:
        return {"X-Action-Signature": player.sign(body)}

    wrong, invalid = (403, "INVALID_SIGNATURE"), (400, "INVALID_ACTION")
    return {
        "no signature": Sent(body, {}, wrong),
        "an empty one": Sent(body, {"X-Action-Signature": ""}, wrong),
        "of an empty body": Sent(body, good(b""), wrong),
        "of another byte": Sent(body, good(body.replace(b"task", b"tasK")), wrong),
        "of other whitespace": Sent(spaced, good(spaced.replace(b":  ", b": ")), wrong),
        "of a line end more": Sent(body, good(body + b"\n"), wrong),
        "of another order of keys": Sent(body, good(swapped), wrong),
        "of another user": Sent(body, {"X-Action-Signature": stranger.sign(body)}, wrong),
        "of another user's key id": Sent(body, {**good(body), "X-Action-Key-Id": "k9.1"}, wrong),
        "in upper case": Sent(body, {"X-Action-Signature": player.sign(body).upper()}, wrong),
        "with a prefix": Sent(body, {"X-Action-Signature": f"sha256={player.sign(body)}"}, wrong),
        "with a space": Sent(body, {"X-Action-Signature": f"{player.sign(body)} {player.sign(body)}"}, wrong),
        "keyed with the token": Sent(body, {"X-Action-Signature": keyed(player.token, body)}, wrong),
        "keyed with the user": Sent(body, {"X-Action-Signature": keyed(player.id, body)}, wrong),
        "of nothing, for nothing": Sent(b"", good(b""), invalid),
        "replayed": Sent(done, good(done), (409, "DUPLICATE_ACTION")),
        "for another user": Sent(of := claim(userId=stranger.id), good(of), invalid),
        "of an unknown type": Sent(of := claim(actionType="nothing"), good(of), invalid),
        "too old": Sent(of := claim(timestamp=(now - timedelta(minutes=6)).isoformat()), good(of), invalid),
        "from the future": Sent(
            of := claim(timestamp=(now + timedelta(minutes=1)).isoformat()), good(of), invalid
        ),
        "broken": Sent(b"{", good(b"{"), invalid),
        "no JSON": Sent(body, {**good(body), "Content-Type": "text/plain"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        "packed": Sent(body, {**good(body), "Content-Encoding": "gzip"}, (415, "UNSUPPORTED_MEDIA_TYPE")),
        "too large": Sent(huge := b" " * 65_537, good(huge), (413, "PAYLOAD_TOO_LARGE")),
        "without a login": Sent(body, {**good(body), "Authorization": "Bearer x"}, (401, "UNAUTHORIZED")),
        "of an unsigned token": Sent(
            body, {**good(body), "Authorization": f"Bearer {player.token[:-4]}"}, (401, "UNAUTHORIZED")
        ),
    }


def keyed(secret: str, body: bytes) -> str:
    return Player(
        None,  # type: ignore[arg-type]
        {"user": {"id": "", "username": ""}, "accessToken": "", "actionKey": {"id": "", "secret": secret}},
    ).sign(body)


def compared(answer: httpx.Response) -> tuple[Any, ...]:
    """All of an answer that must not depend on the way; CORS is only for those who tell an origin."""
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in ("date", "connection") and not name.startswith("access-control-")
    }
    return answer.status_code, parse(answer.content), headers


async def test_each_refusal_is_the_same_on_the_short_way_and_on_the_long_ones(
    api: Api, player: Player, stranger: Player
) -> None:
    done = claim()
    before = data_of(await send(api, player, signed(player, done), "short"))
    for name, sent in refusals(player, stranger, done).items():
        short = await send(api, player, sent, "short")
        assert error_of(short) == sent.refused, name
        assert short.headers["x-request-id"] == "same"
        for way in WAYS:
            assert compared(await send(api, player, sent, way)) == compared(short), (name, way)
    after = data_of(await send(api, player, signed(player, claim()), "origin"))
    assert after["previousScore"] == before["newScore"], "nothing of it was counted"


def signed(player: Player, body: bytes) -> Sent:
    return Sent(body, {"X-Action-Signature": player.sign(body)}, (0, ""))


async def test_an_accepted_action_has_the_same_headers_on_every_way(api: Api, player: Player) -> None:
    answers = [await send(api, player, signed(player, claim()), way) for way in ("short", *WAYS)]
    kinds = {(answer.status_code, *sorted(compared(answer)[2])) for answer in answers}
    assert len(kinds) == 1


async def test_too_many_actions_and_requests_are_refused_alike_on_both_ways(
    runner: Runner, own_stores: Stores
) -> None:
    requests = ACTIONS + 1 + len(WAYS)
    server = runner.serve(own_stores, RATE_LIMIT_ACTIONS_PER_MINUTE=ACTIONS, RATE_LIMIT_IP_PER_MINUTE=requests)
    async with Api(server.url) as strict:
        player = await strict.register()
        await eventually(lambda: time.time() % 60 < 55)  # when the minute turns one request more is let in
        for _ in range(ACTIONS):
            data_of(await player.act("task_finish"))
        for quota in (ACTIONS, requests):
            short, *others = [await send(strict, player, signed(player, claim()), way) for way in ("short", *WAYS)]
            for answer in (short, *others):
                assert error_of(answer) == (429, "RATE_LIMITED")
                assert f";q={quota};" in answer.headers["ratelimit-policy"]
                assert set(compared(answer)[2]) == set(compared(short)[2])


async def test_a_signed_action_is_counted_once_at_whichever_process_it_is_replayed(
    api: Api, other: Api, player: Player
) -> None:
    body = claim()
    first = data_of(await send(api, player, signed(player, body), "short"))
    replays = await asyncio.gather(
        *(send(at, player, signed(player, body), way) for at in (api, other) for way in ("short", *WAYS))
    )
    for replay in replays:
        assert error_of(replay) == (409, "DUPLICATE_ACTION")
        told = parse(replay.content)["error"]["details"]["result"]
        assert {name: told[name] for name in ("newScore", "timestamp")} == {
            name: first[name] for name in ("newScore", "timestamp")
        }
    again = data_of(await send(other, player, signed(player, claim()), "short"))
    assert again["previousScore"] == first["newScore"]


async def test_somebody_elses_signed_action_is_nobody_elses(api: Api, player: Player, stranger: Player) -> None:
    """Body and signature are caught on the way and sent with the thief's own token."""
    body = claim()
    answer = await send(api, stranger, signed(player, body), "short")
    assert error_of(answer) == (403, "INVALID_SIGNATURE")
    own = data_of(await send(api, stranger, signed(stranger, body), "short"))
    assert own["userId"] == stranger.id, "the same action id of two players is two actions"


@pytest.mark.parametrize("way", ["short", "chunks"])
async def test_two_bearers_in_one_request_are_one_and_the_same(
    api: Api, player: Player, stranger: Player, way: str
) -> None:
    """The first header counts, for the token and for everything: the two ways must not take different ones."""
    body = claim()
    headers = [
        ("Authorization", stranger.bearer["Authorization"]),
        ("Authorization", player.bearer["Authorization"]),
        ("Content-Type", "application/json"),
        ("X-Action-Signature", player.sign(body)),
    ]
    content: Any = chunks(body) if way == "chunks" else body
    answer = await api.http.post(PATH, content=content, headers=headers)
    assert error_of(answer) == (403, "INVALID_SIGNATURE")
