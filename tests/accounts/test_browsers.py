"""Browsers: forms, cookies, renewal."""

import httpx
import pytest

from sse_board.accounts.cookies import ACCESS_COOKIE, REFRESH_COOKIE
from sse_board.accounts.tokens import ACCESS_SECONDS
from tests.accounts.site import PASSWORD, Site, error_of, registration

HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture(autouse=True)
def _clock_restored(site: Site) -> object:
    ahead = site.clock.ahead
    yield
    site.clock.ahead = ahead


async def logged_in(site: Site, client: httpx.AsyncClient, username: str, **form: str) -> httpx.Response:
    return await client.post("/register", data=registration(username, **form), headers=HTML)


async def test_registering_sets_cookies_that_scripts_cannot_read(site: Site) -> None:
    async with site.client() as client:
        answer = await logged_in(site, client, "browser", next="/me")
        assert (answer.status_code, answer.headers["location"]) == (303, "/me")
        for line in answer.headers.get_list("set-cookie"):
            assert "HttpOnly" in line
            assert "SameSite=lax" in line
            assert "Path=/;" in line
            assert "Secure" not in line
        assert (await client.get("/whoami")).json()["data"]["role"] == "PARTICIPANT"
        assert (await client.get("/page")).text == "browser"
        for page in ("/login", "/register"):
            assert (await client.get(page, params={"next": "/me"})).headers["location"] == "/me"


async def test_cookies_of_https_are_secure(site: Site) -> None:
    async with site.client(scheme="https") as client:
        answer = await logged_in(site, client, "securely")
        assert all("Secure" in line for line in answer.headers.get_list("set-cookie"))


async def test_logging_in_leads_to_a_page_of_ours_only(site: Site) -> None:
    await site.register("guided")
    form = {"username": "guided", "password": PASSWORD}
    async with site.client() as client:
        assert (await client.post("/login", data=form)).headers["location"] == "/"
        evil = await client.post("/login", data={**form, "next": "//evil.example"})
        assert evil.headers["location"] == "/"


async def test_the_forms_are_shown_to_strangers(site: Site) -> None:
    async with site.client() as client:
        for page in ("/login", "/register"):
            answer = await client.get(page, headers=HTML)
            assert answer.status_code == 200
            assert f'action="{page}"' in answer.text


async def test_a_refused_login_shows_the_form_with_its_input(site: Site) -> None:
    async with site.client("192.0.2.20") as client:
        form = {"username": "<stranger>", "password": "not the password"}
        answers = [await client.post("/login", data=form) for _ in range(11)]
    assert answers[0].status_code == 401
    assert "&lt;stranger&gt;" in answers[0].text
    assert "not the password" not in answers[0].text
    assert (answers[10].status_code, "retry-after" in answers[10].headers) == (429, True)


async def test_a_refused_registration_names_the_fields(site: Site) -> None:
    await site.register("occupied")
    async with site.client() as client:
        wrong = await client.post("/register", data={"username": "x", "email": "kept@example.org"})
        taken = await client.post("/register", data=registration("occupied"))
        many = await client.post("/register", data={str(n): "" for n in range(50)})
    assert wrong.status_code == 400
    assert "kept@example.org" in wrong.text
    assert "8 to 128" in wrong.text
    assert taken.status_code == 409
    assert "This username is taken." in taken.text
    assert many.status_code == 400


async def test_a_page_renews_an_expired_login_on_the_way(site: Site) -> None:
    async with site.client() as client:
        await logged_in(site, client, "sleeper")
        before = dict(client.cookies)
        site.clock.forward(seconds=ACCESS_SECONDS + 1)
        assert error_of(await client.get("/whoami")) == (401, "TOKEN_EXPIRED")
        assert (await client.get("/page")).text == "nobody"
        answer = await client.get("/page", headers=HTML)
        assert answer.text == "sleeper"
        assert "private" in answer.headers["cache-control"]
        assert all(client.cookies[name] != before[name] for name in (ACCESS_COOKIE, REFRESH_COOKIE))
        assert (await client.get("/whoami")).status_code == 200
        assert "set-cookie" not in (await client.get("/page", headers=HTML)).headers


async def test_a_page_renews_a_missing_access_cookie(site: Site) -> None:
    async with site.client() as client:
        await logged_in(site, client, "halfway")
        client.cookies.delete(ACCESS_COOKIE)
        assert (await client.get("/page", headers=HTML)).text == "halfway"


async def test_a_page_takes_bad_cookies_away_and_is_anonymous(site: Site) -> None:
    async with site.client() as client:
        client.cookies.set(ACCESS_COOKIE, "nonsense", domain="board.test")
        client.cookies.set(REFRESH_COOKIE, "nonsense", domain="board.test")
        client.cookies.set("theme", "dark", domain="board.test")
        answer = await client.get("/page", headers=HTML)
        assert answer.text == "nobody"
        assert dict(client.cookies) == {"theme": "dark"}


async def test_a_replayed_refresh_cookie_logs_the_browser_out(site: Site) -> None:
    async with site.client() as client:
        await logged_in(site, client, "copied")
        stolen = dict(client.cookies)
        await client.post("/api/v1/auth/refresh")
        site.clock.forward(seconds=ACCESS_SECONDS + 1)
        async with site.client() as thief:
            for name, value in stolen.items():
                thief.cookies.set(name, value, domain="board.test")
            assert (await thief.get("/page", headers=HTML)).text == "nobody"
        assert (await client.get("/page", headers=HTML)).text == "nobody"
        assert not client.cookies


async def test_a_script_renews_by_cookie_and_sees_no_token(site: Site) -> None:
    async with site.client() as client:
        await logged_in(site, client, "scripted")
        before = client.cookies[REFRESH_COOKIE]
        answer = await client.post("/api/v1/auth/refresh")
        assert set(answer.json()["data"]) == {"user", "expiresIn"}
        assert client.cookies[REFRESH_COOKIE] != before
        client.cookies.set(REFRESH_COOKIE, "nonsense", domain="board.test", path="/")
        refused = await client.post("/api/v1/auth/refresh")
        assert error_of(refused) == (401, "UNAUTHORIZED")
        assert not client.cookies


async def test_logging_out_ends_the_login_even_with_an_expired_access_token(site: Site) -> None:
    async with site.client() as client:
        await logged_in(site, client, "goodbye")
        refresh = client.cookies[REFRESH_COOKIE]
        site.clock.forward(seconds=ACCESS_SECONDS + 1)
        answer = await client.post("/logout", headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert not client.cookies
        body = {"refreshToken": refresh}
        assert error_of(await client.post("/api/v1/auth/refresh", json=body)) == (401, "UNAUTHORIZED")


async def test_the_header_wins_over_the_cookie(site: Site) -> None:
    player = await site.register("header")
    async with site.client() as client:
        await logged_in(site, client, "cookie")
        bearer = {"Authorization": f"Bearer {player.data['accessToken']}"}
        assert (await client.get("/whoami", headers=bearer)).json()["data"]["id"] == player.id
