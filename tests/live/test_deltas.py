"""The deltas of a stream, applied in order, give what the REST call gives at the same version."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.live.conftest import Pair
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.crowds import enlist
from tests.support.replica import State, order_of, state_of
from tests.support.streams import Stream

SEED = 20_261_120
#: Every policy and direction, both tie rules, with and without decimals.
BOARDS: Mapping[str, dict[str, Any]] = {
    "sum_desc": {"policy": "sum"},
    "sum_asc": {"policy": "sum", "direction": "asc", "ties": "shared"},
    "best_desc": {"policy": "best", "ties": "shared", "decimals": 1},
    "best_asc": {"policy": "best", "direction": "asc"},
    "latest_desc": {"policy": "latest", "decimals": 1},
    "latest_asc": {"policy": "latest", "direction": "asc", "ties": "shared"},
}
LIMITS = (10, 25)
#: More than the widest window, so that rows fall out of it and come back.
PLAYERS = 32
ROUNDS = 40
#: Actions under way at once, at most.
AT_ONCE = 6
#: Few different scores, so that ties are the rule.
SCORES = range(-2, 4)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@dataclass
class Told:
    """What the REST call said, by board and limit, at each version."""

    states: dict[tuple[str, int, str], State] = field(default_factory=dict)

    def add(self, limit: int, answer: Mapping[str, Any]) -> None:
        key = (answer["board"], limit, answer["version"])
        state = state_of(answer)
        assert self.states.setdefault(key, state) == state, f"{key} names two states"


async def test_deltas_in_order_give_the_rest_answer_at_every_version(
    api: Api, other: Api, admin: Player, pair: Pair
) -> None:
    dice = random.Random(SEED)
    for slug, rules in BOARDS.items():
        await admin.make_board(slug, f"to_{slug}", low=-100, high=100, **rules)
    await eventually(partial(knows, other, "latest_asc"))
    players = enlist(api, pair.stores, [f"runner {number}" for number in range(PLAYERS)])
    channels = ",".join(f"leaderboard:{slug}" for slug in BOARDS)
    told = Told()
    watchers = [Stream(channels, limit=limit) for _ in pair.servers for limit in LIMITS]
    restless = [Stream(channels, limit=limit) for limit in LIMITS]
    apis = (api, other)
    try:
        for number, stream in enumerate((*watchers, *restless)):
            await stream.open(pair.servers[number % 2].url)
        await everybody_plays(dice, players, apis)
        for _ in range(ROUNDS):
            await asyncio.gather(*(act(dice, players, apis) for _ in range(dice.randint(1, AT_ONCE))))
            await look(dice, apis, told)
            if dice.random() < 0.5:
                await reconnect(dice.choice(restless), dice.choice(pair.servers).url)
        await compare_at_rest(apis, (*watchers, *restless), told)
        compare_on_the_way((*watchers, *restless), told)
        assert sum(stream.connections for stream in restless) > 12
        for stream in watchers:
            assert sum(board.deltas for board in stream.boards.values()) > ROUNDS
            assert [board.repairs for board in stream.boards.values()] == [0] * len(BOARDS)
    finally:
        for stream in (*watchers, *restless):
            await stream.cut()


async def knows(api: Api, slug: str) -> bool:
    return (await api.http.get(f"/api/v1/boards/{slug}")).status_code == 200


async def act(dice: random.Random, players: list[Player], apis: tuple[Api, Api]) -> None:
    """Mostly a score, now and then another picture."""
    player, api = dice.choice(players), dice.choice(apis)
    if dice.random() < 0.1:
        await change_picture(player, api, dice.random() < 0.7)
        return
    await play(dice, dice.choice(list(BOARDS)), player, api)


async def everybody_plays(dice: random.Random, players: list[Player], apis: tuple[Api, Api]) -> None:
    for slug in BOARDS:
        for start in range(0, PLAYERS, AT_ONCE):
            some = players[start : start + AT_ONCE]
            await asyncio.gather(*(play(dice, slug, player, dice.choice(apis)) for player in some))


async def play(dice: random.Random, slug: str, player: Player, api: Api) -> None:
    points = dice.choice(SCORES) + (dice.choice([0, 0.5]) if BOARDS[slug].get("decimals") else 0)
    await player.score(f"to_{slug}", points, api=api)


async def change_picture(player: Player, api: Api, shows: bool) -> None:
    body = {"avatar": f"data:image/png;base64,{PIXEL}" if shows else None}
    data_of(await player.request("PATCH", "/api/v1/auth/me", body, api))


async def look(dice: random.Random, apis: tuple[Api, Api], told: Told) -> None:
    slug, limit, api = dice.choice(list(BOARDS)), dice.choice(LIMITS), dice.choice(apis)
    told.add(limit, await api.board(slug, limit))


async def reconnect(stream: Stream, url: str) -> None:
    """Cut off, and resumed by its cursor, possibly at the other process."""
    await stream.cut()
    await stream.open(url)


async def compare_at_rest(apis: tuple[Api, Api], streams: tuple[Stream, ...], told: Told) -> None:
    for slug in BOARDS:
        for limit in LIMITS:
            answers = [await api.board(slug, limit) for api in apis]
            assert answers[0]["version"] == answers[1]["version"]
            assert answers[0]["total"] > limit, "nobody ever fell out of the window"
            for answer in answers:
                told.add(limit, answer)
            for stream in streams:
                if stream.limit == limit:
                    await stream.until_shows(answers[0])


def compare_on_the_way(streams: tuple[Stream, ...], told: Told) -> None:
    """Wherever the REST call and a stream gave the same version, and between two streams with the same window."""
    met = 0
    known = dict(told.states)
    for stream in streams:
        for slug, board in stream.boards.items():
            for version, state in board.reached.items():
                key = (slug, stream.limit, version)
                met += key in known
                assert known.setdefault(key, state) == state, f"{key} names two states"
    assert met > 100, "the REST call and the streams never met"
    assert len({order_of(version) for _, _, version in known}) > ROUNDS
