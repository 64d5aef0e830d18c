"""`/me` without script: what one was told, what one wants to hear, who one is; forms that lead back to it."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from tests.accounts.pictures import png
from tests.notifications.conftest import Site
from tests.support.clients import PASSWORD, Player, data_of, error_of, http_client

HTML = {"Accept": "text/html,application/xhtml+xml"}
NEW_PASSWORD = "another horse battery staple"


@pytest_asyncio.fixture
async def player(site: Site) -> Player:
    return await site.api.register()


@pytest_asyncio.fixture
async def browser(site: Site, player: Player) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in by the form, as somebody without script."""
    async with http_client(site.server.url) as browser:
        browser.headers.update(HTML)
        form = {"username": player.username, "password": PASSWORD, "next": "/me"}
        answer = await browser.post("/login", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/me")
        yield browser


async def submit(browser: httpx.AsyncClient, path: str, **form: str) -> None:
    answer = await browser.post(path, data=form)
    assert answer.status_code == 303, answer.text
    back = answer.headers["location"]
    assert back == ("/me" if "/notifications/" in path else f"/me?saved={path.rpartition('/')[2]}")
    assert ("Saved." in (await browser.get(back)).text) == ("saved" in back)


def unread(page: httpx.Response) -> str | None:
    """The number in the header of a page, where it is shown."""
    found = re.search(r'class="unread" href="/me">(\d+)<', page.text)
    return found[1] if found else None


async def test_the_inbox_is_read_by_forms(site: Site, browser: httpx.AsyncClient) -> None:
    first = await site.boss.announce("Finals <b>tonight</b>")
    await site.boss.announce("Second")
    page = await browser.get("/me")
    assert "Finals &lt;b&gt;tonight&lt;/b&gt;" in page.text
    assert unread(page) == unread(await browser.get("/")) == "2"
    assert "private" in page.headers["cache-control"]
    await submit(browser, f"/me/notifications/{first['id']}/read")
    assert unread(await browser.get("/me")) == "1"
    await submit(browser, "/me/notifications/read-all")
    assert unread(await browser.get("/me")) is None
    fragment = await browser.get("/me/inbox")
    assert fragment.text.strip() in (await browser.get("/me")).text
    nothing = await browser.post("/me/notifications/0192f000-0000-7000-8000-000000000000/read")
    assert nothing.status_code == 404


async def test_preferences_and_the_profile_are_changed_by_forms(
    site: Site, player: Player, browser: httpx.AsyncClient
) -> None:
    await submit(browser, "/me/preferences", gameResults="on", showOnline="on")
    wanted = data_of(await player.request("GET", "/api/v1/notifications/preferences"))["preferences"]
    assert {name for name, wants in wanted.items() if wants} == {"gameResults", "showOnline"}
    assert len(re.findall(" checked", (await browser.get("/me")).text)) == 2

    await submit(browser, "/me/time-zone", timeZone="Europe/Berlin")
    picture = {"avatar": ("me.png", png(8, 8), "image/png")}
    assert (await browser.post("/me/avatar", files=picture)).status_code == 303
    me = data_of(await player.request("GET", "/api/v1/auth/me"))["user"]
    assert me["timeZone"] == "Europe/Berlin"
    assert me["avatarUrl"].startswith(f"/avatars/{player.id}")
    await submit(browser, "/me/avatar", remove="yes")
    assert data_of(await player.request("GET", "/api/v1/auth/me"))["user"]["avatarUrl"] is None

    await submit(browser, "/me/password", password=NEW_PASSWORD)
    assert (await browser.get("/me")).status_code == 200
    login = {"username": player.username, "password": NEW_PASSWORD}
    data_of(await site.api.http.post("/api/v1/auth/login", json=login))


async def test_what_is_refused_says_why_on_the_page(browser: httpx.AsyncClient) -> None:
    refusals = {
        "time-zone": ({"timeZone": "Mars/Olympus"}, "timeZone-error"),
        "password": ({"password": "short"}, "password-error"),
        "avatar": ({}, "avatar-error"),
    }
    for path, (form, complaint) in refusals.items():
        answer = await browser.post(f"/me/{path}", data=form)
        assert answer.status_code == 400, path
        assert complaint in answer.text
    damaged = await browser.post("/me/avatar", files={"avatar": ("me.png", b"no picture", "image/png")})
    assert (damaged.status_code, "avatar-error" in damaged.text) == (400, True)


async def test_strangers_log_in_first_and_other_sites_change_nothing(
    site: Site, browser: httpx.AsyncClient
) -> None:
    async with http_client(site.server.url) as stranger:
        for answer in (await stranger.get("/me"), await stranger.post("/me/preferences")):
            assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/me")
        assert error_of(await stranger.get("/me/inbox")) == (401, "UNAUTHORIZED")
    foreign = await browser.post("/me/preferences", headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403


async def test_a_page_of_who_was_logged_in_before_changes_nothing(
    site: Site, player: Player, browser: httpx.AsyncClient
) -> None:
    page = await browser.get("/me")
    assert f'action="/me/password?viewer={player.id}"' in page.text
    stale = "/me/password?viewer=0192f000-0000-7000-8000-000000000000"
    answer = await browser.post(stale, data={"password": NEW_PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    login = {"username": player.username, "password": NEW_PASSWORD}
    assert (await site.api.http.post("/api/v1/auth/login", json=login)).status_code == 401
