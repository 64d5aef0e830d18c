"""`sse-board bench ranks`: what players cost who listen to their own ranks, while others move them."""

import argparse
import asyncio
import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import redis

from sse_board.bench.crowd import DEFAULT_BOARD, equip, gather, set_points, wait_until_loaded
from sse_board.bench.load import WrongAnswer
from sse_board.bench.ours import version_at, wait_for_another
from sse_board.bench.requests import Actions, Player
from sse_board.bench.stage import HOST, Stage, perform, worker
from sse_board.settings import Settings

#: Players who act in turn: more than act a minute, so nobody overtakes only the same few.
ACTING = 500
#: On which they act: a single one would wait for each answer.
CONNECTIONS = 10
#: Seconds until what listeners are told first, and what the board's filling stirred up, is over.
SETTLE_SECONDS = 1.5
#: Seconds after which a stream that was not opened, or an action that was not answered, has failed.
ANSWER_SECONDS = 30.0
#: Streams that are opened at once: what waits in the listening socket's queue has its limit.
OPENED_AT_ONCE = 50

STREAM = "/api/v1/stream?channels=user:me:rank-changes"
EVENT = b"event: rank.changed"
PARTS = ("web", "valkey")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of a processor for each second, by part; actions that counted and messages that came, a second."""

    cpu: dict[str, float]
    actions: float
    messages: float


class Listener(asyncio.Protocol):
    """Counts what it is told."""

    def __init__(self, token: str, heard: "asyncio.Queue[None]") -> None:
        self._request = f"GET {STREAM} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        self._heard = heard
        self._began = False
        self.messages = 0
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True

    def data_received(self, data: bytes) -> None:
        self.messages += data.count(EVENT)
        if self.messages and not self._began:
            self._began = True
            self._heard.put_nowait(None)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--players", type=int, default=20_000, help="players on the board (20000)")
    parser.add_argument("--listeners", type=int, default=1_000, help="players who listen, spread evenly (1000)")
    parser.add_argument("--points", type=int, default=10, help="points of an action: ten are a place (10)")
    parser.add_argument("--rate", type=float, default=50.0, help="actions a second (50)")
    parser.add_argument("--seconds", type=float, default=6.0, help="how long it is measured (6)")
    parser.set_defaults(func=ranks)


def ranks(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 when something else was answered."""
    return perform(lambda here: _play(here, args))


def _play(here: Stage, args: argparse.Namespace) -> int:
    with worker(here):  # which loads large boards into Redis
        _fill(here, args)
        return asyncio.run(_ranks(here, args))


def _fill(here: Stage, args: argparse.Namespace) -> None:
    before = version_at(here.url)
    set_points(here.settings, args.points)
    gather(here.settings.database_url, args.players)
    wait_for_another(before, here.url)
    with redis.Redis.from_url(here.settings.redis_url) as client:
        wait_until_loaded(client, DEFAULT_BOARD, args.players, ANSWER_SECONDS)


async def _ranks(here: Stage, args: argparse.Namespace) -> int:
    acting = equip(here.settings, ACTING, args.players)
    needed = int((args.seconds + SETTLE_SECONDS) * args.rate) + 1
    actions = [_signed(here, acting, turn, needed) for turn in range(2)]
    alone = await _cost(here, [], actions[0], args)
    listeners = await _listeners(here, equip(here.settings, args.listeners, args.players))
    together = await _cost(here, listeners, actions[1], args)
    _report(alone, together, args)
    for listener in listeners:
        listener.transport.abort()
    return 0


def _signed(here: Stage, acting: Sequence[Player], turn: int, needed: int) -> Iterator[bytes]:
    first = time.time_ns() + turn * needed
    return Actions(f"{HOST}:{here.port}", list(acting), first, needed).prepare()


async def _listeners(here: Stage, players: Sequence[Player]) -> list[Listener]:
    """Streams of theirs, each of which has been told where its player stands."""
    heard: asyncio.Queue[None] = asyncio.Queue()
    listeners = [Listener(player.token, heard) for player in players]
    loop = asyncio.get_running_loop()
    for start in range(0, len(listeners), OPENED_AT_ONCE):
        some = listeners[start : start + OPENED_AT_ONCE]
        await asyncio.gather(*(loop.create_connection(partial(_itself, one), HOST, here.port) for one in some))
        async with asyncio.timeout(ANSWER_SECONDS):
            for _ in some:
                await heard.get()
    return listeners


def _itself(listener: Listener) -> Listener:
    return listener


async def _cost(
    here: Stage, listeners: Sequence[Listener], actions: Iterator[bytes], args: argparse.Namespace
) -> Cost:
    """While actions come at their rate; what is told at the beginning is over by the time it is measured."""
    counted = itertools.count()
    acting = [
        asyncio.create_task(act(here, actions, counted, args.rate / CONNECTIONS)) for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(SETTLE_SECONDS)
    before = {part: here.cpu_seconds(part) for part in PARTS}
    heard, acted, began = sum(one.messages for one in listeners), next(counted), time.perf_counter()
    await asyncio.sleep(args.seconds)
    seconds = time.perf_counter() - began
    cpu = {part: (here.cpu_seconds(part) - before[part]) / seconds for part in PARTS}
    messages, acted = sum(one.messages for one in listeners) - heard, next(counted) - acted - 1
    await asyncio.gather(*acting)
    if any(one.lost for one in listeners):
        raise WrongAnswer("a stream has ended")
    return Cost(cpu, acted / seconds, messages / seconds)


async def act(here: Stage, actions: Iterator[bytes], counted: Iterator[int], rate: float) -> None:
    """One after the other, each at its time, until there is none left. Raises WrongAnswer."""
    reader, writer = await asyncio.open_connection(HOST, here.port)
    began = time.perf_counter()
    for number, action in enumerate(actions):
        await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
        writer.write(action)
        async with asyncio.timeout(ANSWER_SECONDS):
            await _answered(reader)
        next(counted)
    writer.close()


async def _answered(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    body = await reader.readexactly(int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0]))
    if not head.startswith(b"http/1.1 200 "):
        raise WrongAnswer(f"an action was answered {body!r}")


def _report(alone: Cost, together: Cost, args: argparse.Namespace) -> None:
    print(f"{args.listeners} listeners among {args.players} players, {args.rate:g} actions a second\n")
    print(f"{'':8}{'per cent of a processor':>32}{'µs of a listener and second':>32}")
    for part in PARTS:
        more = together.cpu[part] - alone.cpu[part]
        share = f"{alone.cpu[part] * 100:.1f} → {together.cpu[part] * 100:.1f}"
        print(f"{part:8}{share:>32}{more / args.listeners * 1e6:>32.1f}")
    print(f"\n{alone.actions:.0f} actions a second alone, {together.actions:.0f} with", end="")
    print(f" {together.messages:.0f} messages")
