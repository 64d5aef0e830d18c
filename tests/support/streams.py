"""A listener: follows boards, is cut off, resumes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from tests.support.clients import PATIENCE, http_client
from tests.support.events import EventParser, Message
from tests.support.protocol import check_streamed
from tests.support.replica import Replica, state_of
from tests.support.standings import StandingsReplica


class Stream:
    """One listener: reads in the background, can be cut off and resumed, at another process too."""

    def __init__(
        self,
        channels: str,
        *,
        limit: int = 10,
        format: str = "json",
        token: str = "",
        url_token: str = "",
        **query: str,
    ) -> None:
        self.query: dict[str, str] = {"channels": channels, "limit": str(limit), "format": format, **query}
        if url_token:
            self.query["token"] = url_token
        self.token = token
        self.limit = limit
        self.last_event_id = ""
        self.raw = bytearray()
        self.messages: list[Message] = []
        self.boards: dict[str, Replica] = {}
        self.standings: dict[str, StandingsReplica] = {}
        self.connections = 0
        self.response: httpx.Response | None = None
        self.failure: Exception | None = None
        self._http: httpx.AsyncClient | None = None
        self._reading: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self.parser = EventParser()

    # -- connecting --

    async def open(self, url: str) -> Self:
        """Connect, or resume what was read before; the answer must be 200."""
        response = await self.ask(url)
        assert response.status_code == 200, await response.aread()
        content_type = response.headers["content-type"].replace(" ", "").lower()
        assert content_type in ("text/event-stream", "text/event-stream;charset=utf-8")
        self._reading = asyncio.create_task(self._read(response))
        return self

    async def ask(self, url: str) -> httpx.Response:
        """The bare answer, not yet read."""
        assert self._reading is None, "it is open already"
        self.parser = EventParser(self.last_event_id)
        for board in self.boards.values():
            board.begin()
        for standings in self.standings.values():
            standings.begin()
        self.connections += 1
        self.failure = None
        self._http = http_client(url)
        request = self._http.build_request("GET", "/api/v1/stream", params=self.query, headers=self._headers())
        self.response = await self._http.send(request, stream=True)
        return self.response

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "text/event-stream"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.last_event_id:
            headers["Last-Event-ID"] = self.last_event_id
        return headers

    async def cut(self) -> None:
        """Drop the connection without a word."""
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
            self._reading = None
        if self.response is not None:
            await self.response.aclose()
        if self._http is not None:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.cut()
        if kind is None and self.failure is not None:
            raise self.failure

    # -- reading --

    async def _read(self, response: httpx.Response) -> None:
        try:
            async for octets in response.aiter_raw():
                self.raw += octets
                for message in self.parser.feed(octets):
                    self._hear(message)
                self.last_event_id = self.parser.last_event_id
                self._news.set()
        except Exception as error:  # told to whoever waits, or at the end of the `async with`
            self.failure = error
        finally:
            self._news.set()

    def _hear(self, message: Message) -> None:
        self.messages.append(message)
        if message.type == "message":  # one without a name is HTML or text
            return
        data = message.json
        check_streamed(message, data)
        if message.type == "leaderboard.update":
            self.boards.setdefault(data["board"], Replica(self.limit)).apply(data)
        elif message.type == "standings.updated":
            self.standings.setdefault(data["tournamentId"], StandingsReplica(self.limit)).apply(data)

    # -- looking --

    @property
    def ended(self) -> bool:
        """Whether the server has ended it."""
        return self._reading is not None and self._reading.done()

    @property
    def types(self) -> list[str]:
        return [message.type for message in self.messages]

    def of_type(self, name: str) -> list[Message]:
        return [message for message in self.messages if message.type == name]

    async def until(self, holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until what was heard makes this true."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    if self.failure is not None:
                        raise self.failure
                    assert not self.ended, f"the stream ended after {self.types}"
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"not within {seconds} s; heard {self._summary()}") from None

    async def until_type(self, name: str, count: int = 1, seconds: float = PATIENCE) -> Message:
        """Wait for the `count`-th message of a type."""
        await self.until(lambda: len(self.of_type(name)) >= count, seconds)
        return self.of_type(name)[count - 1]

    async def until_shows(self, answer: Mapping[str, Any], seconds: float = PATIENCE) -> None:
        """Wait until the board is as this REST answer has it."""
        await self.until(lambda: self._shows(answer), seconds)

    def _shows(self, answer: Mapping[str, Any]) -> bool:
        board = self.boards.get(answer["board"])
        return board is not None and board.state == state_of(answer)

    async def until_stands(self, tournament_id: str, version: object, seconds: float = PATIENCE) -> None:
        """Wait until the standings are those of this version."""
        await self.until(lambda: self._stands(tournament_id, str(version)), seconds)

    def _stands(self, tournament_id: str, version: str) -> bool:
        known = self.standings.get(tournament_id)
        return known is not None and known.version == version

    async def until_ended(self, seconds: float = PATIENCE) -> None:
        """Wait until the server ends the stream."""
        assert self._reading is not None
        await asyncio.wait({self._reading}, timeout=seconds)
        assert self.ended, f"still open after {seconds} s; heard {self._summary()}"
        if self.failure is not None:
            raise self.failure

    def _summary(self) -> str:
        versions = {slug: board.version for slug, board in self.boards.items()}
        return f"{self.types[-20:]}, boards {versions}"


@contextlib.asynccontextmanager
async def listening(url: str, channels: str, **options: Any) -> AsyncIterator[Stream]:
    """An open stream, cut at the end."""
    async with Stream(channels, **options) as stream:
        yield await stream.open(url)
