"""Logging in and out, and what is refused."""

import asyncio
from unittest.mock import AsyncMock

import httpx
import pytest
from argon2 import PasswordHasher
from redis import ConnectionError as RedisDown

from sse_board.accounts.administration import Actor
from sse_board.accounts.failures import FAILURES
from sse_board.accounts.passwords import NOBODYS, standard_hasher
from tests.accounts.site import CHEAP, PASSWORD, Player, Site, error_of

LOGIN = "/api/v1/auth/login"


async def attempt(site: Site, username: str, password: str, address: str = "") -> httpx.Response:
    async with site.client(address) as client:
        return await client.post(LOGIN, json={"username": username, "password": password})


async def test_a_login_is_a_new_one_with_the_same_key(site: Site) -> None:
    first = await site.register("returner")
    second = await first.log_in()
    assert second.data["user"] == first.data["user"]
    assert second.data["actionKey"] == first.data["actionKey"]
    assert second.data["refreshToken"] != first.data["refreshToken"]
    assert (await attempt(site, " RETURNER ", PASSWORD)).status_code == 200


async def test_an_unknown_name_and_a_wrong_password_look_the_same(site: Site) -> None:
    await site.register("known")
    answers = [
        await attempt(site, name, password)
        for name, password in (("known", "wrong password"), ("unknown", PASSWORD), ("\0", PASSWORD), ("known", ""))
    ]
    errors = [{**answer.json()["error"], "requestId": ""} for answer in answers]
    assert errors == [errors[0]] * 4
    assert error_of(answers[0]) == (401, "UNAUTHORIZED")


async def test_an_unknown_name_costs_a_password_check_too(site: Site) -> None:
    """As much as any other: the hash that it is compared with was made with the same parameters."""
    assert not await site.accounts.passwords.verify(None, "nobody has this password")
    assert not standard_hasher().check_needs_rehash(NOBODYS)


async def test_a_block_or_a_new_password_during_the_check_refuses_the_login(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    player = await site.register()
    verify = site.accounts.passwords.verify

    async def blocked_meanwhile(hashed: str | None, password: str) -> bool:
        await site.accounts.administration.change(Actor(None, "test"), player.id, blocked=True)
        return await verify(hashed, password)

    monkeypatch.setattr(site.accounts.passwords, "verify", blocked_meanwhile)
    assert error_of(await attempt(site, player.username, PASSWORD)) == (401, "UNAUTHORIZED")


async def test_a_login_hashes_the_password_with_todays_parameters(site: Site) -> None:
    player = await site.register()
    old = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(PASSWORD)
    await site.postgres.run(b"update users set password_hash = %(h)s where id = %(u)s", h=old, u=player.id)
    await player.log_in()
    row = await site.postgres.one(b"select password_hash from users where id = %(u)s", u=player.id)
    assert row is not None
    assert not CHEAP.check_needs_rehash(row[0])
    await player.log_in()


async def test_many_guesses_at_once_do_not_slip_through(site: Site) -> None:
    tries = (attempt(site, "rushed", "wrong password", "192.0.2.7") for _ in range(30))
    statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert (statuses.count(401), statuses.count(429)) == (10, 20)


async def test_ten_failures_close_the_account_for_that_address_only(site: Site) -> None:
    await site.register("guessed")
    for _ in range(FAILURES):
        assert (await attempt(site, "guessed", "wrong password", "192.0.2.1")).status_code == 401
    refused = await attempt(site, "Guessed", PASSWORD, "192.0.2.1")
    assert error_of(refused) == (429, "RATE_LIMITED")
    assert 0 < int(refused.headers["retry-after"]) <= 900
    assert '"failed-logins"' in refused.headers["ratelimit"]
    assert refused.headers["ratelimit-policy"] == '"failed-logins";q=10;w=900'
    assert (await attempt(site, "guessed", PASSWORD, "192.0.2.2")).status_code == 200


async def test_unknown_accounts_close_just_the_same(site: Site) -> None:
    statuses = [(await attempt(site, "phantom", "wrong password", "192.0.2.3")).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]


async def test_failures_are_shared_by_all_processes(site: Site, other_site: Site) -> None:
    for place in (site, other_site) * (FAILURES // 2):
        await attempt(place, "spread", "wrong password", "192.0.2.4")
    assert (await attempt(site, "spread", "wrong password", "192.0.2.4")).status_code == 429


async def test_a_good_login_forgives_the_failures_before_it(site: Site) -> None:
    await site.register("forgetful")
    for password in (["wrong password"] * 9 + [PASSWORD]) * 2:
        last = await attempt(site, "forgetful", password, "192.0.2.5")
    assert last.status_code == 200


async def test_failures_count_in_memory_when_redis_is_down(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.redis.connection_pool, "get_connection", AsyncMock(side_effect=RedisDown))
    statuses = [(await attempt(site, "offline", "wrong password", "192.0.2.6")).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]


async def test_a_logout_ends_this_login_only(site: Site) -> None:
    first = await site.register("leaver")
    second = await first.log_in()
    assert (await first.call("POST", "/api/v1/auth/logout")).status_code == 200
    assert error_of(await first.call("GET", "/whoami")) == (401, "UNAUTHORIZED")
    assert error_of(await first.refresh()) == (401, "UNAUTHORIZED")
    assert (await second.call("GET", "/whoami")).status_code == 200
    assert (await second.refresh()).status_code == 200


async def _stream_token(player: Player) -> str:
    answer = await player.call("POST", "/api/v1/auth/stream-token")
    token: str = answer.json()["data"]["streamToken"]
    return token


async def test_a_stream_token_is_good_for_listening_until_its_login_ends(site: Site) -> None:
    player = await site.register("listener")
    token = await _stream_token(player)
    async with site.client() as client:
        assert (await client.get("/listen", params={"token": token})).json()["data"]["id"] == player.id
        assert error_of(await client.get("/whoami", params={"token": token})) == (401, "UNAUTHORIZED")
        bearer = {"Authorization": f"Bearer {token}"}
        assert error_of(await client.get("/whoami", headers=bearer)) == (401, "UNAUTHORIZED")
        await player.call("POST", "/api/v1/auth/logout")
        assert error_of(await client.get("/listen", params={"token": token})) == (401, "UNAUTHORIZED")


async def test_an_access_token_in_the_url_is_refused_everywhere(site: Site) -> None:
    access = (await site.register("urly")).data["accessToken"]
    async with site.client() as client:
        for path in ("/whoami", "/listen"):
            for name in ("token", "access_token"):
                assert error_of(await client.get(path, params={name: access})) == (401, "UNAUTHORIZED")
        assert (await client.get("/whoami", params={"mytoken": "x"})).json()["data"] is None


@pytest.mark.parametrize("header", ["Basic YTpi", "Bearer", "Bearer ", "", "Bearer a.b.c", "Token x"])
async def test_a_malformed_header_is_not_anonymous(site: Site, header: str) -> None:
    async with site.client(Authorization=header) as client:
        assert error_of(await client.get("/whoami")) == (401, "UNAUTHORIZED")
        assert error_of(await client.get("/listen")) == (401, "UNAUTHORIZED")
        assert (await client.get("/page")).text == "nobody"


async def test_without_a_token_one_is_anonymous(site: Site) -> None:
    async with site.client() as client:
        assert (await client.get("/whoami")).json()["data"] is None
        assert (await client.get("/api/v1/auth/me")).status_code == 401
