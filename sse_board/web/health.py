"""`/livez` and `/readyz`: whether the process runs, and whether it should get traffic."""

import asyncio
from typing import Any

from redis import RedisError
from redis.asyncio import Redis
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import BoardError
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.answers import Json, ok

_queries = Queries("worker")


#: A store that does not answer a probe within this is told to be down: seconds.
PROBE_SECONDS = 0.5


class Health:
    """`ready` is false while starting and draining; a store that is down is told, but takes nobody out."""

    def __init__(self, postgres: Postgres, redis: Redis) -> None:
        self._postgres = postgres
        self._redis = redis
        self._probes = {"postgres": self._postgres_up, "redis": self._redis_up}
        self._running: dict[str, asyncio.Task[bool]] = {}
        self.ready = False

    def routes(self) -> list[Route]:
        return [
            Route("/livez", self.livez, methods=["GET"]),
            Route("/readyz", self.readyz, methods=["GET"]),
        ]

    async def livez(self, request: Request) -> Response:
        return ok({"status": "alive"})

    async def readyz(self, request: Request) -> Response:
        stores = {name: await self._answers(name) for name in self._probes}
        degraded = [name for name, up in stores.items() if not up]
        data: dict[str, Any] = {"ready": self.ready, "stores": stores, "degraded": degraded}
        return Json({"success": self.ready, "data": data}, 200 if self.ready else 503)

    async def _answers(self, name: str) -> bool:
        """Whether the store answers in time; a probe that hangs is left hanging, but there is only one of it."""
        probe = self._running.get(name)
        if probe is None or probe.done():
            probe = self._running[name] = asyncio.create_task(self._probes[name]())
        await asyncio.wait({probe}, timeout=PROBE_SECONDS)
        return probe.done() and probe.result()

    async def _postgres_up(self) -> bool:
        try:
            return await self._postgres.one(_queries.still_there) is not None
        except BoardError:
            return False

    async def _redis_up(self) -> bool:
        try:
            return bool(await self._redis.ping())
        except RedisError:
            return False
