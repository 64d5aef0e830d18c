"""Patient requests: a server that is away or busy is tried again, a refusal is told."""

import asyncio
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, TypeVar

import httpx
import msgspec

T = TypeVar("T")

#: The pause after a failed try doubles from the first to the longest: seconds. A restart takes about one.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0
#: Pauses vary by this factor, so that 40 players do not come back as one.
JITTER = (0.5, 1.5)
#: Seconds after which an answer is not waited for any longer.
TIMEOUT_SECONDS = 10.0
#: What a refusal without `Retry-After` is waited out with: seconds.
REFUSED_SECONDS = 5.0
#: The longest `Retry-After` that is believed: seconds. A player that slept for a day would look dead.
LONGEST_WAIT = 300.0


class Refused(Exception):
    """The server understood and said no; come back after `wait` seconds."""

    def __init__(self, status: int, code: str, wait: float = REFUSED_SECONDS) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.wait = wait


class Problem(msgspec.Struct):
    code: str = ""
    details: Any = None


class Envelope(msgspec.Struct):
    success: bool
    data: msgspec.Raw = msgspec.Raw(b"null")
    error: Problem = msgspec.field(default_factory=Problem)


def connect(url: str) -> httpx.AsyncClient:
    """To the demo's own server, whatever proxy the environment names."""
    return httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, trust_env=False)


def pauses(dice: Random) -> Iterator[float]:
    """Seconds after each failed try, without end."""
    pause = FIRST_PAUSE
    while True:
        yield pause * dice.uniform(*JITTER)
        pause = min(pause * 2, LONGEST_PAUSE)


class Transport:
    def __init__(self, http: httpx.AsyncClient, dice: Random) -> None:
        self._http = http
        self._dice = dice

    async def post(self, path: str, body: bytes, headers: Mapping[str, str], kind: type[T]) -> T:
        """The `data` of the answer. The same bytes go out until somebody answers. Raises Refused."""
        return await self.send("POST", path, body, headers, kind)

    async def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str], kind: type[T]) -> T:
        """The same by any method."""
        sent = {"Content-Type": "application/json", **headers}
        for pause in pauses(self._dice):
            answer = await self._try(method, path, body, sent)
            if answer is not None and answer.status_code < 500:
                return read(answer, kind)
            await asyncio.sleep(max(pause, wait_of(answer)) if answer is not None else pause)
        raise AssertionError("pauses never end")

    async def post_once(self, path: str, body: bytes, headers: Mapping[str, str], kind: type[T]) -> T:
        """The same without patience. Raises Refused also where nobody answers."""
        answer = await self._try("POST", path, body, {"Content-Type": "application/json", **headers})
        if answer is None:
            raise Refused(503, "UNAVAILABLE")
        return read(answer, kind)

    async def _try(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response | None:
        try:
            return await self._http.request(method, path, content=body, headers=headers)
        except httpx.HTTPError:
            return None

    async def wait_until_ready(self) -> None:
        """The server starts at the same moment as we do; one asks, instead of forty."""
        for pause in pauses(self._dice):
            try:
                if (await self._http.get("/readyz")).is_success:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(min(pause, 1.0))


def read(answer: httpx.Response, kind: type[T]) -> T:
    """Raises Refused, also for an answer that is not ours, such as a proxy's page."""
    try:
        envelope = msgspec.json.decode(answer.content, type=Envelope)
        if envelope.success:
            return msgspec.json.decode(envelope.data, type=kind)
        if answer.status_code == 409 and envelope.error.code == "DUPLICATE_ACTION":
            return msgspec.convert(envelope.error.details["result"], kind)  # the first answer was lost
    except (msgspec.MsgspecError, LookupError, TypeError):
        raise Refused(answer.status_code, "UNREADABLE") from None
    raise Refused(answer.status_code, envelope.error.code, wait_of(answer) or REFUSED_SECONDS)


def wait_of(answer: httpx.Response) -> float:
    """`Retry-After` in seconds; 0 where there is none that we understand."""
    raw = answer.headers.get("retry-after", "")
    return min(float(raw), LONGEST_WAIT) if raw.isascii() and raw.isdigit() else 0.0
