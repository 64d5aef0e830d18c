"""Two web processes on the same stores: whoever listens to either hears what happens at both."""

import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial

import pytest_asyncio

from tests.live.conftest import Pair
from tests.support.clients import Api, Player, eventually
from tests.support.servers import WebServer
from tests.support.streams import Stream, listening

BOARD, LAP = "race", "lap"
CHANNEL = f"leaderboard:{BOARD}"
#: Within this an ended login has no stream any more, anywhere: a second, and half of one for a busy machine.
ENDED_SECONDS = 1.5
#: With 24 connections the kernel gives one of two sockets none at all once in eight million runs.
CONNECTIONS = 24


@pytest_asyncio.fixture(scope="module", autouse=True)
async def _board(admin: Player, pair: Pair) -> None:
    """Made at one process, known to both."""
    await admin.make_board(BOARD, LAP)
    for server in pair.servers:
        await eventually(partial(knows_board, server.url))


async def knows_board(url: str) -> bool:
    async with Api(url) as api:
        return (await api.http.get(f"/api/v1/boards/{BOARD}")).status_code == 200


async def test_watchers_of_both_processes_see_one_action(api: Api, pair: Pair) -> None:
    player = await api.register("Emmy Noether")
    async with AsyncExitStack() as stack:
        json = [await stack.enter_async_context(listening(server.url, CHANNEL)) for server in pair.servers]
        html = [
            await stack.enter_async_context(listening(server.url, CHANNEL, format="html"))
            for server in pair.servers
        ]
        for stream in json:
            await stream.until_type("leaderboard.update")
        for stream in html:
            await stream.until_type("message")
        result = await player.score(LAP, 42)
        for stream in json:
            update = (await stream.until_type("leaderboard.update", 2)).json
            assert [(entry["username"], entry["score"]) for entry in update["entries"]] == [("Emmy Noether", 42)]
            assert update["changedPositions"] == [
                {"userId": player.id, "previousRank": None, "newRank": 1, "score": 42}
            ]
            assert stream.boards[BOARD].version == (await api.board(BOARD))["version"]
        for stream in html:
            fragment = (await stream.until_type("message", 2)).data
            assert fragment.startswith("<hx-partial ")
            assert "<bdi>Emmy Noether</bdi>" in fragment
            assert '<td class="score"><span>42</span></td>' in fragment
    assert (result["newScore"], result["newRank"]) == (42, 1)


async def test_the_html_of_a_frame_is_what_the_rest_call_answers(api: Api, pair: Pair) -> None:
    player = await api.register()
    async with listening(pair.second.url, CHANNEL, format="html") as stream:
        await stream.until_type("message")
        await player.score(LAP, 1)
        frame = (await stream.until_type("message", 2)).data
    fragment = (await api.http.get(f"/api/v1/scores/leaderboard?board={BOARD}&format=html")).text
    assert "".join(fragment.split()) in "".join(frame.split())


async def test_a_player_hears_of_own_actions_on_the_other_process(api: Api, pair: Pair) -> None:
    player, other = await api.register(), await api.register()
    await player.score(LAP, 5)
    channel = f"user:{player.id}:score"
    async with listening(pair.second.url, "user:me:*", token=player.token) as stream:
        suffixes = ("score", "rank-changes", "progress", "notifications", "achievements")
        mine = [f"user:{player.id}:{suffix}" for suffix in suffixes]
        assert (await stream.until_type("connected")).json["channels"] == mine
        snapshot = (await stream.until_type("score.personal")).json
        assert (snapshot["newScore"], snapshot["pointsAwarded"]) == (5, 0)
        await other.score(LAP, 9)
        await player.score(LAP, 2)
        await player.score(LAP, 3)
        await stream.until(lambda: _points(stream) == 5)
    told = [message.json for message in stream.of_type("score.personal")[1:]]
    assert {(event["channel"], event["board"]) for event in told} == {(channel, BOARD)}
    assert (told[0]["previousScore"], told[-1]["newScore"]) == (5, 10)


def _points(stream: Stream) -> int:
    return sum(message.json["pointsAwarded"] for message in stream.of_type("score.personal"))


async def test_logging_out_ends_the_streams_of_that_login_everywhere(api: Api, pair: Pair) -> None:
    player = await api.register()
    again = await api.log_in(player.username)
    async with AsyncExitStack() as stack:

        async def listen(server: WebServer, who: Player, channels: str) -> Stream:
            return await stack.enter_async_context(listening(server.url, channels, token=who.token))

        ended = [
            await listen(server, player, name) for server in pair.servers for name in (CHANNEL, "user:me:score")
        ]
        kept = [await listen(server, again, "user:me:score") for server in pair.servers]
        for stream in (*ended, *kept):
            await stream.until_type("connected")
        assert (await player.request("POST", "/api/v1/auth/logout")).status_code == 200
        for stream in ended:
            await stream.until_ended(ENDED_SECONDS)
            assert stream.types[-1] == "auth.expired"
        await again.score(LAP, 3)
        for stream in kept:
            await stream.until_type("score.personal")
        again_refused = await Stream("user:me:score", token=player.token).ask(pair.second.url)
        assert again_refused.status_code == 401
        await again_refused.aclose()


async def test_watchers_of_all_workers_behind_one_port_see_one_action(
    pair: Pair, serve: Callable[..., WebServer]
) -> None:
    server = serve(pair.stores, workers=2)
    await eventually(lambda: len(workers_of(server)) == 2)
    async with Api(server.url) as api, AsyncExitStack() as stack:
        player = await api.register()
        idle = {pid: open_files(pid) for pid in workers_of(server)}
        streams = [await stack.enter_async_context(listening(server.url, CHANNEL)) for _ in range(CONNECTIONS)]
        for stream in streams:
            await stream.until_type("leaderboard.update")
        assert all(open_files(pid) > files for pid, files in idle.items()), "one worker holds all streams"
        await player.score(LAP, 77)
        answer = await api.board(BOARD)
        for stream in streams:
            await stream.until_shows(answer)


def workers_of(server: WebServer) -> list[int]:
    pid = server.process.pid
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as children:
        return [int(child) for child in children.read().split()]


def open_files(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))
