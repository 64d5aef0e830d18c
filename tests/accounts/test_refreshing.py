"""Refresh tokens are good once."""

import asyncio

import pytest

from sse_board.accounts.logins import REFRESH_LIFE
from tests.accounts.site import Player, Site, error_of


@pytest.fixture(autouse=True)
def _clock_restored(site: Site) -> object:
    ahead = site.clock.ahead
    yield
    site.clock.ahead = ahead


async def test_a_refresh_gives_a_new_pair_of_the_same_login(site: Site) -> None:
    player = await site.register("renewer")
    data = (await player.refresh()).json()["data"]
    assert set(data) == {"user", "accessToken", "expiresIn", "refreshToken"}
    assert data["refreshToken"] != player.data["refreshToken"]
    renewed = Player(site, data)
    assert (await renewed.call("GET", "/whoami")).json()["data"]["id"] == player.id
    await renewed.call("POST", "/api/v1/auth/logout")
    assert (await player.call("GET", "/whoami")).status_code == 401


async def test_a_replay_ends_the_login_and_refuses_every_token_of_the_user(site: Site) -> None:
    player = await site.register("robbed")
    elsewhere = await player.log_in()
    renewed = (await player.refresh()).json()["data"]
    site.clock.forward(seconds=6)
    assert error_of(await player.refresh()) == (401, "TOKEN_REUSED")
    assert error_of(await player.refresh(renewed["refreshToken"])) == (401, "UNAUTHORIZED")
    assert error_of(await Player(site, renewed).call("GET", "/whoami")) == (401, "UNAUTHORIZED")
    assert error_of(await elsewhere.call("GET", "/whoami")) == (401, "UNAUTHORIZED")
    back = Player(site, (await elsewhere.refresh()).json()["data"])
    assert (await back.call("GET", "/whoami")).status_code == 200


async def test_a_second_replay_raises_nothing_more(site: Site) -> None:
    player = await site.register("replayed")
    await player.refresh()
    site.clock.forward(seconds=6)
    assert error_of(await player.refresh()) == (401, "TOKEN_REUSED")
    back = await player.log_in()
    assert error_of(await player.refresh()) == (401, "TOKEN_REUSED")
    assert (await back.call("GET", "/whoami")).status_code == 200


async def test_within_the_grace_two_tabs_get_a_pair_each(site: Site, other_site: Site) -> None:
    player = await site.register("twotabs")
    other = Player(other_site, player.data)
    answers = await asyncio.gather(*(tab.refresh() for tab in (player, other) * 3))
    assert [answer.status_code for answer in answers] == [200] * 6
    tokens = {answer.json()["data"]["refreshToken"] for answer in answers}
    assert len(tokens) == 6
    for token in tokens:
        assert (await player.refresh(token)).status_code == 200


async def test_the_grace_is_not_prolonged_by_using_it(site: Site) -> None:
    player = await site.register("stretcher")
    for _ in range(2):
        assert (await player.refresh()).status_code == 200
        site.clock.forward(seconds=3)
    assert error_of(await player.refresh()) == (401, "TOKEN_REUSED")


async def test_a_login_lasts_as_long_as_somebody_renews_it(site: Site) -> None:
    player = await site.register("steady")
    token = player.data["refreshToken"]
    for _ in range(3):
        site.clock.forward(seconds=REFRESH_LIFE.total_seconds() - 60)
        token = (await player.refresh(token)).json()["data"]["refreshToken"]
    site.clock.forward(seconds=REFRESH_LIFE.total_seconds() + 1)
    assert error_of(await player.refresh(token)) == (401, "TOKEN_EXPIRED")


@pytest.mark.parametrize("token", ["x", "x" * 5000, "é\0"])
async def test_an_unknown_token_is_unauthorized(site: Site, token: str) -> None:
    async with site.client() as client:
        answer = await client.post("/api/v1/auth/refresh", json={"refreshToken": token})
    assert error_of(answer) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("content", ["", "{}", '{"refreshToken": null}', '{"refreshToken": 5}'])
async def test_without_token_and_cookie_it_is_a_wrong_request(site: Site, content: str) -> None:
    async with site.client() as client:
        answer = await client.post(
            "/api/v1/auth/refresh", content=content, headers={"content-type": "application/json"}
        )
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert "refreshToken" in answer.json()["error"]["details"]
