"""Polling: what the stream tells, for clients that only ask."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from tests.live.conftest import PLENTY, Pair
from tests.support.clients import Api, Player, data_of, error_of
from tests.support.pollers import Poller
from tests.support.replica import state_of
from tests.support.servers import WebServer

CHANNEL = "leaderboard:overall"


async def test_a_first_poll_gives_the_states_and_the_next_nothing_until_something_changes(
    api: Api, pair: Pair
) -> None:
    player = await api.register()
    poller = Poller("leaderboard:scoreboard")
    first = await poller.poll(pair.first.url)
    assert [event["type"] for event in first] == ["leaderboard.update"]
    assert await poller.poll(pair.second.url) == []
    await player.score("task_finish")
    (event,) = await poller.poll(pair.second.url)
    answer = await api.board("scoreboard")
    assert event["channel"] == "leaderboard:scoreboard"
    assert event["data"]["version"] == answer["version"]
    assert [row["userId"] for row in event["data"]["entries"]] == [row[2] for row in state_of(answer)[0]]
    assert await poller.poll(pair.first.url) == []


async def test_a_poll_after_an_action_at_another_process_shows_it(api: Api, pair: Pair) -> None:
    player = await api.register()
    poller = Poller("user:me:score", token=player.token)
    await poller.poll(pair.second.url)
    for points in range(1, 6):
        await player.score("task_finish")
        (event,) = await poller.poll(pair.second.url)
        assert event["data"]["newScore"] == points * 10


async def test_events_between_two_polls_are_all_told_page_by_page(pair: Pair, admin: Player) -> None:
    poller = Poller("system", limit=3)
    await poller.poll(pair.first.url)
    titles = [f"page {number}" for number in range(8)]
    for title in titles:
        await admin.announce(title)
    await poller.until(pair.second.url, lambda: len(poller.events) >= len(titles))
    assert [event["data"]["title"] for event in poller.events] == titles
    assert all(event["id"] and event["timestamp"] for event in poller.events)
    assert poller.truncated == 0


async def test_a_long_poll_waits_and_is_answered_when_something_happens(
    api: Api, pair: Pair, admin: Player
) -> None:
    player = await api.register()
    happenings: list[tuple[str, Callable[[], Awaitable[object]]]] = [
        ("system", lambda: admin.announce("Wake up")),
        ("leaderboard:scoreboard", lambda: player.score("task_finish")),
    ]
    for channels, happen in happenings:
        poller = Poller(channels, wait=20)
        await poller.poll(pair.second.url, wait="0")
        asked = asyncio.create_task(poller.poll(pair.second.url))
        await asyncio.sleep(0.5)
        assert not asked.done()
        await happen()
        async with asyncio.timeout(3):
            assert len(await asked) == 1


async def test_a_long_poll_that_nothing_answers_ends_in_time(pair: Pair) -> None:
    poller = Poller(CHANNEL)
    await poller.poll(pair.first.url)
    started = time.monotonic()
    assert await poller.poll(pair.first.url, wait="1") == []
    assert 0.9 < time.monotonic() - started < 5


async def test_a_first_long_poll_answers_at_once_with_the_state(pair: Pair) -> None:
    async with asyncio.timeout(3):
        assert len(await Poller(CHANNEL, wait=20).poll(pair.first.url)) == 1


async def test_a_first_long_poll_hears_what_it_waited_for(pair: Pair, admin: Player) -> None:
    poller = Poller("system", wait=20)
    asked = asyncio.create_task(poller.poll(pair.second.url))
    await asyncio.sleep(0.5)
    await admin.announce("At last")
    async with asyncio.timeout(3):
        assert [event["data"]["title"] for event in await asked] == ["At last"]


async def test_what_happens_out_of_the_window_is_not_told_again(api: Api, pair: Pair, admin: Player) -> None:
    await admin.make_board("crowded", "crowd")
    players = await api.register_all([f"one of the crowd {number}" for number in range(12)])
    for number, player in enumerate(players):
        await player.score("crowd", 100 - number)
    poller = Poller("leaderboard:crowded")
    await poller.poll(pair.first.url)
    await players[-1].score("crowd", 1)
    assert await poller.poll(pair.first.url) == []
    await players[-1].score("crowd", 100)
    (event,) = await poller.poll(pair.first.url)
    assert event["data"]["entries"][0]["userId"] == players[-1].id


async def test_a_login_that_ends_while_its_poll_waits_is_told_so(api: Api, pair: Pair) -> None:
    player = await api.register()
    poller = Poller("user:me:notifications", token=player.token, wait=2)
    await poller.poll(pair.second.url, wait="0")
    asked = asyncio.create_task(poller.ask(pair.second.url))
    await asyncio.sleep(0.2)
    await player.request("POST", "/api/v1/auth/logout")
    assert error_of(await asked) == (401, "UNAUTHORIZED")


async def test_a_process_that_stops_answers_its_long_polls(pair: Pair, serve: Callable[..., WebServer]) -> None:
    server = serve(pair.stores, **PLENTY)
    poller = Poller(CHANNEL, wait=25)
    await poller.poll(server.url)
    asked = asyncio.create_task(poller.poll(server.url))
    await asyncio.sleep(0.3)
    server.end()
    async with asyncio.timeout(5):
        assert await asked == []


async def test_one_bad_channel_does_not_cost_the_good_ones(pair: Pair) -> None:
    data = data_of(await Poller(f"nowhere,user:me:score,{CHANNEL}").ask(pair.first.url))
    assert [event["channel"] for event in data["events"]] == [CHANNEL]
    assert data["refused"] == [
        {"channel": "nowhere", "code": "NOT_FOUND"},
        {"channel": "user:me:score", "code": "UNAUTHORIZED"},
    ]


async def test_a_place_beyond_the_end_is_told_as_truncated(pair: Pair) -> None:
    poller = Poller("system")
    poller.cursor = "czzzzzz"
    await poller.poll(pair.first.url)
    assert poller.truncated == 1
    await poller.poll(pair.first.url)
    assert poller.truncated == 1


async def test_answers_are_nobodys_to_keep(pair: Pair) -> None:
    answer = await Poller(CHANNEL).ask(pair.first.url)
    assert answer.headers["cache-control"] == "private, no-store"
    assert int(answer.headers["x-poll-interval"]) >= 1


@pytest.mark.parametrize(
    "query",
    [
        {"channels": ""},
        {"channels": ","},
        {"after": "nonsense"},
        {"after": "c" + "z" * 13},
        {"after": "c1.xyz"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "501"},
        {"wait": "26"},
        {"wait": "1.5"},
        {"wait": "-1"},
        {"rows": "11"},
        {"rows": "NaN"},
    ],
)
async def test_a_wrong_query_is_refused_by_name(pair: Pair, query: dict[str, str]) -> None:
    answer = await Poller(CHANNEL).ask(pair.first.url, **query)
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert set(answer.json()["error"]["details"]) == set(query)


async def test_a_stream_token_in_the_url_is_good_for_polling(api: Api, pair: Pair) -> None:
    player = await api.register()
    token = data_of(await player.request("POST", "/api/v1/auth/stream-token"))["streamToken"]
    data = data_of(await Poller("user:me:score").ask(pair.first.url, token=token))
    assert data["refused"] == []
