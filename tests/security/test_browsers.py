"""What a page of another origin may do with a visitor's cookies: nothing; and what our own pages forbid."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from psycopg import Connection
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from sse_board.web.openapi import read_document
from tests.security.conftest import FRIEND
from tests.support.clients import PASSWORD, Api, error_of
from tests.support.refusals import unchanged

EVIL = "https://evil.example"
FOREIGN = [
    {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"},
    {"Origin": EVIL},
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": f"{FRIEND}.evil.example"},
    {"Origin": "https://evil.example/https://friend.example"},
    {"Origin": "http://[::1"},
    {"Origin": "OURS.evil.example"},
    {"Origin": "http://user@OURS@evil.example"},
]
#: What a form of a foreign page can send.
FORMS = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]


def changing() -> list[tuple[str, str]]:
    """Every operation that changes something, and the forms of pages."""
    described = [
        (method.upper(), path)
        for path, item in read_document()["paths"].items()
        for method in item.keys() & {"post", "put", "patch", "delete"}
    ]
    return [*described, ("POST", "/login"), ("POST", "/register"), ("POST", "/logout")]


@pytest_asyncio.fixture(scope="module")
async def browser(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who has logged in on our pages; the cookies are sent whatever their `SameSite` says."""
    person = await api.register("Visitor of Pages")
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as client:
        answer = await client.post("/login", data={"username": person.username, "password": PASSWORD})
        assert answer.status_code == 303
        yield client


def told(headers: dict[str, str], api: Api) -> dict[str, str]:
    return {name: value.replace("OURS", api.url.removeprefix("http://")) for name, value in headers.items()}


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
async def test_a_foreign_page_changes_nothing_with_our_cookies(
    browser: httpx.AsyncClient, api: Api, database: Connection, foreign: dict[str, str]
) -> None:
    assert len(changing()) > 15
    everywhere = FOREIGN.index(foreign) in (0, 1)  # the others need not be tried at every address
    with unchanged(database):
        for method, template in changing()[None if everywhere else -3 :]:
            path = template.replace("{userId}", "00000000-0000-4000-8000-000000000000").replace(
                "{slug}", "overall"
            )
            for media_type in (FORMS[0], "application/json"):
                headers = {**told(foreign, api), "Content-Type": media_type}
                answer = await browser.request(method, path, content=b'{"app": "typing"}', headers=headers)
                assert error_of(answer) == (403, "FORBIDDEN"), (method, path, media_type)
    assert (await browser.get("/api/v1/auth/me")).status_code == 200, "still logged in"


@pytest.mark.parametrize(
    "own",
    [{"Origin": "OWN"}, {"Origin": FRIEND}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {}],
)
async def test_our_own_pages_and_friends_do(browser: httpx.AsyncClient, api: Api, own: dict[str, str]) -> None:
    headers = {name: value.replace("OWN", api.url) for name, value in own.items()}
    assert (await browser.post("/api/v1/sessions", json={"app": "typing"}, headers=headers)).status_code == 201


@pytest.mark.parametrize("media_type", FORMS)
async def test_a_form_that_posts_json_as_something_else_is_not_read(
    browser: httpx.AsyncClient, database: Connection, media_type: str
) -> None:
    """Even where nothing is told of the origin."""
    with unchanged(database):
        answer = await browser.post(
            "/api/v1/sessions", content=b'{"app": "typing"}', headers={"Content-Type": media_type}
        )
    assert error_of(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_the_cookies_stay_out_of_foreign_hands(api: Api, browser: httpx.AsyncClient) -> None:
    person = await api.register()
    login = {"username": person.username, "password": PASSWORD}
    for scheme, secure in (("http", False), ("https", True)):
        answer = await api.http.post("/login", data=login, headers={"X-Forwarded-Proto": scheme})
        for line in answer.headers.get_list("set-cookie"):
            assert {"httponly", "samesite=lax"} <= {part.strip().lower() for part in line.split(";")}
            assert ("Secure" in line) == secure
            assert "domain" not in line.lower()
        api.http.cookies.clear()


@pytest.mark.parametrize("origin", [EVIL, "null", FRIEND.upper() + ".evil.example", "http://friend.example"])
async def test_a_foreign_page_reads_nothing(browser: httpx.AsyncClient, origin: str) -> None:
    """A browser shows an answer to a foreign page only if that origin is named, with credentials if both are."""
    headers = {"Origin": origin}
    for path in (
        "/api/v1/auth/me",
        "/api/v1/scores/leaderboard",
        "/api/v1/events?channels=system",
        "/",
        "/nothing",
    ):
        answer = await browser.get(path, headers=headers)
        assert "access-control-allow-origin" not in answer.headers, path
        assert "Origin" in answer.headers["vary"]
    asked = {**headers, "Access-Control-Request-Method": "POST"}
    preflight = await browser.options("/api/v1/scores/action", headers=asked)
    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers
    query = {"channels": "user:me:score"}
    async with browser.stream("GET", "/api/v1/stream", params=query, headers=headers) as stream:
        assert "access-control-allow-origin" not in stream.headers


async def test_what_is_open_to_all_pages_is_so_without_credentials(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/openapi.json", headers={"Origin": EVIL})
    assert answer.headers["access-control-allow-origin"] == "*", "which browsers do not take with cookies"


async def test_a_friend_is_named_and_nobody_else(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/api/v1/auth/me", headers={"Origin": FRIEND})
    assert answer.headers["access-control-allow-origin"] == FRIEND
    assert answer.headers["access-control-allow-credentials"] == "true"


def with_cookies(browser: httpx.AsyncClient) -> Any:
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return {"additional_headers": {"Cookie": cookies}, "proxy": None}


@pytest.mark.parametrize("path", ["/api/ws", "/api/v1/scores/live"])
async def test_only_our_pages_and_friends_open_a_websocket_with_our_cookies(
    browser: httpx.AsyncClient, api: Api, path: str
) -> None:
    url = api.url.replace("http", "ws", 1) + path
    for own in (api.url, FRIEND):
        async with connect(url, origin=Origin(own), **with_cookies(browser)) as socket:
            assert json.loads(await socket.recv())["data"]["auth"] == "user"
    for foreign in (EVIL, "null", "http://127.0.0.1:1", f"{FRIEND}.evil.example", f"{api.url}.evil.example"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, origin=Origin(foreign), **with_cookies(browser))
        assert refused.value.response.status_code == 403
