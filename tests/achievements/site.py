"""The write path and its followers on real stores, without a server."""

import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from sse_board.achievements.follower import AwardsFollower
from sse_board.achievements.window import DEPTH, Depth
from sse_board.admin.voiding import Order, Voiding
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.ranking import Ranking
from sse_board.boards.repair import BoardRepair
from sse_board.clock import utc_now
from sse_board.live.events.outbox import Outbox
from sse_board.notifications.alerts import alert_admins
from sse_board.scores.action import Claim
from sse_board.scores.batch import Batches
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.plan import Plan, Rules
from sse_board.scores.refusals import Refusals
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import connect
from sse_board.web.identity import Identity
from tests.support.servers import Stores

#: (player's number, action type, metadata)
Doing = tuple[int, str, dict[str, Any]]


def user_id(number: int) -> str:
    return str(uuid.UUID(int=number + 1))


@dataclass(slots=True)
class Site:
    postgres: Postgres
    outbox: Outbox
    batches: Batches
    voiding: Voiding
    boards: BoardCatalog

    async def act(self, *doings: Doing) -> Plan:
        """One batch."""
        return await self.batches.run([_claim(*doing) for doing in doings])

    async def void(self, user: str, action_id: str) -> None:
        await self.voiding.void(Order(user, action_id, "wrong"), Identity(user, "ADMIN", "", 1, 0), "request")

    def follower(self, page: int = 500, depth: Depth = DEPTH) -> AwardsFollower:
        boards = BoardCatalog(self.postgres)
        return AwardsFollower(self.postgres, self.outbox.writing, boards, alert_admins, page=page, depth=depth)

    async def follow(self, follower: AwardsFollower | None = None) -> None:
        """To the end."""
        one = follower or self.follower()
        while await one.step():
            pass

    async def run(self, query: str, *values: Any) -> None:
        async with self.postgres.connection() as connection:
            await connection.execute(query.encode(), values)

    async def rows(self, query: str, *values: Any) -> list[Any]:
        async with self.postgres.connection() as connection:
            return await (await connection.execute(query.encode(), values)).fetchall()

    async def players(self, count: int, first: int = 0) -> None:
        numbers = range(first, first + count)
        await self.run(
            "insert into users (id, username, username_key, email, email_key, password_hash, role)"
            " select id, 'player ' || n, 'player ' || n, n, n, '', 'PARTICIPANT'"
            " from unnest(%s::uuid[], %s::text[]) as u (id, n)",
            list(map(user_id, numbers)),
            list(map(str, numbers)),
        )

    async def board(self, slug: str, policy: str, direction: str, ties: str) -> None:
        await self.run(
            "insert into boards (slug, title, policy, direction, decimals, ties) values (%s, %s, %s, %s, 0, %s)",
            *(slug, slug.title(), policy, direction, ties),
        )

    async def achievement(self, slug: str, rule: str) -> None:
        await self.run(
            "insert into achievements (slug, title, description, icon, points, rule)"
            " values (%s, %s, '', '*', 1, %s::jsonb)",
            *(slug, slug, rule),
        )
        await self.run("insert into backfills (achievement) values (%s)", slug)
        await self.run("update commits set catalog = catalog + 1")

    async def awards(self) -> set[tuple[str, str]]:
        return set(await self.rows("select user_id, achievement from awards"))


def _claim(number: int, kind: str, metadata: dict[str, Any]) -> Claim:
    return Claim(user_id(number), str(uuid.uuid4()), kind, utc_now(), metadata, "00", "r")


@asynccontextmanager
async def site(stores: Stores) -> AsyncIterator[Site]:
    postgres, redis = Postgres(stores.database_url, size=4), connect(stores.redis_url)
    await postgres.open()
    try:
        yield build(postgres, redis)
    finally:
        await redis.aclose()
        await postgres.close()


def build(postgres: Postgres, redis: Redis) -> Site:
    boards, types = BoardCatalog(postgres), ActionCatalog(postgres)
    rules = Rules(types.find, boards.find, 1_000_000, timedelta())
    repair = BoardRepair(boards, Ranking(redis), postgres, redis)
    return Site(
        postgres,
        Outbox(postgres, redis, "hints", lambda: None),
        Batches(postgres, boards, types, rules, Refusals()),
        Voiding(postgres, boards, repair),
        boards,
    )


def ids(plan: Plan) -> Sequence[tuple[str, str]]:
    """(user, action id) of what was accepted."""
    return [one.claim.key for one in plan.accepted]
