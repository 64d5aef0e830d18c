"""Tokens that are forged, changed, borrowed, stolen or over, at every kind of route and both processes."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sse_board.accounts.refresh import GRACE
from sse_board.settings import Key
from tests.security.conftest import PLENTY, parts, signed, unsigned
from tests.support.clients import PATIENCE, Api, Player, data_of, error_of, eventually
from tests.support.servers import Runner, StoreHouse
from tests.support.sockets import Socket, connected
from tests.support.streams import Stream, listening

#: Within this every process refuses what ended: seconds.
PROMISED = 1.0
AUTH = "/api/v1/auth"
OTHER_KEY = b"x" * 32

#: One of each kind of route that asks who it is: (method, path).
ASKING = {
    "read": ("GET", f"{AUTH}/me"),
    "change": ("PATCH", f"{AUTH}/me"),
    "board": ("GET", "/api/v1/scores/leaderboard?around=me"),
    "conditional": ("GET", "/api/v1/scores/leaderboard"),
    "action": ("POST", "/api/v1/scores/action"),
    "run": ("POST", "/api/v1/sessions"),
    "key": ("POST", f"{AUTH}/action-key"),
    "stream token": ("POST", f"{AUTH}/stream-token"),
    "admin": ("GET", "/api/v1/admin/audit"),
    "stream": ("GET", "/api/v1/stream?channels=leaderboard:overall"),
    "poll": ("GET", "/api/v1/events?channels=leaderboard:overall"),
    "channels": ("POST", "/api/ws/subscribe"),
}

#: These serve an old token as nobody.
LISTENING = ("stream", "poll")


async def statuses(
    api: Api, token: str, where: str = "header", *, listening: bool = True
) -> dict[str, tuple[int, str]]:
    """What each kind of route says to a token in the header, in the URL or in the cookie."""
    found = {}
    for name, (method, path) in ASKING.items():
        if name in LISTENING and not listening:
            continue
        url = path
        headers = {"Content-Type": "application/json", "If-None-Match": "*"}
        if where == "header":
            headers["Authorization"] = f"Bearer {token}"
        elif where == "cookie":
            headers["Cookie"] = f"sse_board_access={token}"
        else:
            url += f"{'&' if '?' in path else '?'}{where}={token}"
        async with asyncio.timeout(PATIENCE):  # who is let in hears a stream that does not end
            found[name] = error_of(await api.http.request(method, url, content=b"{}", headers=headers))
    return found


#: (head, claims, secret) of a good token → a bad one.
Forgery = Callable[[dict[str, Any], dict[str, Any], bytes], str]

FORGED: dict[str, Forgery] = {
    "another key": lambda head, claims, _: signed(head, claims, OTHER_KEY),
    "no key": lambda head, claims, _: signed(head, claims, b""),
    "another kid": lambda head, claims, key: signed({**head, "kid": "other"}, claims, key),
    "a path as kid": lambda head, claims, _: signed({**head, "kid": "../../dev/null"}, claims, b""),
    "a URL as kid": lambda head, claims, _: signed({**head, "kid": "https://evil.example/k"}, claims, OTHER_KEY),
    "SQL as kid": lambda head, claims, _: signed({**head, "kid": "' union select 'x"}, claims, OTHER_KEY),
    "an empty kid": lambda head, claims, _: signed({**head, "kid": ""}, claims, b""),
    "no kid": lambda head, claims, key: signed({"alg": "HS256", "typ": "JWT"}, claims, key),
    "its own key": lambda head, claims, _: signed(
        {**head, "jwk": {"kty": "oct", "k": "eHh4eHg"}, "jku": "https://evil.example"}, claims, b"xxxxx"
    ),
    "alg none": lambda head, claims, _: unsigned({**head, "alg": "none"}, claims) + ".",
    "alg None": lambda head, claims, _: unsigned({**head, "alg": "None"}, claims) + ".",
    "no signature": lambda head, claims, _: unsigned(head, claims) + ".",
    "two parts": lambda head, claims, _: unsigned(head, claims),
    "HS512": lambda head, claims, key: signed({**head, "alg": "HS512"}, claims, key, "sha512"),
    "HS384": lambda head, claims, key: signed({**head, "alg": "HS384"}, claims, key, "sha384"),
    "RS256": lambda head, claims, key: signed({**head, "alg": "RS256"}, claims, key),
    "over": lambda head, claims, key: signed(head, {**claims, "iat": 1, "exp": 2}, key),
    "for streams": lambda head, claims, key: signed(head, {**claims, "aud": "stream"}, key),
    "for others": lambda head, claims, key: signed(head, {**claims, "aud": "https://other.example"}, key),
    "for many": lambda head, claims, key: signed(head, {**claims, "aud": ["stream", "access"]}, key),
}


@pytest.mark.parametrize("forgery", FORGED)
async def test_a_forged_token_is_refused_everywhere(api: Api, admin: Player, key: Key, forgery: str) -> None:
    head, claims, _ = parts(admin.token)
    assert (await admin.request("GET", f"{AUTH}/me")).status_code == 200, "the claims are good"
    code, listening = ("TOKEN_EXPIRED", False) if forgery == "over" else ("UNAUTHORIZED", True)
    token = FORGED[forgery](head, claims, key.secret)
    for where in ("header", "cookie"):
        assert set((await statuses(api, token, where, listening=listening)).values()) == {(401, code)}


@pytest.mark.parametrize(
    "change",
    [
        {"role": "ADMIN"},
        {"sub": "00000000-0000-4000-8000-000000000000"},
        {"sid": "00000000-0000-4000-8000-000000000000"},
        {"gen": 1_000},
        {"aks": 2},
        {"exp": 2**40},
    ],
    ids=str,
)
async def test_a_claim_that_was_changed_spoils_the_token(api: Api, player: Player, change: dict[str, Any]) -> None:
    head, claims, signature = parts(player.token)
    assert set(change) <= set(claims)
    told = await statuses(api, f"{unsigned(head, {**claims, **change})}.{signature}")
    assert set(told.values()) == {(401, "UNAUTHORIZED")}


async def test_a_signature_of_another_token_does_not_fit(api: Api, player: Player, stranger: Player) -> None:
    mine, theirs = player.token.split("."), stranger.token.split(".")
    for mixed in ([*mine[:2], theirs[2]], [theirs[0], mine[1], theirs[2]], [*theirs[:2], mine[2]]):
        told = await statuses(api, ".".join(mixed))
        assert set(told.values()) == {(401, "UNAUTHORIZED")}


async def test_a_stream_token_is_no_access_token_anywhere(api: Api, player: Player) -> None:
    answer = await player.request("POST", f"{AUTH}/stream-token")
    token = data_of(answer)["streamToken"]
    for where in ("header", "cookie"):
        assert set((await statuses(api, token, where)).values()) == {(401, "UNAUTHORIZED")}
    async with connected(api.url) as socket:
        await socket.say(action="auth", token=token)
        assert (await socket.until_type("error"))["data"]["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize("name", ["token", "access_token"])
async def test_an_access_token_in_the_url_is_refused_everywhere(api: Api, player: Player, name: str) -> None:
    assert set((await statuses(api, player.token, name)).values()) == {(401, "UNAUTHORIZED")}


async def test_a_stream_token_in_the_url_opens_nothing_but_streams_and_polls(api: Api, player: Player) -> None:
    token = data_of(await player.request("POST", f"{AUTH}/stream-token"))["streamToken"]
    for name, (method, path) in ASKING.items():
        if name in LISTENING:
            continue
        url = f"{path}{'&' if '?' in path else '?'}token={token}"
        answer = await api.http.request(method, url, content=b"{}", headers={"Content-Type": "application/json"})
        assert error_of(answer) == (401, "UNAUTHORIZED"), name


async def test_an_expired_token_listens_as_nobody(api: Api, player: Player, key: Key) -> None:
    head, claims, _ = parts(player.token)
    old = signed(head, {**claims, "iat": 1, "exp": 2}, key.secret)
    bearer = {"Authorization": f"Bearer {old}"}
    private = {"channels": f"user:{player.id}:score,leaderboard:overall"}
    for path in ("/api/v1/stream", "/api/v1/events"):
        assert error_of(await api.http.get(path, params=private, headers=bearer)) == (401, "TOKEN_EXPIRED")
    async with listening(api.url, "leaderboard:overall", token=old) as stream:
        assert (await stream.until_type("connected")).json["auth"] == "expired"


async def test_a_token_with_somebody_elses_action_key_scores_for_nobody(player: Player, stranger: Player) -> None:
    thief = Player(
        player.api,
        {
            "user": {"id": player.id, "username": player.username},
            "accessToken": player.token,
            "actionKey": {"id": stranger.key_id, "secret": stranger._secret},
        },
    )
    assert error_of(await thief.act("task_finish")) == (403, "INVALID_SIGNATURE")


async def test_a_refresh_token_belongs_to_its_login_whoever_sends_it(api: Api, player: Player) -> None:
    """With the access token of another it gives a pair of its own user, and of nobody else."""
    owner = await raw_login(api)
    body = {"refreshToken": owner["refreshToken"]}
    renewed = data_of(await api.http.post(f"{AUTH}/refresh", json=body, headers=player.bearer))
    assert renewed["user"] == owner["user"]
    assert parts(renewed["accessToken"])[1]["sub"] == owner["user"]["id"]
    cookie = {"Cookie": f"sse_board_refresh={renewed['refreshToken']}"}
    assert (await api.http.post(f"{AUTH}/logout", headers={**player.bearer, **cookie})).status_code == 200
    assert error_of(await player.request("GET", f"{AUTH}/me")) == (401, "UNAUTHORIZED"), "this login was ended"
    player.token = (await api.log_in(player.username)).token
    assert await me(api, renewed["accessToken"]) == 200, "and not that of the cookie"


async def raw_login(api: Api) -> dict[str, Any]:
    """The whole answer to a login of somebody new."""
    person = await api.register()
    body = {"username": person.username, "password": "correct horse battery staple"}
    data: dict[str, Any] = data_of(await api.http.post(f"{AUTH}/login", json=body))
    return data


async def me(api: Api, token: str) -> int:
    return (await api.http.get(f"{AUTH}/me", headers={"Authorization": f"Bearer {token}"})).status_code


async def refresh(api: Api, token: str) -> httpx.Response:
    return await api.http.post(f"{AUTH}/refresh", json={"refreshToken": token})


async def test_racing_tabs_stay_and_a_replay_after_the_grace_ends_the_login_everywhere(
    api: Api, other: Api
) -> None:
    login = await raw_login(api)
    tabs = await asyncio.gather(*(refresh(at, login["refreshToken"]) for at in (api, other, api, other)))
    pairs = [data_of(tab) for tab in tabs]
    for pair in pairs:
        assert await me(api, pair["accessToken"]) == await me(other, pair["accessToken"]) == 200
    await asyncio.sleep(GRACE.total_seconds() + 0.2)
    assert error_of(await refresh(other, login["refreshToken"])) == (401, "TOKEN_REUSED")
    began = time.monotonic()
    for pair in pairs:
        for at in (other, api):
            await refused_soon(at, pair["accessToken"], began)
        assert error_of(await refresh(api, pair["refreshToken"])) == (401, "UNAUTHORIZED")


async def refused_soon(api: Api, token: str, began: float) -> None:
    """Within a second of `began`."""
    while await me(api, token) == 200:
        assert time.monotonic() - began < PROMISED
        await asyncio.sleep(0.02)


async def end_by_logout(victim: Player, _: Player) -> None:
    assert (await victim.request("POST", f"{AUTH}/logout")).status_code == 200


async def end_by_block(victim: Player, admin: Player) -> None:
    data_of(await admin.request("PATCH", f"/api/v1/admin/users/{victim.id}", {"blocked": True}))


async def end_by_role(victim: Player, admin: Player) -> None:
    data_of(await admin.request("PATCH", f"/api/v1/admin/users/{victim.id}", {"role": "VIEWER"}))


ENDINGS = [end_by_logout, end_by_block, end_by_role]


async def what_ended_is_refused(api: Api, other: Api, admin: Player, end: Callable[..., Any]) -> None:
    """Tokens of both kinds, at both processes, and what they opened there: over within a second."""
    victim = await api.register()
    stream_token = data_of(await victim.request("POST", f"{AUTH}/stream-token"))["streamToken"]
    channel = f"user:{victim.id}:score"
    sockets = [Socket(token=victim.token, channels=channel) for _ in range(2)]
    streams = [Stream(channel, token=victim.token), Stream(channel, url_token=stream_token)]
    for at, stream, socket in zip((api, other), streams, sockets, strict=True):
        assert await me(at, victim.token) == 200
        await stream.open(at.url)
        await socket.open(at.url)
        await stream.until_type("connected")
        await socket.until_type("connected")
    await end(victim, admin)
    began = time.monotonic()
    for at in (api, other):
        await refused_soon(at, victim.token, began)
        answer = await at.http.get("/api/v1/events", params={"channels": channel, "token": stream_token})
        assert error_of(answer) == (401, "UNAUTHORIZED")
        assert error_of(await victim.act("task_finish", api=at)) == (401, "UNAUTHORIZED")
    for stream, socket in zip(streams, sockets, strict=True):
        await stream.until_ended(began + PROMISED + 0.3 - time.monotonic())
        assert stream.types[-1] == "auth.expired"
        assert await socket.until_closed(began + PROMISED + 0.3 - time.monotonic()) == 1008
        await stream.cut()
        await socket.cut()


@pytest.mark.parametrize("end", ENDINGS)
async def test_what_ended_is_refused_by_both_processes_within_a_second(
    api: Api, other: Api, admin: Player, end: Callable[..., Any]
) -> None:
    await what_ended_is_refused(api, other, admin, end)


@pytest.fixture(scope="module")
def without_redis(store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Two processes whose Redis is gone: nothing is hinted at."""
    stores = store_house.fresh()
    runner = Runner(tmp_path_factory.mktemp("without"))
    yield runner.serve_two(stores, REDIS_URL="unix:///nowhere/redis.sock", **PLENTY), stores
    runner.close()
    store_house.drop(stores)


async def test_what_ended_is_refused_within_a_second_also_when_redis_is_gone(without_redis: Any) -> None:
    (first, second), stores = without_redis
    async with Api(first.url) as api, Api(second.url) as other:
        admin = await api.admin(stores)
        await eventually(lambda: knows(other, admin))
        for end in ENDINGS:
            await what_ended_is_refused(api, other, admin, end)


async def knows(api: Api, player: Player) -> bool:
    return await me(api, player.token) == 200
