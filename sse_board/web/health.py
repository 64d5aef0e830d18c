"""`/livez` and `/readyz`: whether the process runs, and whether it should get traffic."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.stores.pulse import Pulse
from sse_board.web.answers import Json, ok


class Health:
    """`ready` is false while starting and draining; a store that is down is told, but takes nobody out."""

    def __init__(self, pulses: Sequence[Pulse]) -> None:
        self._pulses = pulses
        self.ready = False

    def routes(self) -> list[Route]:
        return [
            Route("/livez", self.livez, methods=["GET"]),
            Route("/readyz", self.readyz, methods=["GET"]),
        ]

    async def livez(self, request: Request) -> Response:
        return ok({"status": "alive"})

    async def readyz(self, request: Request) -> Response:
        stores = self.stores()
        degraded = [store for store, up in stores.items() if not up]
        data: dict[str, Any] = {"ready": self.ready, "stores": stores, "degraded": degraded}
        return Json({"success": self.ready, "data": data}, 200 if self.ready else 503)

    def stores(self) -> dict[str, bool]:
        """Which of them answer."""
        return {pulse.store: pulse.up for pulse in self._pulses}
