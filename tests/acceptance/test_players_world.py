"""An afternoon of players over two web processes and two workers, seen by everybody at three screens at once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import dropwhile
from typing import Any

import psycopg
import pytest_asyncio

from tests.acceptance.screens import Screens, Told
from tests.live.conftest import PLENTY
from tests.support.clients import Api, Player, data_of
from tests.support.servers import Runner, Stores

PUBLIC = "activity:feed,activity:achievements,system,leaderboard:typing_wpm"
PERSONAL = "user:me:achievements,user:me:rank-changes,user:me:notifications,user:me:progress"
#: Days in a row on which somebody did something, today included.
STREAK_DAYS = 7
#: A run must be so old to count: seconds.
OLD_SECONDS = 1

#: The first announcement: from here on all screens are there.
BEGIN = "All are here"

Data = dict[str, Any]


class Afternoon:
    """Who is there, at which process. `eve` is away until the evening."""

    def __init__(self, stores: Stores, one: Api, two: Api) -> None:
        self.stores = stores
        self.one = one
        self.two = two
        self.people: dict[str, Player] = {}
        self.runs: dict[str, str] = {}

    async def gather(self) -> None:
        self.people["admin"] = await self.one.admin(self.stores)
        names = ["organizer", "ada", "bob", "cyd", "eve"]
        self.people |= dict(zip(names, await self.one.register_all(names), strict=True))
        role = f"/api/v1/admin/users/{self.people['organizer'].id}"
        data_of(await self.people["admin"].request("PATCH", role, {"role": "ORGANIZER"}))
        self.people["organizer"] = await self.one.log_in("organizer")

    async def start(self, *names: str) -> None:
        for name in names:
            started = await self.people[name].request("POST", "/api/v1/sessions", {"app": "typing"}, api=self.two)
            self.runs[name] = data_of(started, 201)["sessionId"]
        await asyncio.sleep(OLD_SECONDS)

    async def practise(self, name: str, wpm: float, api: Api) -> None:
        body = {"currentWpm": wpm, "currentAccuracy": 95, "progress": 50}
        path = f"/api/v1/sessions/{self.runs[name]}/progress"
        data_of(await self.people[name].request("POST", path, body, api=api), 202)

    async def finish(self, name: str, wpm: float, api: Api) -> None:
        claim = {"sessionId": self.runs[name], "wpm": wpm, "accuracy": 95}
        data_of(await self.people[name].act("typing_complete", claim, api=api))

    async def announce(self, title: str, **options: object) -> None:
        body = {"title": title, "message": "…", **options}
        data_of(await self.people["admin"].request("POST", "/api/v1/admin/announcements", body, api=self.two), 201)


def was_busy_on_the_days_before(stores: Stores, player: Player) -> None:
    """One accepted action on each day of a streak but today."""
    with psycopg.connect(stores.database_url) as database:
        row = database.execute("select seq from commits for update").fetchone()
        assert row is not None
        for number in range(1, STREAK_DAYS):
            at = datetime.now(UTC) - timedelta(days=STREAK_DAYS - number)
            database.execute(
                "insert into actions (user_id, action_id, action_type, seq, points, effects, signature, metadata,"
                " request_id, claimed_at, accepted_at)"
                " values (%s, %s, 'task_finish', %s, 0, '[]', '', '{}', '', %s, %s)",
                [player.id, f"day {number}", row[0] + number, at, at],
            )
        database.execute("update commits set seq = seq + %s", [STREAK_DAYS - 1])


@pytest_asyncio.fixture
async def afternoon(own_stores: Stores, runner: Runner) -> AsyncIterator[Afternoon]:
    often = {"HEARTBEAT_SECONDS": 1, "BOARD_TICK_MS": 20, "SESSION_MIN_SECONDS": OLD_SECONDS}
    first, second = runner.serve_two(own_stores, **often, **PLENTY)
    async with Api(first.url) as one, Api(second.url) as two:
        afternoon = Afternoon(own_stores, one, two)
        await afternoon.gather()
        was_busy_on_the_days_before(own_stores, afternoon.people["ada"])
        yield afternoon


@contextlib.asynccontextmanager
async def everybody(afternoon: Afternoon, *names: str) -> AsyncIterator[dict[str, Screens]]:
    """Each of them at their screens, where all runs are shown."""
    live = ",".join(f"session:{run}:live" for run in afternoon.runs.values())
    channels = f"{PUBLIC},{PERSONAL},{live}"
    shown = {name: Screens(channels, afternoon.people[name].token) for name in names}
    async with contextlib.AsyncExitStack() as stack:
        for screens in shown.values():
            stack.push_async_callback(screens.close)
            await screens.open(afternoon.one.url, afternoon.two.url)
        yield shown


def where(**wanted: object) -> Callable[[Data], bool]:
    """Whether an event has these values."""
    return lambda data: all(data.get(name) == value for name, value in wanted.items())


def since_begin(log: Iterable[Told]) -> Iterator[Told]:
    return dropwhile(lambda told: told[3].get("title") != BEGIN, log)


async def test_three_play_one_overtakes_two_and_who_was_away_finds_it_all(
    afternoon: Afternoon, runner: Runner
) -> None:
    stores, one, two = afternoon.stores, afternoon.one, afternoon.two
    active, waiting = runner.work(stores), runner.work(stores)
    people = afternoon.people
    eve = people["eve"]

    await afternoon.start("eve")
    await afternoon.practise("eve", 65, one)
    await afternoon.finish("eve", 65, one)
    await afternoon.start("ada", "bob", "cyd")
    async with everybody(afternoon, "ada", "bob", "cyd", "organizer") as at:
        await afternoon.announce(BEGIN)
        for screens in at.values():
            await screens.until("system.announcement", where(title=BEGIN))
        for name, wpm in {"ada": 70, "bob": 60, "cyd": 50}.items():
            await afternoon.practise(name, wpm, one)
            for screens in at.values():
                await screens.until("progress.update", where(username=name, status="live", currentWpm=wpm))

        await afternoon.finish("bob", 60, two)
        await afternoon.finish("cyd", 50, one)
        await at["bob"].until("rank.changed", where(board="typing_wpm", newRank=2))
        await at["cyd"].until("rank.changed", where(board="typing_wpm", newRank=3))
        await at["cyd"].until("achievement.unlocked", where(achievement="typing-wpm-top-10"))

        active.kill()
        await afternoon.finish("ada", 70, two)
        await at["ada"].until("rank.changed", where(board="typing_wpm", newRank=1))
        for name, before in {"bob": 2, "cyd": 3}.items():
            await at[name].until("rank.changed", where(board="typing_wpm", newRank=before + 1))
            for way in ("stream", "socket"):  # a poll is told where one stands, not from where one came
                overtaken = at[name].told("rank.changed")[way][-1]
                assert (overtaken["previousRank"], overtaken["causedBy"]["username"]) == (before, "ada")
        await at["ada"].until("streak.milestone", where(days=STREAK_DAYS))
        for won in ("streak-7", "typing-wpm-top-10", "typing-wpm-number-one"):
            await at["ada"].until("achievement.unlocked", where(achievement=won))
        for screens in at.values():
            await screens.until("activity.new_leader", where(username="ada", previousLeader=eve.id))
            await screens.until("progress.update", where(username="ada", status="ended"))

        await afternoon.announce("For organizers", targetRoles=["ORGANIZER"])
        await at["organizer"].until("system.announcement", where(title="For organizers"))
        await afternoon.announce("For all")
        soon = datetime.now(UTC) + timedelta(seconds=1)
        times = {"startsAt": soon.isoformat(), "endsAt": (soon + timedelta(hours=1)).isoformat()}
        body = {**times, "message": "New disks."}
        data_of(await people["admin"].request("POST", "/api/v1/admin/maintenance", body), 201)
        for screens in at.values():
            await screens.until("system.announcement", where(title="For all"))
            await screens.until("maintenance.scheduled")
            await screens.until("maintenance.started")

        for name, screens in at.items():
            logs = {way: list(since_begin(log)) for way, log in screens.logs().items()}
            assert logs["stream"] == logs["socket"] == logs["poll"], name
            heard = {data.get("title") for _, _, _, data in logs["stream"]}
            assert ("For organizers" in heard) == (name == "organizer"), name
            assert len({id for id, *_ in logs["stream"]}) == len(logs["stream"]), name

    inbox = data_of(await eve.request("GET", "/api/v1/notifications"))
    found = {notice["title"] for notice in inbox["notifications"]}
    assert inbox["unread"] == len(found)
    assert {BEGIN, "For all"} <= found
    assert "For organizers" not in found
    assert any(title.startswith("Maintenance from") for title in found)
    assert any(notice["category"] == "rankChanges" for notice in inbox["notifications"])
    assert any(notice["category"] == "achievements" for notice in inbox["notifications"])
    assert waiting.running()
