"""One action, sent by many at once: it is counted once, and everybody is told of the same."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
import pytest

from tests.support.clients import Api, Player, data_of, error_of, parse
from tests.support.servers import WebServer

CLIENTS = 64


@pytest.fixture
async def apis(pair: tuple[WebServer, WebServer]) -> AsyncIterator[tuple[Api, Api]]:
    """Two processes on the same stores."""
    first, second = pair
    async with Api(first.url) as api, Api(second.url) as other:
        yield api, other


async def burst(player: Player, apis: Sequence[Api], action_id: str) -> list[httpx.Response]:
    """Each with a connection of its own."""
    clients = [Api(apis[number % len(apis)].url) for number in range(CLIENTS)]
    acts = (player.act("task_finish", action_id=action_id, api=client) for client in clients)
    answers = await asyncio.gather(*acts)
    await asyncio.gather(*(client.http.aclose() for client in clients))
    return answers


@pytest.mark.parametrize("processes", [1, 2])
async def test_of_64_clients_one_is_counted_and_63_are_told_its_result(
    apis: tuple[Api, Api], processes: int
) -> None:
    player = await apis[0].register(f"burst {processes}")
    answers = await burst(player, apis[:processes], "burst")
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (CLIENTS - 1)
    (first,) = [data_of(answer) for answer in answers if answer.status_code == 200]
    for answer in answers:
        if answer.status_code == 409:
            assert error_of(answer) == (409, "DUPLICATE_ACTION")
            told = parse(answer.content)["error"]["details"]["result"]
            assert told == first or (processes == 2 and told == without_ranks(first)), "ranks are not in the log"
    assert (await player.score("task_finish"))["previousScore"] == first["newScore"] == 10


def without_ranks(result: dict[str, Any]) -> dict[str, Any]:
    boards = [{**board, "rank": None, "previousRank": None} for board in result["boards"]]
    return {**result, "newRank": None, "boards": boards}
