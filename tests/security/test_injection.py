"""Text that tries to become something else: a header, a line of the log, an event, markup."""

import html
import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright
from starlette.routing import Mount, Route

from sse_board.app import Service
from sse_board.settings import load_settings
from tests.browser.conftest import CHROMIUM
from tests.security.conftest import PLENTY
from tests.support.clients import PASSWORD, Api, Player, data_of, error_of
from tests.support.events import EventParser
from tests.support.servers import Runner, StoreHouse, Stores, WebServer
from tests.support.sockets import connected
from tests.support.streams import listening
from tests.support.wire import exchange

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


def log_of(server: WebServer) -> list[dict[str, Any]]:
    """Every line but the first, which is for people, is one JSON object. Raises ValueError."""
    lines = [json.loads(line) for line in server.log_text().split("\n")[1:] if line]
    assert all({"event", "level", "timestamp"} <= set(line) for line in lines)
    return lines


# -- headers and the log --

PAYLOADS = {
    "a JSON object": b'x"}\\n{"event":"forged"}',
    "quotes": b"\"'`$(id);--",
    "ANSI": b"\x1b[2J\x1b[31mforged",
    "8-bit ANSI": b"\x9b31mforged",
    "broken UTF-8": b"\xff\xfe\xc3",
    "UTF-8": "forged\u2028\u202e".encode(),
    "a folded line": b"x\r\n Set-Cookie: forged=1",
    "a bare CR": b"x\rSet-Cookie: forged=1",
    "a bare LF": b"x\nSet-Cookie: forged=1",
    "encoded line ends": b"x%0d%0aSet-Cookie:%20forged=1",
    "a NUL": b"x\x00forged",
}
NAMES = (
    *("User-Agent", "X-Request-ID", "Authorization", "Cookie", "Accept", "Origin", "Referer", "If-None-Match"),
    *("Last-Event-ID", "X-Forwarded-For", "X-Forwarded-Proto", "X-Action-Key-Id", "Content-Type", "Range"),
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_header_of_a_request_becomes_one_of_the_answer_or_a_line_of_the_log(
    servers: tuple[WebServer, WebServer], payload: str
) -> None:
    value = PAYLOADS[payload]
    for name in NAMES:
        for path in ("/api/v1/auth/me", "/api/v1/scores/leaderboard", "/nothing"):
            head = f"GET {path} HTTP/1.1\r\nHost: x\r\n{name}: ".encode() + value + b"\r\n\r\n"
            answer = exchange(servers[0].url, head)
            assert answer.status_code < 500
            assert "forged" not in answer.headers.get("set-cookie", "")
            assert b"forged" not in b"".join(
                content for header, content in answer.headers.raw if header.lower() != b"x-request-id"
            )
            assert re.fullmatch(r"[\x21-\x7e]{1,128}", answer.headers["x-request-id"])
    assert not [line for line in log_of(servers[0]) if line["event"] == "forged"]


@pytest.mark.parametrize(
    "text", ["a\r\nSet-Cookie: forged=1", "\x1b[31mred", "a\0b", '"}{"event":"forged"}', "a\u2028b", "<b>bold</b>"]
)
async def test_a_name_with_more_than_letters_is_refused(api: Api, text: str) -> None:
    body = {"username": text, "email": "a@example.org", "password": PASSWORD}
    answer = await api.http.post("/api/v1/auth/register", json=body)
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert "username" in answer.json()["error"]["details"]
    login = await api.http.post("/api/v1/auth/login", json=body)
    assert error_of(login) == (401, "UNAUTHORIZED")


@pytest.mark.parametrize("format", ["json", "html", "text"])
@pytest.mark.parametrize("channel", ["x\n\nevent: forged\ndata: y", "x\r\rdata: forged", "\x1b[31mx", "\u2028x"])
async def test_a_channel_name_makes_no_event_and_tells_a_terminal_nothing(
    api: Api, format: str, channel: str
) -> None:
    query = {"channels": f"{channel},leaderboard:overall", "format": format, "lastEventId": channel}
    raw = b""
    async with api.http.stream("GET", "/api/v1/stream", params=query) as stream:
        async for piece in stream.aiter_raw():
            raw += piece
            if b"overall" in raw and (format != "json" or b"leaderboard.update" in raw):
                break
    assert "forged" not in {message.type for message in EventParser().feed(raw)}
    assert not [line for line in raw.splitlines() if line.strip() in (b"data: forged", b"event: forged")]
    assert b"\r" not in raw
    assert b"\x1b" not in raw


async def test_an_announcement_is_one_event_and_one_line(api: Api, admin: Player) -> None:
    text = "one\n\nevent: forged\ndata: two\r\n\x1b[31mthree\u2028<script>x</script>"
    async with (
        listening(api.url, "system") as stream,
        listening(api.url, "system", format="html") as page,
        api.http.stream("GET", "/api/v1/stream", params={"channels": "system", "format": "text"}) as terminal,
    ):
        await stream.until_type("connected")
        await page.until_type("connected")
        told = aiter(terminal.aiter_raw())
        assert b"listening" in await anext(told)
        await admin.announce(text, message=text)
        for heard in (stream, page):
            announced = (await heard.until_type("system.announcement")).json
            assert (announced["title"], announced["message"]) == (text, text)
            assert not heard.of_type("forged")
        line = ": heartbeat"
        while line.startswith(": heartbeat"):
            line = (await anext(told)).decode()
        fields = line.removesuffix("\n\n").split("\n")
        assert [field.partition(":")[0] for field in fields] == ["id", "data"]
        assert all(field.isprintable() for field in fields)


# -- secrets and the log --


@pytest.fixture(scope="module")
def talkative(
    store_house: StoreHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[WebServer, Stores]]:
    """A server that logs all that it would ever log."""
    stores, runner = store_house.fresh(), Runner(tmp_path_factory.mktemp("talkative"))
    yield runner.serve(stores, LOG_LEVEL="DEBUG", **PLENTY), stores
    runner.close()
    store_house.drop(stores)


async def test_no_secret_is_ever_logged(talkative: tuple[WebServer, Stores]) -> None:
    """A session of everything, its mistakes included."""
    server, stores = talkative
    secrets = [f"password-{MARK}", f"wrong-{MARK}", f"new-password-{MARK}"]
    keys = load_settings(stores.environment)
    secrets += [
        part.partition(":")[2] for name in ("JWT_KEYS", "ACTION_KEYS") for part in [stores.environment[name]]
    ]
    secrets += [key.secret.hex() for key in (*keys.jwt_keys, *keys.action_keys)]
    person = {"username": "Careful Person", "email": "careful@example.org", "password": secrets[0]}
    login = {"username": "Careful Person", "password": secrets[0]}
    async with Api(server.url) as api:
        data = data_of(await api.http.post("/api/v1/auth/register", json=person), 201)
        player = Player(api, data)
        secrets += [player.token, data["refreshToken"], data["actionKey"]["secret"], player.sign(b"{")]
        await api.http.post("/api/v1/auth/login", json={**login, "password": secrets[1]})
        await api.http.post("/api/v1/auth/login", json={**login, "more": secrets[1], "username": 5})
        await api.http.post("/api/v1/auth/login", content=f'{{"password": "{secrets[1]}"'.encode())
        page = await api.http.post("/login", data=login)
        secrets += [cookie.split("=")[1].split(";")[0] for cookie in page.headers.get_list("set-cookie")]
        await api.http.get("/", headers={"Accept": "text/html"})
        api.http.cookies.clear()
        stream_token = data_of(await player.request("POST", "/api/v1/auth/stream-token"))["streamToken"]
        secrets.append(stream_token)
        for token in (stream_token, player.token, secrets[1]):
            query = {"channels": "user:me:score", "token": token}
            await api.http.get("/api/v1/events", params=query)
            await api.http.get("/api/v1/nothing", params=query)
            exchange(server.url, f"GET /?token={token} HTTP/9\r\nX: {token}\r\n\r\n".encode())
            await api.http.get("/api/v1/auth/me", headers={"Authorization": f"Basic {token}"})
        async with listening(server.url, "leaderboard:overall", url_token=stream_token) as stream:
            await stream.until_type("leaderboard.update")
        async with listening(server.url, "leaderboard:overall") as stream:
            greeting = (await stream.until_type("connected")).json
            secrets.append(greeting["sessionSecret"])
            change = {name: greeting[name] for name in ("sessionId", "sessionSecret")}
            await api.http.post("/api/ws/subscribe", json={**change, "channels": ["system"]})
        async with connected(server.url) as socket:
            for token in (secrets[1], player.token):
                await socket.say(action="auth", token=token)
            await socket.until_type("connected", 2)
        await player.act("task_finish")
        await player.act("nothing of the kind")
        await api.http.post(
            "/api/v1/scores/action", content=b"{", headers={**player.bearer, "X-Action-Signature": "x"}
        )
        new = data_of(await player.request("POST", "/api/v1/auth/action-key"))["actionKey"]
        secrets.append(new["secret"])
        data_of(await player.request("PATCH", "/api/v1/auth/me", {"password": secrets[2]}))
        for _ in range(2):
            renewed = await api.http.post("/api/v1/auth/refresh", json={"refreshToken": data["refreshToken"]})
        secrets.append(data_of(renewed)["accessToken"])
        await player.request("POST", "/api/v1/auth/logout")
        secrets += logged_signatures(stores)
    assert all(len(secret) >= 12 for secret in secrets)
    assert len([line for line in log_of(server) if line["event"] == "request"]) > 20
    log = server.log_text()
    assert [secret for secret in secrets if secret in log or secret.rpartition(".")[2] in log] == []


def logged_signatures(stores: Stores) -> list[str]:
    with psycopg.connect(stores.database_url) as connection:
        return [row[0] for row in connection.execute("select signature from actions").fetchall()]


# -- markup --


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
    for name, value in SECURITY.items():
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
    assert await page.locator("#main bdi").all_text_contents() == [SCRIPT], "a frame has brought it"
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
