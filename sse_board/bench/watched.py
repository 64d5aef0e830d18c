"""The web process under test, which tells on demand how long its event loop was busy without a pause.

`python -m sse_board.bench.watched FD`. While it watches, a timer is due every millisecond; between two times that
it is served lies what the loop did meanwhile. What counts is the time of the processor: what the machine gave to
others is not the loop's doing. Watching takes a few per cent of the processor by itself.
"""

import asyncio
import json
import time

from starlette.types import ASGIApp, Receive, Scope, Send

from sse_board.processes.web import main

#: Asked for the first time it begins to watch, and answers and ends when it is asked again.
PATH = "/longest-turn"
PERIOD_SECONDS = 0.001


class Watched:
    """Our whole application, and the longest turn of its loop at one path."""

    def __init__(self, ours: ASGIApp) -> None:
        self._ours = ours
        self._timer: asyncio.TimerHandle | None = None
        self._served = 0.0
        self._longest = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == PATH:
            await self._answer(send)
        else:
            await self._ours(scope, receive, send)

    def _turn(self) -> None:
        now = time.thread_time()
        self._longest = max(self._longest, now - self._served)
        self._served = now
        self._timer = asyncio.get_running_loop().call_later(PERIOD_SECONDS, self._turn)

    async def _answer(self, send: Send) -> None:
        body = json.dumps({"milliseconds": self._longest * 1e3}).encode()
        self._toggle()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    def _toggle(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            return
        self._longest, self._served = 0.0, time.thread_time()
        self._turn()


if __name__ == "__main__":
    main(Watched)
