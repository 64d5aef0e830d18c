"""What one stream promises: its first events, who may hear what, its lines and its heartbeats."""

import re
from datetime import timedelta

import pytest
import pytest_asyncio

from sse_board.accounts.tokens import ACCESS_SECONDS, Tokens
from sse_board.clock import utc_now
from sse_board.settings import load_settings
from tests.live.conftest import Pair
from tests.support.clients import Api, Player, error_of
from tests.support.streams import Stream, listening

BOARD, STEP = "steps", "step"
CHANNEL = f"leaderboard:{BOARD}"
#: Whatever Python or Unicode takes for the end of a line and the event stream does not.
ODD_LINE_ENDS = "a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g"


@pytest_asyncio.fixture(scope="module", autouse=True)
async def _board(admin: Player) -> None:
    await admin.make_board(BOARD, STEP)


def tokens(pair: Pair, **ago: float) -> Tokens:
    """A signer of the service's own keys, whose clock is behind."""
    keys = load_settings(pair.stores.environment).jwt_keys
    return Tokens(keys, lambda: utc_now() - timedelta(**ago), lambda: "a test's")


def aged(pair: Pair, player: Player, **ago: float) -> str:
    """The access token that this login would have got so long ago."""
    identity = tokens(pair).verify_access(player.token)
    return tokens(pair, **ago).access(identity.user_id, identity.role, identity.login_id, identity.generation, 1)


async def refusal(api: Api, stream: Stream) -> tuple[int, str]:
    async with stream:
        answer = await stream.ask(api.url)
        assert answer.status_code != 200, "it is served"
        await answer.aread()
        return error_of(answer)


async def test_connected_comes_first_and_a_snapshot_of_each_channel_next(api: Api) -> None:
    channels = f"leaderboard:scoreboard,{CHANNEL}"
    async with listening(api.url, channels) as stream:
        await stream.until_type("leaderboard.update", 2)
        connected, *snapshots = stream.messages
        assert connected.type == "connected"
        said = connected.json
        assert said["channels"] == channels.split(",")
        assert (said["refused"], said["auth"], said["heartbeatSeconds"]) == ([], "anonymous", 1)
        assert said["sessionId"]
        assert said["sessionSecret"]
        assert {snapshot.json["channel"] for snapshot in snapshots[:2]} == set(channels.split(","))
        for snapshot in snapshots[:2]:
            assert snapshot.json["snapshot"] is True
            assert snapshot.json["previousVersion"] is None


async def test_a_star_stands_for_every_board(api: Api) -> None:
    listed = (await api.http.get("/api/v1/boards")).json()["data"]["boards"]
    async with listening(api.url, "leaderboard:*") as stream:
        connected = (await stream.until_type("connected")).json
        assert connected["channels"] == [f"leaderboard:{board['slug']}" for board in listed]
        await stream.until(lambda: len(stream.boards) == len(listed))


async def test_an_unknown_channel_is_refused_by_name_and_costs_the_good_ones_nothing(api: Api) -> None:
    async with listening(api.url, f"leaderboard:nothing,nonsense,{CHANNEL}") as stream:
        connected = (await stream.until_type("connected")).json
        assert connected["refused"] == [
            {"channel": "leaderboard:nothing", "code": "NOT_FOUND"},
            {"channel": "nonsense", "code": "NOT_FOUND"},
        ]
        assert connected["channels"] == [CHANNEL]
        await stream.until_type("leaderboard.update")


async def test_a_refused_name_with_odd_line_ends_leaves_the_frame_whole(api: Api) -> None:
    async with listening(api.url, f"{ODD_LINE_ENDS},{CHANNEL}") as stream:
        connected = (await stream.until_type("connected")).json
        assert connected["refused"] == [{"channel": ODD_LINE_ENDS, "code": "NOT_FOUND"}]


async def test_a_private_channel_is_for_its_player_and_admins(api: Api, admin: Player) -> None:
    player, stranger = await api.register(), await api.register()
    channel = f"user:{player.id}:score"

    async def codes(who: Player | None) -> list[str]:
        async with listening(api.url, f"{channel},{CHANNEL}", token=who.token if who else "") as stream:
            connected = (await stream.until_type("connected")).json
            assert CHANNEL in connected["channels"]
            return [refused["code"] for refused in connected["refused"]]

    assert await codes(None) == ["UNAUTHORIZED"]
    assert await refused_to_nobody(api, "user:me:score", "user:me:*") == ["UNAUTHORIZED", "UNAUTHORIZED"]
    assert await codes(stranger) == ["FORBIDDEN"]
    assert await codes(player) == []
    assert await codes(admin) == []


async def refused_to_nobody(api: Api, *channels: str) -> list[str]:
    async with listening(api.url, ",".join(channels)) as stream:
        return [refused["code"] for refused in (await stream.until_type("connected")).json["refused"]]


async def test_an_expired_token_is_anonymous_where_that_is_enough(api: Api, pair: Pair) -> None:
    player = await api.register()
    expired = aged(pair, player, seconds=ACCESS_SECONDS + 1)
    async with listening(api.url, CHANNEL, token=expired) as stream:
        assert (await stream.until_type("connected")).json["auth"] == "expired"
        await stream.until_type("leaderboard.update")
    private = Stream(f"{CHANNEL},user:{player.id}:score", token=expired)
    assert await refusal(api, private) == (401, "TOKEN_EXPIRED")
    assert await refusal(api, Stream("user:me:*", token=expired)) == (401, "TOKEN_EXPIRED")


