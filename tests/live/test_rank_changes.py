"""`user:{userId}:rank-changes`: a player hears of a changed rank, whoever changed it."""

import asyncio

import pytest_asyncio

from tests.live.conftest import Pair
from tests.support.clients import Api, Player, eventually
from tests.support.streams import Stream, listening

BOARD, DIVE = "deep_dive", "dive"


@pytest_asyncio.fixture(scope="module", autouse=True)
async def _board(admin: Player, other: Api) -> None:
    await admin.make_board(BOARD, DIVE)

    async def is_known() -> bool:
        return (await other.http.get(f"/api/v1/boards/{BOARD}")).status_code == 200

    await eventually(is_known)


def told(stream: Stream) -> list[tuple[int | None, int | None, str | None]]:
    """(rank before, rank now, who caused it) of what was said of the board."""
    changes = [message.json for message in stream.of_type("rank.changed")]
    return [
        (change["previousRank"], change["newRank"], change.get("causedBy", {}).get("username"))
        for change in changes
        if change["board"] == BOARD
    ]


async def test_who_is_overtaken_hears_by_whom_and_who_climbs_hears_it_too(api: Api, pair: Pair) -> None:
    diver, rival = await api.register("Herbert Nitsch"), await api.register("Alexey Molchanov")
    await diver.score(DIVE, 100)
    async with listening(pair.second.url, "user:me:rank-changes", token=diver.token) as stream:
        await stream.until(lambda: told(stream) == [(1, 1, None)])
        await rival.score(DIVE, 50)
        await rival.score(DIVE, 100)
        await stream.until(lambda: told(stream)[1:] == [(1, 2, "Alexey Molchanov")])
        await diver.score(DIVE, 200)
        await stream.until(lambda: told(stream)[2:] == [(2, 1, None)])
        last = stream.of_type("rank.changed")[-1].json
        assert (last["channel"], last["score"]) == (f"user:{diver.id}:rank-changes", 300)


async def test_only_those_between_hear_of_a_leap(api: Api, pair: Pair, admin: Player) -> None:
    """Far down a board, where no window shows it; all of them by one stream of an admin's."""
    players = [await api.register() for _ in range(6)]
    for number, player in enumerate(players):
        await player.score(DIVE, 60 - 10 * number)  # not more than anybody had before: ranks behind theirs
    channels = ",".join(f"user:{player.id}:rank-changes" for player in players)
    async with listening(pair.second.url, channels, token=admin.token) as stream:
        await stream.until(lambda: len(told(stream)) == len(players))
        first = min(rank for _, rank, _ in told(stream) if rank)
        await players[4].score(DIVE, 25)  # past two of them
        await stream.until(lambda: len(told(stream)) == len(players) + 3)
        news = {
            one.json["channel"]: (one.json["previousRank"] - first, one.json["newRank"] - first)
            for one in stream.of_type("rank.changed")[len(players) :]
        }
        moved = {2: (2, 3), 3: (3, 4), 4: (4, 2)}
        assert news == {f"user:{players[number].id}:rank-changes": ranks for number, ranks in moved.items()}


async def test_it_is_said_at_most_once_a_second(api: Api, pair: Pair) -> None:
    one, two = await api.register(), await api.register()
    async with listening(pair.first.url, "user:me:rank-changes", token=one.token) as stream:
        await stream.until_type("connected")
        await one.score(DIVE, 1_000)
        await stream.until(lambda: told(stream)[-1:] == [(None, 1, None)])
        started = len(told(stream))
        for points in range(2_000, 2_006):
            await two.score(DIVE, points)
            await one.score(DIVE, points)
        answer = await api.board(BOARD)
        rank = next(row["rank"] for row in answer["leaderboard"] if row["userId"] == one.id)
        await stream.until(lambda: told(stream)[-1][1] == rank)
        assert len(told(stream)) - started <= 2


async def test_a_newcomer_is_shown_the_present_also_where_no_change_was_told(api: Api, pair: Pair) -> None:
    """The rank stayed, so nothing was said; the score that goes with it is another."""
    player = await api.register()
    await player.score(DIVE, 900_000)
    async with listening(pair.first.url, "user:me:rank-changes", token=player.token) as first:
        await first.until(lambda: told(first) == [(1, 1, None)])
        result = await player.score(DIVE, 50)
        await asyncio.sleep(1.5)
        async with listening(pair.first.url, "user:me:rank-changes", token=player.token) as second:
            await second.until(lambda: bool(told(second)))
            shown = next(one.json for one in second.of_type("rank.changed") if one.json["board"] == BOARD)
        assert shown["score"] == result["newScore"]
        assert told(first) == [(1, 1, None)]


async def test_nobody_else_may_listen_but_admins(api: Api, pair: Pair, admin: Player) -> None:
    player, other = await api.register(), await api.register()
    channel = f"user:{player.id}:rank-changes"
    for token, refused in ((other.token, "FORBIDDEN"), ("", "UNAUTHORIZED"), (admin.token, None)):
        async with listening(pair.first.url, channel, token=token) as stream:
            connected = (await stream.until_type("connected")).json
        assert [refusal["code"] for refusal in connected["refused"]] == ([refused] if refused else [])
