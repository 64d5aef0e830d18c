"""`/admin` in a browser without script: forms go out, pages come back."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
import pytest_asyncio

from sse_board.clock import utc_now
from tests.pages.markup import Markup
from tests.support.clients import PASSWORD, Api, Player, data_of, eventually
from tests.support.servers import WebServer
from tests.support.streams import listening

PAGE = {"Accept": "text/html"}


@contextlib.asynccontextmanager
async def browser(url: str, player: Player) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in by the form."""
    form = {"username": player.username, "password": PASSWORD, "next": "/admin"}
    async with httpx.AsyncClient(base_url=url, headers=PAGE, trust_env=False) as client:
        answer = await client.post("/login", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/admin")
        yield client


@pytest_asyncio.fixture(scope="module")
async def desk(watched: WebServer, boss: Player) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(watched.url, boss) as client:
        yield client


async def submit(desk: httpx.AsyncClient, name: str, **fields: str) -> None:
    answer = await desk.post(f"/admin/{name}", data=fields)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/admin?done"), answer.text


async def test_nobody_known_is_asked_to_log_in_and_who_is_no_admin_may_not(api: Api, watched: WebServer) -> None:
    answer = await api.http.get("/admin", headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fadmin")
    part = await api.http.get("/admin/health", headers=PAGE)
    assert part.status_code == 401, "a script would follow a redirect, and put the login into the page"
    async with browser(watched.url, await api.register()) as client:
        for refused in (
            await client.get("/admin"),
            await client.get("/admin/health"),
            await client.post("/admin/users"),
        ):
            assert refused.status_code == 403
            assert refused.headers["content-type"].startswith("text/html")


async def test_the_page_shows_health_connections_users_flags_and_changes(
    api: Api, desk: httpx.AsyncClient, boss: Player
) -> None:
    player = await api.register("Ada of the desk")
    async with listening(api.url, "system", token=player.token) as stream:
        await stream.until_type("connected")
        page = Markup((await desk.get("/admin", params={"name": "ada OF", "user": f" {player.id.upper()}"})).text)
        for nobody in (boss.id, "no id"):
            others = await desk.get("/admin", params={"user": nobody})
            assert 'action="/admin/connections"' not in others.text, "nothing to end by mistake"
    titles = [tag.text for tag in page.named("h2")]
    assert titles[0] == "Health: ok"
    assert titles[1:] == [
        "Connections",
        "Users",
        "Flags",
        "Take an action back",
        "Announce",
        "Maintenance",
        "Audit log",
    ]
    assert [tag.text for tag in page.named("bdi")].count(player.username) == 2, "a connection and a user"
    fragment = await desk.get("/admin/health")
    assert fragment.text.lstrip().startswith('<section id="health"')
    for answer in (fragment, await desk.get("/admin")):
        assert answer.headers["cache-control"] == "private, no-store"


async def test_an_admin_changes_users_and_ends_connections(api: Api, desk: httpx.AsyncClient) -> None:
    player = await api.register()
    async with listening(api.url, "system", token=player.token) as stream:
        session = (await stream.until_type("connected")).json["sessionId"]
        await submit(desk, "connections", sessionId=session)
        await stream.until_ended()
    await submit(desk, "users", userId=player.id, role="ORGANIZER")
    assert (await api.log_in(player.username)).id == player.id
    await submit(desk, "users", userId=player.id, blocked="yes")
    body = {"username": player.username, "password": PASSWORD}
    assert (await api.http.post("/api/v1/auth/login", json=body)).status_code == 403
    await submit(desk, "users", userId=player.id, blocked="no")
    assert (await api.log_in(player.username)).id == player.id


async def test_an_admin_resolves_flags_and_takes_actions_back(
    api: Api, desk: httpx.AsyncClient, boss: Player
) -> None:
    await boss.make_board("desk", "desk_lap", high=100_000)
    player = await api.register()
    await player.score("desk_lap", 5_000)

    async def flagged() -> list[dict[str, str]]:
        found: list[dict[str, str]] = data_of(await boss.request("GET", f"/api/v1/admin/flags?user={player.id}"))[
            "flags"
        ]
        return found

    (flag,) = await eventually(flagged)
    await submit(desk, "flags", flagId=flag["id"], resolution="dismissed", note="A good day.")
    assert await flagged() == []
    await submit(desk, "voids", userId=player.id, actionId=flag["actionId"], reason="Not so good.")
    assert (await api.board("desk"))["leaderboard"] == []


async def test_an_admin_announces(api: Api, desk: httpx.AsyncClient) -> None:
    async with listening(api.url, "system") as stream:
        await stream.until_type("connected")
        await submit(
            desk, "announcements", title="Finals", message="At eight.", type="INFO", priority="HIGH", role=""
        )
        told = (await stream.until_type("system.announcement")).json
    assert (told["title"], told["message"], told["priority"]) == ("Finals", "At eight.", "HIGH")


async def test_an_admin_says_when_the_service_will_be_away(api: Api, desk: httpx.AsyncClient) -> None:
    tomorrow = f"{utc_now() + timedelta(days=1):%Y-%m-%d}"
    times = {"startsAt": f"{tomorrow}T10:00", "endsAt": f"{tomorrow}T11:00"}
    await submit(desk, "maintenance", **times, maintenanceMessage="New disks")

    async def ahead() -> list[str]:
        found = data_of(await api.http.get("/api/v1/maintenance"))["maintenance"]
        return [one["startsAt"] for one in found if one["message"] == "New disks"]

    assert await eventually(ahead) == [f"{tomorrow}T10:00:00.000Z"]


@pytest.mark.parametrize(
    ("name", "fields", "status"),
    [
        ("users", {"userId": "me"}, 400),
        ("users", {"userId": "00000000-0000-4000-8000-000000000000", "role": "KING"}, 400),
        ("users", {"userId": "00000000-0000-4000-8000-000000000000", "blocked": "yes"}, 404),
        ("connections", {}, 400),
        ("flags", {"flagId": "00000000-0000-4000-8000-000000000000"}, 400),
        ("voids", {"userId": "00000000-0000-4000-8000-000000000000", "actionId": "x", "reason": ""}, 400),
        ("announcements", {"title": "x" * 201, "message": "kept"}, 400),
        ("maintenance", {"startsAt": "soon", "endsAt": "2099-01-01T10:00", "maintenanceMessage": "Disks"}, 400),
    ],
)
async def test_what_is_refused_comes_back_with_the_page_and_what_was_written(
    desk: httpx.AsyncClient, name: str, fields: dict[str, str], status: int
) -> None:
    answer = await desk.post(f"/admin/{name}", data=fields)
    assert answer.status_code == status
    page = Markup(answer.text)
    assert [tag.attributes.get("role") for tag in page.with_class("error")] == ["alert"]
    if "message" in fields:
        assert [tag.text for tag in page.named("textarea")] == ["kept"]


async def test_a_page_of_another_origin_cannot_send_the_forms(desk: httpx.AsyncClient) -> None:
    for foreign in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await desk.post("/admin/announcements", data={"title": "x", "message": "y"}, headers=foreign)
        assert answer.status_code == 403