async def test_a_private_stream_is_told_of_its_tokens_end_and_then_ended(api: Api, pair: Pair) -> None:
    player = await api.register()
    token = aged(pair, player, seconds=ACCESS_SECONDS - 2)
    async with (
        listening(api.url, f"{CHANNEL},user:me:score", token=token) as private,
        listening(api.url, CHANNEL, token=token) as public,
    ):
        expiring = await private.until_type("auth.expiring", seconds=1.5)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", expiring.json["at"])
        await private.until_ended(4)
        assert private.types[-1] == "auth.expired"
        await player.score(STEP, 1)
        await public.until_shows(await api.board(BOARD))
        assert "auth.expiring" not in public.types


async def test_a_stream_token_opens_a_stream_and_nothing_else(api: Api) -> None:
    player = await api.register()
    answer = await player.request("POST", "/api/v1/auth/stream-token")
    token = answer.json()["data"]["streamToken"]
    async with listening(api.url, "user:me:score", url_token=token) as stream:
        connected = (await stream.until_type("connected")).json
        assert (connected["auth"], connected["channels"]) == ("user", [f"user:{player.id}:score"])
    me = await api.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert error_of(me) == (401, "UNAUTHORIZED")


async def test_an_access_token_in_the_url_is_refused(api: Api, pair: Pair) -> None:
    player = await api.register()
    assert await refusal(api, Stream(CHANNEL, url_token=player.token)) == (401, "UNAUTHORIZED")
    assert player.token not in pair.first.log_text()


async def test_heartbeats_carry_a_cursor_that_only_rises_and_resumes(api: Api, pair: Pair, admin: Player) -> None:
    async with Stream("leaderboard:typing_wpm") as stream:
        await stream.open(api.url)
        await stream.until_type("heartbeat")
        await admin.announce("The cursor moves")
        await stream.until_type("heartbeat", 2, seconds=5)
        beats = stream.of_type("heartbeat")
        cursors = [beat.id for beat in beats]
        assert [beat.json["cursor"] for beat in beats] == cursors
        places = [int((cursor or "")[1:], 36) for cursor in cursors]
        assert places == sorted(places)
        assert places[-1] > places[0]
        assert {message.type for message in stream.messages if message.id is not None} == {"heartbeat"}
        await stream.cut()
        stream.messages.clear()
        assert stream.last_event_id == cursors[-1]
        await (await stream.open(pair.second.url)).until_type("leaderboard.update")
        assert "history.truncated" not in stream.types


@pytest.mark.parametrize("cursor", ["nonsense", "czzzzzzzzzz"])
async def test_an_unknown_cursor_is_announced(api: Api, cursor: str) -> None:
    async with listening(api.url, CHANNEL, lastEventId=cursor) as stream:
        await stream.until_type("history.truncated")
        await stream.until_type("leaderboard.update")
        assert sorted(stream.types[:3]) == ["connected", "history.truncated", "leaderboard.update"]


async def test_a_busy_stream_has_no_heartbeat(api: Api) -> None:
    player = await api.register()
    async with listening(api.url, CHANNEL) as busy, listening(api.url, "leaderboard:typing_wpm") as quiet:
        await busy.until_type("leaderboard.update")
        while "heartbeat" not in quiet.types:
            assert not quiet.ended
            heard = len(busy.of_type("leaderboard.update"))
            await player.score(STEP, 1)
            await busy.until_type("leaderboard.update", heard + 1)
        assert "heartbeat" not in busy.types


async def test_lines_end_in_lf_and_retry_comes_with_data(api: Api) -> None:
    player, channels = await api.register(), f"{CHANNEL},nonsense"
    async with listening(api.url, channels) as json, listening(api.url, channels, format="html") as html:
        await player.score(STEP, 1)
        for stream in (json, html):
            await stream.until_type("heartbeat")
            assert b"\r" not in stream.raw
            assert not [line for block in stream.parser.dropped for line in block if "retry" in line]
            told = [message.retry for message in stream.messages if message.retry is not None]
            assert told
            assert all(1_000 <= retry <= 3_000 for retry in told)


async def test_retry_is_spread(api: Api) -> None:
    told = set()
    for _ in range(6):
        async with listening(api.url, CHANNEL) as stream:
            told.add((await stream.until_type("connected")).retry)
    assert len(told) > 1


async def test_the_answer_is_kept_by_nobody_on_the_way(api: Api) -> None:
    async with listening(api.url, CHANNEL) as stream:
        assert stream.response is not None
        headers = stream.response.headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-accel-buffering"] == "no"
        assert "content-encoding" not in headers


@pytest.mark.parametrize(
    "query", ["", "channels=", f"channels={CHANNEL}&limit=11", f"channels={CHANNEL}&format=xml"]
)
async def test_a_wrong_query_is_refused(api: Api, query: str) -> None:
    answer = await api.http.get(f"/api/v1/stream?{query}")
    assert error_of(answer) == (400, "INVALID_REQUEST")


async def test_a_frame_of_html_is_for_one_board_and_named_events_stay_json(api: Api) -> None:
    async with listening(api.url, CHANNEL, format="html") as stream:
        await stream.until_type("heartbeat")
        (fragment,) = stream.of_type("message")
        assert re.search(rf'data-hx-target="#board-{BOARD}"', fragment.data)
        assert set(stream.types) == {"connected", "message", "heartbeat"}
        assert stream.of_type("heartbeat")[0].json["cursor"]


async def test_a_long_name_is_refused_by_its_whole_name(api: Api) -> None:
    name = "x" * 500
    async with listening(api.url, f"{name},leaderboard:scoreboard") as stream:
        connected = (await stream.until_type("connected")).json
    assert connected["refused"] == [{"channel": name, "code": "NOT_FOUND"}]
    assert connected["channels"] == ["leaderboard:scoreboard"]
