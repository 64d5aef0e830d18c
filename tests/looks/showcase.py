"""One site on which everything is going on, made through the public API: what all looks at pages look at."""

import asyncio
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from tests.accounts.pictures import data_url
from tests.looks.crowd import crowd
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.organiser import Event, Organiser
from tests.support.servers import Runner, Stores, WebServer

Who = Literal["anonymous", "player", "organiser", "admin"]

#: A run may end as soon as the site is made, and nobody counts how often people do something.
SETTINGS: Mapping[str, Any] = {
    "SESSION_MIN_SECONDS": 1,
    "RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000,
    "RATE_LIMIT_IP_PER_MINUTE": 1_000_000,
}
#: Feeds most boards at once, without a run.
DECATHLON = "decathlon"
#: The largest that a board without decimals holds: magnitude below 2^53.
HUGE = 9_007_199_254_740_991
#: Who plays in the tournament that is under way, and how many of its games of round 3 are over.
SEATS, OVER = 24, 5
RESULTS = ("1-0", "1/2-1/2", "0-1", "1-0", "0-1", "1/2-1/2", "1-0", "+/-")


@dataclass(frozen=True, slots=True)
class Showcase:
    """`names`: what stands in the paths of pages, by placeholder. `people`: somebody of each role."""

    url: str
    people: Mapping[Who, Player]
    names: Mapping[str, str]


def serve_showcase(stores: Stores, runner: Runner) -> WebServer:
    """A server and a worker, with nothing on them yet."""
    worker = runner.work(stores, **SETTINGS)
    server = runner.serve(stores, **SETTINGS)
    assert worker.running(), worker.tail()
    return server


async def furnish(api: Api, stores: Stores) -> Showcase:
    """Takes some ten seconds, most of which are passwords."""
    boss = await api.admin(stores)
    names = crowd()
    people = await api.register_all([*names, "Rosa the Arbiter"])
    people, arbiter = people[:-1], people[-1]
    await _make_boards(boss)
    hero = people[3]
    await _give_pictures([hero, people[0], people[8]])
    runs = await _begin_runs([hero, *people[5:8]])
    _, tournaments = await asyncio.gather(_play_boards(people), _hold_tournaments(boss, arbiter, people))
    await _tell(boss)
    await _end_run(hero, runs[0])
    await _until_flagged(boss)
    return Showcase(
        api.url,
        {"player": hero, "organiser": await api.log_in(arbiter.username), "admin": boss},
        {"player": hero.id, "newcomer": arbiter.id, "run": runs[1], "ended": runs[0], **tournaments},
    )


async def _make_boards(boss: Player) -> None:
    await boss.make_board("lottery", "ticket", title="National lottery", unit="points", high=HUGE)
    await boss.make_board(
        "crazy_golf", "putt", title="Crazy golf, eighteen holes, no mulligans", unit="strokes",
        policy="best", direction="asc", ties="shared",
    )  # fmt: skip
    await boss.make_board("quiet_corner", "whisper", title="Quiet corner")
    fields = {"typing_wpm": "wpm", "math_accuracy": "accuracy", "piano_score": "score"}
    kind = {
        "slug": DECATHLON,
        "points": {"field": "points", "min": 0, "max": 900},
        "boards": [
            *({"board": board} for board in ("scoreboard", "overall")),
            *({"board": board, "field": field} for board, field in fields.items()),
        ],
        "bounds": {
            "wpm": {"min": 0, "max": 300},
            "accuracy": {"min": 0, "max": 100},
            "score": {"min": 0, "max": 9999},
        },
    }
    data_of(await boss.request("POST", "/api/v1/admin/action-types", kind), 201)


