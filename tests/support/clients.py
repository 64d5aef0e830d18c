"""Clients as somebody would write them who has read only the specification: one acts, one follows a stream."""

import asyncio
import codecs
import contextlib
import hashlib
import hmac
import itertools
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

import httpx
import psycopg

from tests.support.servers import Stores

PASSWORD = "correct horse battery staple"
#: Seconds after which what should have happened did not: far above what is promised, for a busy machine.
PATIENCE = 10.0
#: Registrations under way at once: the server hashes two passwords at a time and refuses a queue of 100.
REGISTERING_AT_ONCE = 16

#: What of a board's row is its state: the rest describes movement.
STATE = ("position", "rank", "userId", "username", "avatarUrl", "score")
Row = tuple[Any, ...]
#: The rows in order, and the total.
State = tuple[tuple[Row, ...], int]

_numbers = itertools.count(1)


def parse(text: str | bytes) -> Any:
    """JSON with exact numbers."""
    return json.loads(text, parse_float=Decimal)


def http_client(url: str) -> httpx.AsyncClient:
    """Unlimited connections, no proxies of the environment; streams may be silent as long as they like."""
    return httpx.AsyncClient(
        base_url=url,
        limits=httpx.Limits(max_connections=None),
        timeout=httpx.Timeout(30, read=None),
        trust_env=False,
        verify=False,
    )


def data_of(answer: httpx.Response, status: int = 200) -> Any:
    """The `data` of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    body = parse(answer.content)
    assert body["success"] is True
    return body["data"]


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """The status and code of a refusal."""
    body = parse(answer.content)
    assert body["success"] is False
    assert body["error"]["requestId"] == answer.headers["x-request-id"]
    return answer.status_code, body["error"]["code"]


# --- Acting ------------------------------------------------------------------------------------------------------


class Api:
    """The REST side of one server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = http_client(url)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def register(self, username: str = "") -> "Player":
        """A new player, by a name of their own unless one is given."""
        username = username or f"player {next(_numbers)}"
        email = f"{hashlib.sha256(username.encode()).hexdigest()[:20]}@example.org"
        body = {"username": username, "email": email, "password": PASSWORD}
        return Player(self, data_of(await self.http.post("/api/v1/auth/register", json=body), 201))

    async def register_all(self, usernames: list[str]) -> list["Player"]:
        room = asyncio.Semaphore(REGISTERING_AT_ONCE)

        async def one(username: str) -> Player:
            async with room:
                return await self.register(username)

        return await asyncio.gather(*map(one, usernames))

    async def log_in(self, username: str) -> "Player":
        body = {"username": username, "password": PASSWORD}
        return Player(self, data_of(await self.http.post("/api/v1/auth/login", json=body)))

    async def admin(self, stores: Stores) -> "Player":
        """An admin: the role is given in the database, as there is nobody yet to give it."""
        player = await self.register()
        with psycopg.connect(stores.database_url, autocommit=True) as connection:
            connection.execute("update users set role = 'ADMIN' where id = %s", [player.id])
        return await self.log_in(player.username)

    async def board(self, slug: str, limit: int = 10) -> dict[str, Any]:
        """What `GET /api/v1/scores/leaderboard` says."""
        query: dict[str, str | int] = {"board": slug, "limit": limit}
        data: dict[str, Any] = data_of(await self.http.get("/api/v1/scores/leaderboard", params=query))
        return data


