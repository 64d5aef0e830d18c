"""The pairing engine as a child process: asked, waited for, and never left behind."""

import asyncio
import sys
from signal import SIGXCPU

import msgspec
import structlog

from sse_board import ROOT
from sse_board.errors import Conflict
from sse_board.tournaments.pairing.exits import IMPOSSIBLE

_log = structlog.get_logger()

#: Seconds for one round, however busy the machine is: shorter than a round is held for who pairs it (`rounds.py`).
SECONDS_LIMIT = 80.0
#: Of what the engine complains about, characters that are logged.
COMPLAINT_LIMIT = 2_000

_pairs = msgspec.json.Decoder(list[tuple[int, int]])


async def ask_engine(number: int, text: str) -> list[tuple[int, int]]:
    """White and Black of each board by place in the list, 0 for nobody. Raises Conflict where there is no answer.

    Whoever is cancelled takes the engine along.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sse_board.tournaments.pairing.dutch",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=ROOT, env={}, start_new_session=True,
    )  # fmt: skip
    try:
        async with asyncio.timeout(SECONDS_LIMIT):
            return _judge(number, *await _converse(child, msgspec.json.encode((number, text)) + b"\n"))
    except TimeoutError:
        raise _too_long(number) from None
    finally:
        await _end(child)


async def _converse(child: asyncio.subprocess.Process, question: bytes) -> tuple[int, bytes, bytes]:
    """Its exit code, answer and complaints. The question's pipe stays open: the child lives as long."""
    assert child.stdin
    assert child.stdout
    assert child.stderr
    child.stdin.write(question)
    answer, complaint = await asyncio.gather(child.stdout.read(), child.stderr.read())
    return await child.wait(), answer, complaint


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        child.kill()
    if child.stdin:
        child.stdin.close()
    await child.wait()


def _judge(number: int, code: int, answer: bytes, complaint: bytes) -> list[tuple[int, int]]:
    if code == IMPOSSIBLE:
        raise Conflict(f"Round {number} has no pairing that the rules allow: send pairings, or complete.")
    if code == -SIGXCPU:
        raise _too_long(number)
    if code != 0:
        _log.error("pairing failed", round=number, code=code, complaint=complaint[-COMPLAINT_LIMIT:].decode())
        raise Conflict(f"Round {number} could not be paired: send pairings.")
    return _pairs.decode(answer)


def _too_long(number: int) -> Conflict:
    return Conflict(f"Round {number} could not be paired in time: send pairings.")
