"""The textbook's way to serve a channel: a queue for each client, and sse-starlette's response around it.

`python -m sse_board.bench.textbook FD`. What is posted to it goes to all streams.
"""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Queue = asyncio.Queue[dict[str, str]]


class Channel:
    """Everybody who listens."""

    def __init__(self) -> None:
        self._queues: set[Queue] = set()

    def routes(self) -> list[Route]:
        return [Route("/stream", self.stream), Route("/publish", self.publish, methods=["POST"])]

    async def stream(self, _: Request) -> EventSourceResponse:
        queue = Queue()
        self._queues.add(queue)
        return EventSourceResponse(self._events(queue), sep="\n")

    async def _events(self, queue: Queue) -> AsyncIterator[dict[str, str]]:
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)

    async def publish(self, request: Request) -> Response:
        event = {"event": request.headers["X-EventSource-Event"], "data": (await request.body()).decode()}
        for queue in self._queues:
            queue.put_nowait(event)
        return Response()


def main() -> None:
    app = Starlette(routes=Channel().routes())
    config = uvicorn.Config(app, loop="uvloop", http="httptools", log_config=None, access_log=False)
    config.timeout_graceful_shutdown = 1
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