class Player:
    """A registered user with the tokens of one login; signs actions."""

    def __init__(self, api: Api, data: Mapping[str, Any]) -> None:
        self.api = api
        self.id: str = data["user"]["id"]
        self.username: str = data["user"]["username"]
        self.token: str = data["accessToken"]
        self.key_id: str = data["actionKey"]["id"]
        self._secret: str = data["actionKey"]["secret"]

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def sign(self, body: bytes) -> str:
        return hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()

    async def request(self, method: str, path: str, body: Any = None, api: Api | None = None) -> httpx.Response:
        """`api`: another process than the one the player logged in at."""
        content = None if body is None else json.dumps(body).encode()
        headers = {**self.bearer, "Content-Type": "application/json"}
        return await (api or self.api).http.request(method, path, content=content, headers=headers)

    async def act(
        self,
        action_type: str,
        metadata: Mapping[str, Any] | None = None,
        *,
        api: Api | None = None,
        action_id: str = "",
    ) -> httpx.Response:
        """One signed action."""
        claim = {
            "actionId": action_id or f"action-{next(_numbers)}",
            "actionType": action_type,
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "metadata": metadata or {},
        }
        body = json.dumps(claim).encode()
        headers = {
            **self.bearer,
            "Content-Type": "application/json",
            "X-Action-Signature": self.sign(body),
            "X-Action-Key-Id": self.key_id,
        }
        return await (api or self.api).http.post("/api/v1/scores/action", content=body, headers=headers)

    async def score(self, action_type: str, points: Any = None, *, api: Api | None = None) -> dict[str, Any]:
        """An action that must be accepted; `points` goes into the metadata field of that name."""
        metadata = {} if points is None else {"points": points}
        result: dict[str, Any] = data_of(await self.act(action_type, metadata, api=api))
        return result

    async def make_board(
        self, slug: str, action_type: str, *, low: int = 0, high: int = 1_000_000, **rules: Any
    ) -> None:
        """For admins: a board and an action type that feeds it with the metadata field `points`."""
        board = {"slug": slug, "title": slug.replace("_", " ").title(), "policy": "sum", **rules}
        data_of(await self.request("POST", "/api/v1/admin/boards", board), 201)
        points = {"field": "points", "min": low, "max": high}
        kind = {"slug": action_type, "points": points, "boards": [{"board": slug}]}
        data_of(await self.request("POST", "/api/v1/admin/action-types", kind), 201)


# --- Parsing events ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """One dispatched event. `id` and `retry` are those of its own block, None where it has none."""

    type: str
    data: str
    last_event_id: str
    id: str | None
    retry: int | None

    @property
    def json(self) -> Any:
        return parse(self.data)


class EventParser:
    """Event streams as https://html.spec.whatwg.org/multipage/server-sent-events.html §9.2.6 interprets them."""

    def __init__(self, last_event_id: str = "") -> None:
        self.last_event_id = last_event_id
        self.reconnection_time: int | None = None
        #: Blocks without data: a browser dispatches nothing for them, and htmx ignores what they say.
        self.dropped: list[list[str]] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = ""
        self._after_cr = False
        self._begun = False
        self._block: list[str] = []
        self._clear()

    def feed(self, octets: bytes) -> list[Message]:
        text = self._decoder.decode(octets)
        if text and not self._begun:
            self._begun = True
            text = text.removeprefix("\ufeff")
        messages = []
        for character in _pieces(text):
            if character == "\n" and self._after_cr:
                self._after_cr = False
            elif character in ("\r", "\n"):
                self._after_cr = character == "\r"
                line, self._line = self._line, ""
                if message := self._take(line):
                    messages.append(message)
            else:
                self._after_cr = False
                self._line += character
        return messages

    def _clear(self) -> None:
        self._type, self._data = "", ""
        self._own_id: str | None = None
        self._own_retry: int | None = None
        self._block = []

    def _take(self, line: str) -> Message | None:
        if not line:
            return self._dispatch()
        self._block.append(line)
        if line.startswith(":"):
            return None
        name, _, value = line.partition(":")
        self._field(name, value.removeprefix(" "))
        return None

    def _field(self, name: str, value: str) -> None:
        if name == "event":
            self._type = value
        elif name == "data":
            self._data += value + "\n"
        elif name == "id" and "\0" not in value:
            self.last_event_id = self._own_id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.reconnection_time = self._own_retry = int(value)

    def _dispatch(self) -> Message | None:
        message = None
        if self._data:
            data = self._data.removesuffix("\n")
            kind = self._type or "message"
            message = Message(kind, data, self.last_event_id, self._own_id, self._own_retry)
        else:
            self.dropped.append(self._block)
        self._clear()
        return message


def _pieces(text: str) -> list[str]:
    """Line ends one by one, what is between them whole."""
    pieces: list[str] = []
    for chunk in text.split("\n"):
        for part in chunk.split("\r"):
            pieces += [part, "\r"] if part else ["\r"]
        pieces[-1] = "\n"
    return pieces[:-1]


# --- Following a board -------------------------------------------------------------------------------------------


def row_of(entry: Mapping[str, Any]) -> Row:
    return tuple(entry[name] for name in STATE)


