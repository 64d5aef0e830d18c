"""A worker is killed while it awards: the next one goes on, and nobody is told twice or goes without."""

import asyncio
from collections.abc import Callable

import psycopg

from tests.achievements.conftest import PLENTY
from tests.support.clients import Api, Player, eventually
from tests.support.servers import Program, Stores, WebServer

PLAYERS = 12


async def test_whoever_awards_everybody_is_told_of_each_achievement_once(
    own_stores: Stores, serve: Callable[..., WebServer], work: Callable[..., Program]
) -> None:
    workers = [work(own_stores), work(own_stores)]
    server = serve(own_stores, **PLENTY)
    await eventually(lambda: any("worker active" in one.log_text() for one in workers))
    active = next(one for one in workers if "worker active" in one.log_text())
    async with Api(server.url) as api:
        players = [await api.register() for _ in range(PLAYERS)]
        acting = asyncio.create_task(act(players))
        await eventually(lambda: len(told(own_stores)) > PLAYERS)
        active.kill()
        await acting
        wanted = {(player.id, slug) for player in players for slug in ("points-100", "points-500", "level-4")}
        await eventually(lambda: wanted <= set(told(own_stores)), seconds=20)
    assert len(told(own_stores)) == len(set(told(own_stores)))
    assert set(told(own_stores)) == held(own_stores)


async def act(players: list[Player]) -> None:
    """Forty-one actions each; quizzes have a cooldown, so all but the first are tasks."""
    await asyncio.gather(*(player.score("quiz_complete") for player in players))
    for _ in range(40):
        await asyncio.gather(*(player.score("task_finish") for player in players))


def told(stores: Stores) -> list[tuple[str, str]]:
    return rows(
        stores,
        "select data ->> 'userId', data ->> 'achievement' from events where type = 'achievement.unlocked'",
    )


def held(stores: Stores) -> set[tuple[str, str]]:
    return set(rows(stores, "select user_id::text, achievement from awards"))


def rows(stores: Stores, query: str) -> list[tuple[str, str]]:
    with psycopg.connect(stores.database_url) as database:
        return database.execute(query.encode()).fetchall()
