"""`GET /api/v1/events`: what the stream tells, for clients that only ask."""

import asyncio
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.clock import Clock
from sse_board.errors import InvalidRequest, TokenExpired, Unauthorized
from sse_board.live.channels import Admission
from sse_board.live.counts import Way
from sse_board.live.cursor import from_cursor
from sse_board.live.handing import Hands
from sse_board.live.pace import Pace
from sse_board.live.ways.listener import Listener, admitted, listener_of, rows_of
from sse_board.live.ways.reading import Reader, Reading, Wishes
from sse_board.live.ways.waiting import Waiter, Waiters
from sse_board.tasks import stop
from sse_board.web.answers import encode
from sse_board.web.bodies import query_integer
from sse_board.web.identity import Authenticator

#: Events of one answer: what `limit` is without being asked, and at the most.
USUAL_EVENTS, MOST_EVENTS = 100, 500
#: How long a poll may wait for something to happen: seconds. Proxies give up after 30 and more.
WAIT_LIMIT = 25


class PollApi:
    def __init__(
        self,
        reader: Reader,
        waiters: Waiters,
        authenticator: Authenticator,
        *,
        pace: Pace,
        way: Way,
        hands: Hands,
        clock: Clock,
    ) -> None:
        self._reader = reader
        self._waiters = waiters
        self._authenticator = authenticator
        self._pace = pace
        self._way = way
        self._hands = hands
        self._clock = clock

    def routes(self) -> list[Route]:
        return [Route("/api/v1/events", self.events, methods=["GET"])]

    async def events(self, request: Request) -> Response:
        listener = listener_of(request, self._authenticator)
        wait = query_integer(request, "wait", 0, 0, WAIT_LIMIT)
        limit, rows = query_integer(request, "limit", USUAL_EVENTS, 1, MOST_EVENTS), rows_of(request, "rows")
        after = _after(request)
        admission = await admitted(request, listener, self._reader.channels)
        wishes = Wishes(admission.granted, listener.identity, after, limit, rows)
        reading = await (self._wait(request, wishes, wait) if wait else self._reader.read(wishes))
        self._require_valid(listener, admission)
        self._hands.over(reading.events, listener.identity)
        return self._answer(reading, admission)

    async def _wait(self, request: Request, wishes: Wishes, seconds: int) -> Reading:
        """Listen first, then look, so that nothing falls between."""
        waiter = self._waiters.admit(wishes)
        if waiter is None:
            return await self._reader.read(wishes)
        leaving = asyncio.create_task(_release_when_gone(request, waiter))
        try:
            return await self._read_news(waiter, wishes, asyncio.get_running_loop().time() + seconds)
        finally:
            self._waiters.dismiss(waiter)
            await stop([leaving])

    async def _read_news(self, waiter: Waiter, wishes: Wishes, until: float) -> Reading:
        """Who came without a cursor waits for what follows the first look."""
        while True:
            waiter.forget()
            reading = await self._reader.read(wishes)
            if reading.has_news or not await waiter.news(until):
                return reading
            wishes = replace(wishes, after=reading.cursor)

    def _require_valid(self, listener: Listener, admission: Admission) -> None:
        """A login may end, and a token expire, while its poll waits."""
        identity = listener.identity
        if identity is None:
            return
        if not self._authenticator.is_live(identity):
            raise Unauthorized("This login has ended or its rights have changed; refresh it or log in again.")
        private = any(map(self._reader.channels.is_private, admission.granted))
        if private and identity.expires_at <= self._clock().timestamp():
            raise TokenExpired()

    def _answer(self, reading: Reading, admission: Admission) -> Response:
        """Put together from the bytes that sockets get too."""
        frames = b",".join(event.frame("socket") for event in reading.events)
        rest: dict[str, Any] = {
            "cursor": reading.cursor,
            "truncated": reading.truncated,
            "refused": admission.payload()["refused"],
        }
        body = b'{"success":true,"data":{"events":[' + frames + b"]," + encode(rest)[1:] + b"}"
        self._way.write(len(reading.events), len(body))
        headers = {"Cache-Control": "private, no-store", "X-Poll-Interval": str(self._pace.poll_seconds)}
        return Response(body, headers=headers, media_type="application/json")


def _after(request: Request) -> str | None:
    after = request.query_params.get("after") or None
    if after is not None and from_cursor(after) is None:
        raise InvalidRequest(
            "`after` must be the cursor of an answer or an event; leave it out to begin now.",
            details={"after": "is no cursor"},
        )
    return after


async def _release_when_gone(request: Request, waiter: Waiter) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    waiter.release()