async def _play_boards(people: Sequence[Player]) -> None:
    """Everybody once, then some again, so that rows have moved; four of them so well that an admin must look.

    No two come to the same, but where they shall: so the order in which they are heard does not matter.
    """
    await asyncio.gather(*(_decathlon(one, place) for place, one in enumerate(people)))
    again = people[::9]
    await asyncio.gather(*(_decathlon(one, 17 * place + 5) for place, one in enumerate(again)))
    await asyncio.gather(*(_act(one, "putt", points=40 + place // 3) for place, one in enumerate(again)))
    lucky = enumerate(people[:4])
    await asyncio.gather(*(_act(one, "ticket", points=HUGE // (1000 * place**2 + 1)) for place, one in lucky))


async def _decathlon(one: Player, place: int) -> None:
    await _act(
        one,
        DECATHLON,
        points=place * 37 % 890 + 10,
        wpm=place * 53 % 1_200 / 10 + 20,
        accuracy=100 - place / 5,
        score=place * 7_919 % 9_000,
    )


async def _act(one: Player, action_type: str, **claim: Any) -> None:
    data_of(await one.act(action_type, claim))


async def _give_pictures(people: Sequence[Player]) -> None:
    for number, one in enumerate(people):
        picture = data_url(painted(60 * number + 40, 120, 200 - 60 * number))
        data_of(await one.request("PATCH", "/api/v1/auth/me", {"avatar": picture}))


def painted(red: int, green: int, blue: int, side: int = 64) -> bytes:
    """A PNG of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes((red, green, blue)) * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


async def _begin_runs(people: Sequence[Player]) -> list[str]:
    """Their ids; the first is the one that ends."""
    runs = []
    for number, one in enumerate(people):
        run = data_of(await one.request("POST", "/api/v1/sessions", {"app": "typing"}), 201)["sessionId"]
        runs.append(run)
        for step in range(3):
            told = {"currentWpm": 61.5 + number + step, "currentAccuracy": 97, "progress": 30 * (step + 1)}
            data_of(await one.request("POST", f"/api/v1/sessions/{run}/progress", told), 202)
    return runs


async def _end_run(one: Player, run: str) -> None:
    """By the signed action that scores it: it agrees with what was told last."""
    await _act(one, "typing_complete", sessionId=run, wpm=63.5, accuracy=97)


async def _hold_tournaments(boss: Player, arbiter: Player, people: Sequence[Player]) -> dict[str, str]:
    data_of(await boss.request("PATCH", f"/api/v1/admin/users/{arbiter.id}", {"role": "ORGANIZER"}))
    organiser = Organiser(await arbiter.api.log_in(arbiter.username))
    open_one = await organiser.create(
        "City Open 2026", rounds=7, system="swiss", tieBreaks=["BH-C1", "BH", "SB", "DE"]
    )
    players = await _enrol(open_one, people[:SEATS])
    await open_one.do("POST", "/start")
    for number in (1, 2):
        await _play(open_one, number)
    game = (await _begin(open_one, OVER))["games"][OVER]["id"]
    names = {"active": open_one.id, "participant": players[3], "game": game}
    return {**names, **await _beside(organiser, people)}


async def _beside(organiser: Organiser, people: Sequence[Player]) -> dict[str, str]:
    """A round-robin that is over, and a Swiss that is announced."""
    match = await organiser.create("Club championship", rounds=5, system="round_robin", tieBreaks=["SB", "WIN"])
    await _enrol(match, people[:6])
    await match.do("POST", "/start")
    for number in range(1, 6):
        await _play(match, number)
    await match.do("POST", "/complete")
    long = "Seventeenth International Open of the Friends of the Long Afternoon and the Very Late Evening"
    starts = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT10:00:00Z")
    announced = await organiser.create(long, rounds=9, system="swiss", startsAt=starts)
    await _enrol(announced, people[2:9])
    return {"completed": match.id, "upcoming": announced.id}


async def _enrol(event: Event, people: Sequence[Player]) -> list[str]:
    """Their ids as participants. Some have no rating, some a title."""
    ids = []
    for place, one in enumerate(people):
        more: dict[str, Any] = {} if place % 5 == 4 else {"rating": 2_480 - 23 * place}
        title = {"title": "GM"} if place == 1 else {}
        ids.append((await event.do("POST", "/participants", {"userId": one.id, **more, **title}, 201))["id"])
    return ids


async def _play(event: Event, number: int) -> None:
    await _begin(event, SEATS)
    assert (await event.round(number))["status"] == "completed"


async def _begin(event: Event, over: int) -> dict[str, Any]:
    """The next round, with the first so many of its games over."""
    round = await event.pair()
    await event.begin(round["number"])
    games = [game for game in round["games"] if game["black"]]
    results = [RESULTS[(place + round["number"]) % len(RESULTS)] for place in range(len(games))]
    entered = [event.enter(game["id"], result) for game, result in zip(games[:over], results, strict=False)]
    for answer in await asyncio.gather(*entered):
        data_of(answer)
    return round


async def _tell(boss: Player) -> None:
    await boss.announce("Welcome to the new season", type="SUCCESS")
    await boss.announce("The hall closes at ten", type="WARNING", priority="HIGH")
    await boss.announce("Scores of Tuesday are being looked at", type="ERROR", priority="LOW")
    begins = datetime.now(UTC) + timedelta(hours=20)
    window = {"startsAt": begins.isoformat(), "endsAt": (begins + timedelta(minutes=30)).isoformat()}
    told = {**window, "message": "New disks, nothing is lost."}
    data_of(await boss.request("POST", "/api/v1/admin/maintenance", told), 201)


async def _until_flagged(boss: Player) -> None:
    """The worker comes after the commits, so this is when all of them were looked at."""

    async def flagged() -> bool:
        flags = data_of(await boss.request("GET", "/api/v1/admin/flags"))["flags"]
        return len(flags) >= 4

    await eventually(flagged)
