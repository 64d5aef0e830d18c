"""Text that tries to become markup, or a formula."""

import html
import re
from collections.abc import AsyncIterator

import httpx
import psycopg
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from starlette.routing import Mount, Route

from sse_board.app import Service
from sse_board.settings import load_settings
from tests.browser.conftest import CHROMIUM
from tests.support.clients import Api, Player, data_of

MARK = "h4cked"
SCRIPT = f"</bdi><script>{MARK}=1</script><img src=x onerror=\"{MARK}=1\">' onload='{MARK}=1"
BOARD, TYPE = "injected", "inject"
#: On every page; browsers heed them only together.
SECURITY = {
    "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
#: The one page that others may frame.
FRAMED = {
    **SECURITY,
    "content-security-policy": SECURITY["content-security-policy"].replace("ancestors 'none'", "ancestors *"),
}


@pytest_asyncio.fixture(scope="module")
async def intruder(api: Api, admin: Player, database: psycopg.Connection) -> Player:
    """Somebody whose name is a script, which no registration takes, first on a board whose title is one too."""
    board = {"slug": BOARD, "title": SCRIPT, "unit": "<b>x</b>", "policy": "sum"}
    data_of(await admin.request("POST", "/api/v1/admin/boards", board), 201)
    points = {"field": "points", "min": -1_000, "max": 1_000}
    kind = {"slug": TYPE, "points": points, "boards": [{"board": BOARD}]}
    data_of(await admin.request("POST", "/api/v1/admin/action-types", kind), 201)
    intruder = await api.register("Intruder")
    database.execute("update users set username = %s where id = %s", [SCRIPT, intruder.id])
    await intruder.score(TYPE, 5)
    return intruder


def pages(player: Player) -> list[str]:
    """Every address outside of the API, as the application has them, so that new ones count."""
    key = "test:" + "A" * 43 + "="
    stores = {"DATABASE_URL": "postgresql://nowhere", "REDIS_URL": "redis://nowhere"}
    routes = Service(load_settings({"JWT_KEYS": key, "ACTION_KEYS": key, **stores})).routes()
    paths = [route.path for route in routes if isinstance(route, Route | Mount) and hasattr(route, "path")]
    values = {"slug": BOARD, "user_id:uuid": player.id, "path:path": "x"}
    filled = [re.sub(r"\{([^}]+)\}", lambda name: values.get(name[1], "x"), path) for path in paths]
    return sorted({path or "/" for path in filled if not path.startswith("/api/")})


def looks_like_a_page(answer: httpx.Response) -> bool:
    return str(answer.headers.get("content-type")).startswith("text/html")


def check_page(answer: httpx.Response, where: str) -> None:
    """Its headers, and that what was typed stays text."""
    expected = FRAMED if answer.status_code == 200 and " /embed/" in where else SECURITY
    for name, value in expected.items():
        assert answer.headers.get(name) == value, (where, name)
    assert f"<script>{MARK}" not in answer.text, where
    assert f'onerror="{MARK}' not in answer.text, where
    assert "<b>x</b>" not in answer.text, where


async def test_every_page_has_its_headers_and_shows_text_as_text(api: Api, intruder: Player) -> None:
    seen = []
    strange = f"?next=/{SCRIPT}&rotate={BOARD}&x={SCRIPT}&seconds={SCRIPT}"
    for bearer in ({}, {"Cookie": f"sse_board_access={intruder.token}"}):
        for path in pages(intruder):
            for method in ("GET", "POST", "PUT"):
                if bearer and (method, path) == ("POST", "/logout"):
                    continue  # the login is needed
                for query in ("", strange):
                    headers = {"Accept": "text/html", **bearer}
                    answer = await api.http.request(method, path + query, headers=headers)
                    assert answer.status_code < 500, (method, path)
                    if looks_like_a_page(answer):
                        seen.append((method, path, answer.status_code))
                        check_page(answer, f"{method} {path}{query}")
    shown = {path for method, path, status in seen if (method, status) == ("GET", 200)}
    assert {"/", f"/boards/{BOARD}", f"/kiosk/{BOARD}", "/login", "/register"} <= shown
    assert {400, 404, 405} <= {status for _, _, status in seen}


async def test_pages_that_tell_of_errors_have_the_same_headers(api: Api, intruder: Player) -> None:
    html_wanted = {"Accept": "text/html"}
    answers = {
        "nothing": await api.http.get(f"/{SCRIPT}", headers=html_wanted),
        "no board": await api.http.get(f"/boards/{SCRIPT}", headers=html_wanted),
        "foreign": await api.http.post("/login", headers={**html_wanted, "Origin": "https://evil.example"}),
        "too large": await api.http.post("/login", content=b"x" * 70_000, headers=html_wanted),
        "wrong login": await api.http.post(
            "/login", data={"username": SCRIPT}, headers={**html_wanted, "X-Forwarded-For": "192.0.2.77"}
        ),
        "wrong name": await api.http.post(
            "/register", data={"username": SCRIPT, "email": SCRIPT, "next": SCRIPT}, headers=html_wanted
        ),
    }
    assert [answer.status_code for answer in answers.values()] == [404, 404, 403, 413, 401, 400]
    for name, answer in answers.items():
        assert looks_like_a_page(answer), name
        check_page(answer, name)
    assert html.escape(SCRIPT).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in answers["wrong name"].text


async def test_every_face_of_a_board_shows_a_script_as_text(api: Api, intruder: Player) -> None:
    url = f"/api/v1/scores/leaderboard?board={BOARD}"
    fragment = await api.http.get(f"{url}&format=html")
    check_page(fragment, "fragment")
    assert "&lt;script&gt;" in fragment.text
    for format, media_type in (("json", "application/json"), ("csv", "text/csv"), ("text", "text/plain")):
        answer = await api.http.get(f"{url}&format={format}", headers={"Accept": "text/html"})
        assert answer.headers["content-type"].startswith(media_type)
        assert answer.headers["x-content-type-options"] == "nosniff"
    for format in ("json", "html", "text"):
        query = {"channels": f"leaderboard:{BOARD}", "format": format}
        raw = b""
        async with api.http.stream("GET", "/api/v1/stream", params=query) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            assert stream.headers["x-content-type-options"] == "nosniff"
            async for piece in stream.aiter_raw():
                raw += piece
                if MARK.encode() in raw:
                    break
        assert format != "html" or (f"<script>{MARK}".encode() not in raw and b"&lt;script&gt;" in raw)


@pytest_asyncio.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        await browser.close()


async def test_in_a_browser_nothing_of_it_runs_even_without_the_policy(
    chromium: Browser, api: Api, intruder: Player
) -> None:
    """The policy is the second line of defence: here it is switched off, and the first must hold alone."""
    context = await chromium.new_context(base_url=api.url, bypass_csp=True)
    cookie = {"name": "sse_board_access", "value": intruder.token, "url": api.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
    page = await context.new_page()
    for path in ("/", f"/boards/{BOARD}", f"/kiosk/{BOARD}?rotate={BOARD}&x={SCRIPT}", f"/{SCRIPT}"):
        await page.goto(path)
        assert await page.evaluate(f"typeof {MARK}") == "undefined", path
        assert await page.locator("script:not([src]), img[src=x], [onload], [onerror]").count() == 0, path
    await page.goto(f"/boards/{BOARD}")
    await page.locator('#connection[data-state="live"]').wait_for()
    await intruder.score(TYPE, 7)
    await page.locator(f"#entry-{BOARD}-{intruder.id} .score", has_text="12").wait_for()
    assert set(await page.locator("#main bdi").all_text_contents()) == {SCRIPT}, "a frame has brought it"
    assert await page.evaluate(f"typeof {MARK}") == "undefined"
    assert await page.locator("script:not([src]), img[src=x], [onload], [onerror]").count() == 0
    await context.close()


async def test_in_a_browser_the_policy_stops_what_got_into_a_page(chromium: Browser, api: Api) -> None:
    context = await chromium.new_context(base_url=api.url)
    page = await context.new_page()
    await page.goto("/login")
    violation = "new Promise(told => addEventListener('securitypolicyviolation', told, {once: true}))"
    inject = "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"h4cked=1\">')"
    assert await page.evaluate(
        f"(async () => {{ const told = {violation}; {inject}; return (await told).type }})()"
    )
    assert await page.evaluate(f"typeof {MARK}") == "undefined"
    await context.close()


# -- spreadsheets --


async def test_a_spreadsheet_is_given_no_formula_and_negative_numbers(
    api: Api, intruder: Player, database: psycopg.Connection
) -> None:
    names = ['=HYPERLINK("//evil.example","x")', "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]
    for number, name in enumerate(names, 1):
        player = await api.register()
        database.execute("update users set username = %s where id = %s", [name, player.id])
        await player.score(TYPE, -number)
    text = (await api.http.get(f"/api/v1/scores/leaderboard?board={BOARD}&format=csv&limit=100")).text
    for number, name in enumerate(names, 1):
        quoted = name.replace('"', '""')
        cell = f'"\'{quoted}"' if set(name) & set('",\r\n') else f"'{name}"
        assert f",{cell},-{number}," in text
