"""`sse-board bench latency`: from an action on its way to the frame at a listener, with nothing else to do."""

import argparse
import asyncio
from functools import partial
from random import Random
from time import perf_counter, time_ns
from typing import Any, cast

from sse_board.bench.crowd import equip, gather
from sse_board.bench.load import WrongAnswer
from sse_board.bench.requests import Actions
from sse_board.bench.rounds import part
from sse_board.bench.stage import HOST, Stage, stage
from sse_board.settings import Settings

#: Milliseconds from action to frame: what must be for half of all, and for 99 of 100; what is wanted for half.
MUST_P50, MUST_P99, GOAL_P50 = 10.0, 50.0, 5.0
#: Players on the board, of whom the highest act: every action changes the window.
PLAYERS = 10
#: Actions before the measuring begins.
WARM_UP = 20
#: Between two actions, so that each finds the board quiet: seconds.
PAUSES = (0.12, 0.25)
#: A frame that takes longer is lost: seconds.
LOST_SECONDS = 5.0

STREAM = "/api/v1/stream?channels=leaderboard:scoreboard"
FRAME = b"event: leaderboard.update\n"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--actions", type=int, default=200, help="actions that are measured (200)")
    parser.set_defaults(func=latency)


def latency(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when something else was answered."""
    try:
        with stage("sse_board.bench.server") as here:
            gather(here.settings.database_url, PLAYERS)
            answers, frames = asyncio.run(_measure(here, args.actions))
    except (WrongAnswer, TimeoutError) as error:
        print(f"sse-board: {error or 'a frame did not come'}")
        return 1
    print(f"{args.actions} actions, one after the other, one listener, one web process\n")
    return _report(sorted(answers), sorted(frames))


async def _measure(here: Stage, actions: int) -> tuple[list[float], list[float]]:
    """Milliseconds to each answer and to each frame."""
    requests = Actions(
        f"{HOST}:{here.port}", equip(here.settings, PLAYERS), time_ns(), actions + WARM_UP
    ).prepare()
    listener = await Listener.open(here.port)
    reader, writer = await asyncio.open_connection(HOST, here.port)
    dice, taken = Random(), []  # noqa: S311 - dice for pauses
    for request in requests:
        await asyncio.sleep(dice.uniform(*PAUSES))
        taken.append(await act(reader, writer, request, listener))
    writer.close()
    listener.close()
    answers, frames = zip(*taken[WARM_UP:], strict=True)
    return list(answers), list(frames)


async def act(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request: bytes,
    listener: "Listener",
    patience: float = 0.0,
) -> tuple[float, float]:
    """Milliseconds to the answer, and to what the listener waits for, `LOST_SECONDS` or longer."""
    listener.heard.clear()
    began = perf_counter()
    answered = await send(reader, writer, request)
    async with asyncio.timeout(max(patience, LOST_SECONDS)):
        await listener.heard.wait()
    return (answered - began) * 1000, (listener.heard_at - began) * 1000


async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> float:
    """When the head of the answer was there. Raises WrongAnswer for any but 200."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise WrongAnswer(f"an answer was {head!r}")
    answered = perf_counter()
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    await reader.readexactly(length)
    return answered


class Listener(asyncio.Protocol):
    """A stream; notes when `frame` comes in. `first` is what it begins with."""

    def __init__(self, stream: str = STREAM, token: str = "", first: bytes = FRAME, frame: bytes = FRAME) -> None:
        self.heard = asyncio.Event()
        self._stream = stream
        self._token = token
        self._first = first
        self._frame = frame
        self.heard_at = 0.0
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, port: int, **options: Any) -> "Listener":
        """After its first frame."""
        make = partial(cls, **options)
        _, listener = await asyncio.get_running_loop().create_connection(make, HOST, port)
        async with asyncio.timeout(LOST_SECONDS):
            await listener.heard.wait()
        return listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        authorization = f"Authorization: Bearer {self._token}\r\n" if self._token else ""
        head = f"GET {self._stream} HTTP/1.1\r\nHost: {HOST}\r\nAccept: text/event-stream\r\n{authorization}\r\n"
        self._transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        if (self._first or self._frame) in data:
            self._first = b""
            self.heard_at = perf_counter()
            self.heard.set()

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()


def _report(answers: list[float], frames: list[float]) -> int:
    for name, taken in {"action → answer": answers, "action → frame": frames}.items():
        figures = f"p50 {part(taken, 0.5):.1f}, p90 {part(taken, 0.9):.1f}, p99 {part(taken, 0.99):.1f} ms"
        print(f"{name:16} {figures}, at the most {taken[-1]:.1f} ms")
    p50, p99 = part(frames, 0.5), part(frames, 0.99)
    reached = p50 < MUST_P50 and p99 < MUST_P99
    print(f"\nmust be p50 < {MUST_P50:g}, p99 < {MUST_P99:g} ms: {'reached' if reached else 'missed'}", end="")
    print(f", goal p50 < {GOAL_P50:g} ms: {'reached' if p50 < GOAL_P50 else 'missed'}")
    return 0 if reached else 1
