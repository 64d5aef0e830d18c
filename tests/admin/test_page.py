"""`/admin` in a browser without script: forms go out, pages come back."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from urllib.parse import quote

import httpx
import psycopg
import pytest
import pytest_asyncio

from sse_board.clock import utc_now
from tests.pages.markup import Markup
from tests.support.clients import PASSWORD, Api, Player, data_of, eventually
from tests.support.servers import Stores, WebServer
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


#: Where each form leads back to, where that is not its own address.
PAGES = {
    "voids": "/admin/flags",
    "call-off": "/admin/maintenance",
    "board": "/admin/boards",
    "action-types": "/admin/boards",
    "action-type": "/admin/boards",
}


async def submit(desk: httpx.AsyncClient, name: str, **fields: str) -> None:
    answer = await desk.post(f"/admin/{name}", data=fields)
    page = PAGES.get(name, f"/admin/{name}")
    assert (answer.status_code, answer.headers.get("location")) == (303, f"{page}?done={name}"), answer.text


async def seen(desk: httpx.AsyncClient, path: str, **query: str) -> Markup:
    answer = await desk.get(path, params=query or None)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    return Markup(answer.text)


def links(page: Markup) -> dict[str, str]:
    return {tag.text: tag.attributes["href"] for tag in page.named("a")}


async def test_nobody_known_is_asked_to_log_in_and_who_is_no_admin_may_not(api: Api, watched: WebServer) -> None:
    for path in ("/admin", "/admin/users"):
        answer = await api.http.get(path, headers=PAGE)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={quote(path, safe='')}")
    part = await api.http.get("/admin/health/part", headers=PAGE)
    assert part.status_code == 401, "a script would follow a redirect, and put the login into the page"
    async with browser(watched.url, await api.register()) as client:
        for refused in (
            await client.get("/admin"),
            await client.get("/admin/audit"),
            await client.get("/admin/connections/part"),
            await client.post("/admin/users"),
        ):
            assert refused.status_code == 403
            assert refused.headers["content-type"].startswith("text/html")


async def test_each_subject_has_its_page_and_its_place_in_the_navigation(desk: httpx.AsyncClient) -> None:
    addresses = [tag.attributes["href"] for tag in (await seen(desk, "/admin")).named("a")]
    shown = {}
    for address in dict.fromkeys(one for one in addresses if one.startswith("/admin")):
        page = await seen(desk, address)
        (here,) = [tag.text for tag in page.tags if tag.attributes.get("aria-current") == "page"][:1]
        assert [tag.text for tag in page.named("h1")] == [here]
        shown[address] = here
    assert list(shown.values()) == [
        "Health",
        "Connections",
        "Flags",
        "Users",
        "Boards",
        "Announcements",
        "Maintenance",
        "Audit log",
    ]


async def test_health_is_shown_with_how_it_was_and_polled_by_itself(desk: httpx.AsyncClient) -> None:
    async def has_charts() -> bool:
        page = await seen(desk, "/admin")
        drawn = [tag for tag in page.named("path") if tag.attributes["d"]]
        return [tag.text for tag in page.named("h2")] == ["All is well"] and len(drawn) > 2

    await eventually(has_charts)
    page = await seen(desk, "/admin")
    assert len(page.with_class("gauge")) == 6
    (part,) = [tag for tag in page.tags if "data-poll" in tag.attributes]
    alone = await desk.get(part.attributes["data-poll"])
    assert '<section id="health"' in alone.text
    assert "<html" not in alone.text


async def test_connections_are_found_by_name_and_ended_and_the_page_keeps_what_it_was_asked(
    api: Api, desk: httpx.AsyncClient
) -> None:
    player = await api.register("Ada of the desk")
    async with listening(api.url, "system", token=player.token) as stream:
        session = (await stream.until_type("connected")).json["sessionId"]
        for asked in (player.username.upper(), f" {player.id.upper()}"):
            page = await seen(desk, "/admin/connections", user=asked)
            assert page.by_id(f"connection-{session}").name == "li"
        (form,) = [tag for tag in page.named("form") if "/admin/connections?" in tag.attributes["action"]]
        for nobody in ("nobody at all", "Stranger", "00000000-0000-4000-8000-000000000000"):
            others = await desk.get("/admin/connections", params={"user": nobody})
            assert session not in others.text, "nothing to end by mistake"
        answer = await desk.post(form.attributes["action"], data={"sessionId": session})
        assert answer.headers["location"] == f"/admin/connections?user=+{player.id.upper()}&done=connections"
        await stream.until_ended()
    again = await desk.get(answer.headers["location"])
    assert "The connection is ended." in again.text


async def test_an_admin_changes_users_and_finds_them_by_the_beginning_of_their_name(
    api: Api, desk: httpx.AsyncClient
) -> None:
    player = await api.register()
    await submit(desk, "users", userId=player.id, role="ORGANIZER")
    assert (await api.log_in(player.username)).id == player.id
    await submit(desk, "users", userId=player.id, blocked="yes")
    body = {"username": player.username, "password": PASSWORD}
    assert (await api.http.post("/api/v1/auth/login", json=body)).status_code == 403
    page = await seen(desk, "/admin/users", name=player.username.upper())
    assert [tag.text for tag in page.with_class("wrong")] == ["blocked"]
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
    resolved = await seen(desk, "/admin/flags", status="resolved", user=player.id)
    assert "A good day." in [tag.text for tag in resolved.named("bdi")]
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
    page = await seen(desk, "/admin/announcements")
    assert "Finals" in [tag.text for tag in page.named("bdi")]
    assert page.with_class("reach")[0].text == "0 reached, 0 read it"


async def test_an_admin_says_when_the_service_will_be_away(api: Api, desk: httpx.AsyncClient) -> None:
    tomorrow = f"{utc_now() + timedelta(days=1):%Y-%m-%d}"
    times = {"startsAt": f"{tomorrow}T10:00", "endsAt": f"{tomorrow}T11:00"}
    await submit(desk, "maintenance", **times, maintenanceMessage="New disks")

    async def ahead() -> list[str]:
        found = data_of(await api.http.get("/api/v1/maintenance"))["maintenance"]
        return [one["startsAt"] for one in found if one["message"] == "New disks"]

    assert await eventually(ahead) == [f"{tomorrow}T10:00:00.000Z"]
    page = await seen(desk, "/admin/maintenance")
    (button,) = [tag for tag in page.named("button") if tag.attributes.get("name") == "maintenanceId"]
    await submit(desk, "call-off", maintenanceId=button.attributes["value"])

    async def is_called_off() -> bool:
        return not await ahead()

    await eventually(is_called_off)


async def test_boards_and_action_types_are_made_and_changed_by_forms(
    api: Api, desk: httpx.AsyncClient, boss: Player
) -> None:
    rules = {"unit": "s", "policy": "best", "direction": "asc", "decimals": "2", "ties": "first"}
    await submit(desk, "boards", slug="sprint", title="Sprint", **rules)
    points = {
        "points": "",
        "field": "seconds",
        "min": "0.05",
        "max": "100",
        "cooldownSeconds": "0",
        "dailyCap": "",
    }
    await submit(desk, "action-types", slug="run", boards="sprint:seconds", bounds="wind - 4.2", **points)
    player = await api.register()
    data_of(await player.act("run", {"seconds": 9.58, "wind": 0.9}))
    assert [entry["score"] for entry in (await api.board("sprint"))["leaderboard"]] == [Decimal("9.58")]
    await submit(desk, "board", slug="sprint", title="Hundred metres", **rules)
    await submit(desk, "action-type", slug="run", boards="sprint:seconds", bounds="", **points | {"dailyCap": "1"})
    again = await desk.post("/admin/board", data={"slug": "sprint", "title": "Sprint", **rules, "policy": "sum"})
    assert again.status_code == 409
    assert "cannot change any more" in again.text
    page = await seen(desk, "/admin/boards")
    assert page.by_id("board-sprint-title").attributes["value"] == "Hundred metres"
    assert page.by_id("type-run-min").attributes["value"] == "0.05"
    assert page.by_id("type-run-cap").attributes["value"] == "1"


async def test_the_audit_log_is_searched_by_names_and_page_by_page(
    api: Api, desk: httpx.AsyncClient, boss: Player, stores: Stores
) -> None:
    player = await api.register()
    await submit(desk, "users", userId=player.id, blocked="yes")
    with psycopg.connect(stores.database_url, autocommit=True) as database:
        changed = "insert into audit (actor, action, entity_type, entity_id, details, request_id)"
        changed += " select %s, 'user.role', 'user', %s, '{\"to\": \"VIEWER\"}', 'x' from generate_series(1, 30)"
        database.execute(changed, [boss.id, player.id])
    asked = {"actor": boss.username, "entity": player.id}
    page = await seen(desk, "/admin/audit", **asked)
    assert len(page.with_class("change")) == 30
    older = await seen(desk, links(page)["Older"])
    assert [tag.text for tag in older.with_class("what")] == ["user.block"]
    assert "Older" not in links(older)
    for nothing in ({"actor": "nobody at all"}, {"action": "\0"}, {"entity": "x"}, {"actor": player.id}):
        found = await seen(desk, "/admin/audit", **nothing)
        assert found.with_class("nothing")


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
        ("announcements", {"title": "x", "message": "kept", "expiresAt": "2001-01-01T10:00"}, 400),
        ("maintenance", {"startsAt": "soon", "endsAt": "2099-01-01T10:00", "maintenanceMessage": "Disks"}, 400),
        ("call-off", {"maintenanceId": "00000000-0000-4000-8000-000000000000"}, 404),
        ("boards", {"slug": "No slug", "title": "x", "policy": "sum"}, 400),
        ("board", {"slug": "\0", "title": "x"}, 404),
        ("action-types", {"slug": "x", "points": "1e3", "boards": "desk"}, 400),
        ("action-types", {"slug": "x", "points": "5", "boards": "no_board"}, 400),
        ("action-types", {"slug": "x", "points": "5", "boards": "desk", "bounds": "too short"}, 400),
        ("action-type", {"slug": "nothing", "points": "5", "boards": "desk"}, 404),
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
