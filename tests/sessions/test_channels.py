"""What listeners hear of runs: on any process, merged, private where it is private."""

import asyncio
from typing import Any

from tests.sessions.conftest import Site, start, tell
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.streams import Stream, listening


def last(stream: Stream, channel: str) -> dict[str, Any]:
    """The last payload on a channel; empty before the first."""
    told = [message.json for message in stream.messages if message.json.get("channel") == channel]
    return told[-1] if told else {}


async def until(stream: Stream, channel: str, field: str, value: Any) -> None:
    await stream.until(lambda: last(stream, channel).get(field) == value)


async def test_a_run_is_seen_from_its_first_tick_to_its_end(site: Site, other: Api, player: Player) -> None:
    run = await start(player)
    live, own = f"session:{run}:live", f"user:{player.id}:progress"
    async with listening(site.second.url, f"{live},user:me:progress", token=player.token) as stream:
        for channel in (live, own):
            await until(stream, channel, "status", "live")
            assert "currentWpm" not in last(stream, channel)
        for wpm in (50, 60, 75):
            await tell(player, run, currentWpm=wpm, progress=wpm)
        for channel in (live, own):
            await until(stream, channel, "currentWpm", 75)
            assert last(stream, channel)["trend"] == "rising"
        data_of(await player.request("POST", f"/api/v1/sessions/{run}/end", api=other))
        for channel in (live, own):
            await until(stream, channel, "status", "ended")
            assert last(stream, channel)["currentWpm"] == 75
    async with listening(site.first.url, f"{live},user:me:progress", token=player.token) as late:
        await late.until(lambda: bool(last(late, live) and last(late, own)))
        assert (last(late, live)["status"], last(late, own)["status"]) == ("ended", "ended")


async def test_a_players_progress_is_private_and_a_run_is_public(site: Site, api: Api, player: Player) -> None:
    run, stranger, admin = await start(player), await api.register(), await api.admin(site.stores)
    own, live = f"user:{player.id}:progress", f"session:{run}:live"
    for token, refused in (("", "UNAUTHORIZED"), (stranger.token, "FORBIDDEN"), (admin.token, None)):
        async with listening(site.first.url, f"{own},{live}", token=token) as stream:
            connected = (await stream.until_type("connected")).json
            assert connected["channels"] == ([live] if refused else [own, live])
            assert connected["refused"] == ([{"channel": own, "code": refused}] if refused else [])


async def test_a_run_that_nobody_knows_is_refused_by_name(site: Site, player: Player) -> None:
    run = await start(player)
    wrong = ["session:00000000-0000-4000-8000-000000000000:live", "session:1:live", f"session:{run}:dead"]
    async with listening(site.first.url, ",".join([*wrong, f"session:{run}:live"])) as stream:
        connected = (await stream.until_type("connected")).json
    assert connected["channels"] == [f"session:{run}:live"]
    assert connected["refused"] == [{"channel": name, "code": "NOT_FOUND"} for name in wrong]


async def test_a_run_that_ended_long_ago_is_refused(site: Site, player: Player) -> None:
    run = await start(player)
    data_of(await player.request("POST", f"/api/v1/sessions/{run}/end"))
    query = "update runs set ended_at = now() - interval '11 minutes' where id = %s"
    site.database.execute(query, [run])
    site.forget(run)
    async with listening(site.first.url, f"session:{run}:live,leaderboard") as stream:
        refused = (await stream.until_type("connected")).json["refused"]
    assert refused == [{"channel": f"session:{run}:live", "code": "NOT_FOUND"}]


async def test_competitors_are_the_nearest_ten_of_the_app_the_best_first(site: Site, api: Api) -> None:
    players = await asyncio.gather(*(api.register() for _ in range(13)))
    runs = [await start(player, "piano") for player in players]
    for number, (player, run) in enumerate(zip(players, runs, strict=True)):
        await tell(player, run, currentScore=100 * number, progress=number)
    channel = f"session:{runs[12]}:competitors"
    async with listening(site.second.url, channel) as stream:
        await stream.until(lambda: len(last(stream, channel).get("competitors", [])) == 10)
        shown = last(stream, channel)["competitors"]
        assert [one["sessionId"] for one in shown] == runs[11:1:-1]
        assert (shown[0]["metric"], shown[0]["progress"]) == (1100, 11)
        await tell(players[0], runs[0], currentScore=1150)
        await stream.until(lambda: last(stream, channel)["competitors"][0]["sessionId"] == runs[0])
        data_of(await players[0].request("POST", f"/api/v1/sessions/{runs[0]}/end"))
        await stream.until(lambda: last(stream, channel)["competitors"][0]["sessionId"] == runs[11])


async def test_many_ticks_are_told_as_one_where_the_reader_is_slow_to_come(api: Api, player: Player) -> None:
    """A poll gets the present state, and nothing while it looks the same."""
    run = await start(player)
    query = {"channels": f"session:{run}:live", "wait": "0"}
    for wpm in (10, 20, 30):
        await tell(player, run, currentWpm=wpm)
    first = data_of(await api.http.get("/api/v1/events", params=query))
    assert [event["data"]["currentWpm"] for event in first["events"]] == [30]

    async def is_quiet() -> bool:
        """Once the trend is steady, the same again is no news."""
        await tell(player, run, currentWpm=30)
        query["after"] = data_of(await api.http.get("/api/v1/events", params=query))["cursor"]
        await tell(player, run, currentWpm=30)
        return not data_of(await api.http.get("/api/v1/events", params=query))["events"]

    await eventually(is_quiet, every=0.3)