def state_of(answer: Mapping[str, Any]) -> State:
    """What a REST answer shows."""
    return tuple(map(row_of, answer["leaderboard"])), answer["total"]


def order_of(version: str) -> tuple[int, int]:
    epoch, _, seq = version.partition("-")
    return int(epoch), int(seq)


class Replica:
    """A board as a client of `leaderboard.update` holds it; every frame is checked against the contract."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.version: str | None = None
        self.total = 0
        #: Every state that was reached, by version.
        self.reached: dict[str, State] = {}
        self.deltas = 0
        self.snapshots = 0
        #: Snapshots that no change explains: repairs of a gap.
        self.repairs = 0
        self._rows: dict[int, Row] = {}
        self._previous: str | None = None

    @property
    def state(self) -> State:
        return tuple(row for _, row in sorted(self._rows.items())), self.total

    def begin(self) -> None:
        """A new connection: a new chain of versions, which begins with a snapshot."""
        self._previous = None

    def apply(self, data: Mapping[str, Any]) -> None:
        first = self._previous is None
        before, total = dict(self._rows), self.total
        assert data["previousVersion"] == self._previous, "the chain of versions is broken"
        assert data["snapshot"] or not first, "a stream begins with a delta"
        self._take(data)
        self.version = self._previous = data["version"]
        self._check_shape(data)
        if not first:
            assert order_of(self.version) > order_of(data["previousVersion"])
            self._check_economy(data, before, total)
            self._check_moves(data, before)
        known = self.reached.setdefault(self.version, self.state)
        assert known == self.state, f"version {self.version} names two states"

    def _take(self, data: Mapping[str, Any]) -> None:
        self.total = data["total"]
        if data["snapshot"]:
            self.snapshots += 1
            self._rows.clear()
        else:
            self.deltas += 1
        self._rows.update({entry["position"]: row_of(entry) for entry in data["entries"]})
        for position in [position for position in self._rows if position > min(self.limit, self.total)]:
            del self._rows[position]

    def _check_shape(self, data: Mapping[str, Any]) -> None:
        shown = min(self.limit, self.total)
        assert sorted(self._rows) == list(range(1, shown + 1)), "positions are missing"
        assert len({row[2] for row in self._rows.values()}) == shown, "somebody stands twice"
        assert all(1 <= entry["position"] <= shown for entry in data["entries"])

    def _check_economy(self, data: Mapping[str, Any], before: Mapping[int, Row], total: int) -> None:
        """A frame says something new, and is a snapshot only where that is shorter."""
        changed = [position for position, row in self._rows.items() if before.get(position) != row]
        said = (changed, len(self._rows), self.total) != ([], len(before), total)
        is_shorter = len(self._rows) >= 10 and len(changed) * 2 > len(self._rows)
        new_epoch = order_of(data["version"])[0] != order_of(data["previousVersion"])[0]
        if data["snapshot"] and not (is_shorter or new_epoch):
            self.repairs += 1
            return
        assert said or new_epoch, "a frame that changes nothing"
        if not data["snapshot"]:
            assert sorted(entry["position"] for entry in data["entries"]) == sorted(changed)
            assert not is_shorter, "more than half of the window changed"

    def _check_moves(self, data: Mapping[str, Any], before: Mapping[int, Row]) -> None:
        """`changedPositions` lists those, and only those, whose rank in the window changed."""
        old = {row[2]: row[1] for row in before.values()}
        new = {row[2]: (row[1], row[5]) for row in self._rows.values()}
        moved = {
            user: (old.get(user), *new.get(user, (None, None)))
            for user in (*old, *new)
            if old.get(user) != new.get(user, (None,))[0]
        }
        said = {
            move["userId"]: (move["previousRank"], move["newRank"], move["score"])
            for move in data["changedPositions"]
        }
        assert len(said) == len(data["changedPositions"])
        assert said == moved or (data["snapshot"] and not said)


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
        if message.type == "leaderboard.update":
            data = message.json
            self.boards.setdefault(data["board"], Replica(self.limit)).apply(data)

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


async def eventually(holds: Callable[[], Any], seconds: float = PATIENCE, *, every: float = 0.02) -> Any:
    """Ask again and again until it is true, or fail; `holds` may be a coroutine function."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        found = holds()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert asyncio.get_running_loop().time() < deadline, f"not within {seconds} s"
        await asyncio.sleep(every)
