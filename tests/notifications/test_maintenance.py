"""Maintenance begins and ends on time, told once by whoever is the active worker, and everybody sees it coming."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from sse_board.clock import iso, utc_now
from sse_board.errors import InvalidRequest
from sse_board.notifications.maintenance import Timekeeper
from sse_board.notifications.window import Window, check_times
from tests.notifications.conftest import Site
from tests.support.clients import data_of, error_of, eventually
from tests.support.servers import Program
from tests.support.streams import Stream, listening

PATH = "/api/v1/admin/maintenance"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts", "ends", "wrong"),
    [
        (0, 60, {}),
        (-50, 60, {}),
        (-90, 60, {"startsAt"}),
        (366 * 86_400, 367 * 86_400, {"startsAt"}),
        (60, 60, {"endsAt"}),
        (-50, -10, {"endsAt"}),
        (0, 8 * 86_400, {"endsAt"}),
        (-90, -100, {"startsAt", "endsAt"}),
    ],
)
def test_a_maintenance_lies_ahead_and_ends_after_it_starts(starts: int, ends: int, wrong: set[str]) -> None:
    """Seconds from now."""
    start, end = (NOON + timedelta(seconds=seconds) for seconds in (starts, ends))
    if not wrong:
        check_times(start, end, NOON)
        return
    with pytest.raises(InvalidRequest) as refused:
        check_times(start, end, NOON)
    assert set(refused.value.details or {}) == wrong


def test_a_maintenance_is_shown_as_it_is_at_that_moment() -> None:
    window = Window("x", NOON, NOON + timedelta(hours=1), "new disks")
    minutes = (-1, 0, 59, 60)
    shown = [window.status(NOON + timedelta(minutes=minute)) for minute in minutes]
    assert shown == ["scheduled", "started", "started", "ended"]
    left = [window.left(NOON + timedelta(seconds=seconds)) for seconds in (-7 * 86_400, -7_200, -119.5, 3_590)]
    assert left == ["begins in 7 days", "begins in 2 h", "begins in 2 min", "ends in 10 s"]


def at(seconds: float) -> str:
    return iso(utc_now() + timedelta(seconds=seconds))


async def schedule(site: Site, starts: float, ends: float, message: str = "new disks") -> httpx.Response:
    body = {"startsAt": at(starts), "endsAt": at(ends), "message": message}
    return await site.boss.request("POST", PATH, body)


async def ahead(site: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = data_of(await site.api.http.get("/api/v1/maintenance"))["maintenance"]
    return found


def told(stream: Stream, id: str) -> list[str]:
    return [
        message.type.removeprefix("maintenance.")
        for message in stream.messages
        if message.type.startswith("maintenance.") and message.json["id"] == id
    ]


async def test_it_begins_and_ends_on_time_once_whichever_worker_is_active(
    site: Site, work: Callable[..., Program]
) -> None:
    second = work(site.stores)
    async with (
        listening(site.server.url, "system") as stream,
        listening(site.server.url, "system", format="text") as shell,
    ):
        await stream.until_type("connected")
        made = data_of(await schedule(site, 0.8, 2.4), 201)
        assert made["status"] == "scheduled"
        await eventually(lambda: told(stream, made["id"]) == ["scheduled"])
        await eventually(lambda: seen(site, made["id"], "scheduled"))
        await stream.until_type("maintenance.started")
        await eventually(lambda: seen(site, made["id"], "started"))
        started, late = utc_now(), timedelta(seconds=2)
        assert started - datetime.fromisoformat(made["startsAt"]) < late
        second.kill()
        await stream.until_type("maintenance.ended")
        assert utc_now() - datetime.fromisoformat(made["endsAt"]) < late
        await site.boss.announce("the end")
        await stream.until_type("system.announcement")
        assert told(stream, made["id"]) == ["scheduled", "started", "ended"]
        assert await ahead(site) == []
        await shell.until(lambda: any("the end" in message.data for message in shell.messages))
        lines = [message.data for message in shell.messages if "maintenance" in message.data]
        assert [line.split("  ")[0] for line in lines] == [
            f"maintenance {what}" for what in told(stream, made["id"])
        ]


async def seen(site: Site, id: str, status: str) -> bool:
    """On a page and by the API; a page says it without script."""
    page = await site.api.http.get("/login", headers={"Accept": "text/html"})
    return [(one["id"], one["status"]) for one in await ahead(site)] == [(id, status)] and "new disks" in page.text


async def test_what_is_called_off_vanishes_or_ends_now(site: Site) -> None:
    async with listening(site.server.url, "system") as stream:
        await stream.until_type("connected")
        later = data_of(await schedule(site, 600, 700), 201)
        running = data_of(await schedule(site, -10, 500), 201)
        assert error_of(await schedule(site, 650, 800)) == (409, "CONFLICT")
        assert error_of(await schedule(site, 800, 750)) == (400, "INVALID_REQUEST")
        await eventually(lambda: told(stream, running["id"]) == ["scheduled", "started"])
        for one in (later, running):
            data_of(await site.boss.request("DELETE", f"{PATH}/{one['id']}"))
            await eventually(lambda: told(stream, one["id"])[-1] == "ended")  # noqa: B023
        assert told(stream, later["id"]) == ["scheduled", "ended"]
        await eventually(lambda: nothing_ahead(site))
    listed = data_of(await site.boss.request("GET", PATH))["maintenance"]
    assert running["id"] in [one["id"] for one in listed]
    assert later["id"] not in [one["id"] for one in listed]
    assert error_of(await site.boss.request("DELETE", f"{PATH}/{later['id']}")) == (404, "NOT_FOUND")
    assert error_of(await site.boss.request("DELETE", f"{PATH}/{running['id']}")) == (409, "CONFLICT")


async def nothing_ahead(site: Site) -> bool:
    return await ahead(site) == []


async def test_workers_at_the_same_moment_tell_it_once_and_of_what_went_by_unseen_only_the_end(site: Site) -> None:
    keepers = [Timekeeper(site.postgres, site.outbox, utc_now) for _ in range(3)]
    async with listening(site.server.url, "system") as stream:
        await stream.until_type("connected")
        with psycopg.connect(site.stores.database_url, autocommit=True) as database:
            ids = [insert(database, site, minutes) for minutes in ((-30, 30), (-90, -60))]
        await asyncio.gather(*(keeper.turn() for keeper in keepers))
        await site.boss.announce("after that")
        await stream.until_type("system.announcement")
        assert [told(stream, id) for id in ids] == [["started"], ["ended"]]
    data_of(await site.boss.request("DELETE", f"{PATH}/{ids[0]}"))


def insert(database: psycopg.Connection[Any], site: Site, minutes: tuple[int, int]) -> str:
    """A maintenance between these minutes from now, of which nothing was told yet."""
    row = database.execute(
        """insert into maintenance (id, starts_at, ends_at, message, created_by, created_at)
           select gen_random_uuid(), now() + make_interval(mins => %s), now() + make_interval(mins => %s), 'x', %s,
                  now()
           returning id""",
        [*minutes, site.boss.id],
    ).fetchone()
    assert row is not None
    return str(row[0])
