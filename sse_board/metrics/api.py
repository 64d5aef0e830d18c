"""`/metrics`: to admins beside everything else, and bare on a port of its own."""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sse_board.errors import NotFound
from sse_board.metrics.collector import Counted, ProcessMetrics
from sse_board.web.answers import failure
from sse_board.web.identity import Authenticator, require_admin
from sse_board.web.requestid import request_id_of

PATH = "/metrics"
OPEN_METRICS = "application/openmetrics-text"


class MetricsApi:
    """`stores` tells which of them answer."""

    def __init__(
        self,
        counted: Counted,
        stores: Callable[[], Mapping[str, bool]],
        authenticator: Authenticator,
    ) -> None:
        self._process = ProcessMetrics(counted)
        self._stores = stores
        self._authenticator = authenticator
        self._registry = CollectorRegistry()
        self._registry.register(self._process)
        ProcessCollector(registry=self._registry)

    def routes(self) -> list[Route]:
        return [Route(PATH, self.metrics, methods=["GET"])]

    async def metrics(self, request: Request) -> Response:
        require_admin(self._authenticator, request)
        return await self._answer(request)

    async def bare(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An application of its own: whoever reaches it may look, and finds nothing else."""
        request = Request(scope)
        if scope["path"] == PATH and scope["method"] in ("GET", "HEAD"):
            answer = await self._answer(request)
        else:
            answer = failure(NotFound(), request_id_of(scope))
        await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """OpenMetrics where it is asked for, else the text format 0.0.4, which everything reads."""
        asked = ", ".join(request.headers.getlist("accept")).lower()
        encode, content_type = choose_encoder(OPEN_METRICS if OPEN_METRICS in asked else "")
        self._process.stores = self._stores()
        headers = {"Content-Type": content_type, "Cache-Control": "no-store", "Vary": "Accept"}
        return Response(encode(self._registry), headers=headers)
