"""The engine runs beside the event loop, ends when nobody wants it, and dies with its parent."""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from sse_board import ROOT
from sse_board.errors import Conflict, InvalidRequest
from sse_board.tournaments.pairing.pairer import Pairer
from sse_board.tournaments.pairing.present import to_be_paired
from sse_board.tournaments.tournament import Pairing, Picture
from tests.tournaments.simulated import begun, played

#: What the event loop may compute in one go without anybody noticing: seconds of its thread, so that a busy
#: machine changes nothing. The engine computes for a second and more.
STEP_SECONDS = 0.2


async def wanted() -> bool:
    return True


def engines(parent: int | None = None) -> set[int]:
    """Process ids of the engines that this process, or another one, has started."""
    return {
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and (state := state_of(entry)) and state[1] == str(parent or os.getpid())
        and b"sse_board.tournaments.pairing.dutch" in (entry / "cmdline").read_bytes()
    }  # fmt: skip


def state_of(process: Path) -> list[str]:
    """Its state and its parent, and so on; nothing once it is gone, or dead and not buried."""
    try:
        found = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return found if found[0] != "Z" else []


async def until(fact: Callable[[], bool], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not fact():  # noqa: ASYNC110 - other processes set no events
            await asyncio.sleep(0.01)


@pytest.fixture(scope="module")
def crowd() -> Picture:
    """Enough players that pairing them takes a while."""
    dice = random.Random(1)
    return next(played(begun(dice, 300, 9), dice, folded))


def folded(picture: Picture, number: int) -> tuple[Pairing, ...]:
    """The first round: the upper half meets the lower one."""
    there = [one.id for one in to_be_paired(picture, number)]
    half = len(there) // 2
    left = [Pairing(there[-1], None, "pairing")] if len(there) % 2 else []
    return (*map(Pairing, there[:half], there[half : 2 * half]), *left)


@pytest_asyncio.fixture
async def pairer() -> AsyncIterator[Pairer]:
    yield Pairer()
    assert not engines()


async def test_nothing_waits_for_a_round_of_many(pairer: Pairer) -> None:
    picture, longest = begun(random.Random(1), 300, 9), 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.01)
            longest = max(longest, time.thread_time() - before)

    ticking = asyncio.create_task(tick())
    round = await pairer.pair(picture, 1, wanted)
    ticking.cancel()
    assert sum(one.black is not None for one in round) > 130
    assert 0 < longest < STEP_SECONDS


async def test_who_cancels_takes_the_engine_along(pairer: Pairer, crowd: Picture) -> None:
    work = asyncio.create_task(pairer.pair(crowd, 2, wanted))
    await until(lambda: bool(engines()))
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not engines()


async def test_a_pairing_that_is_not_wanted_any_more_ends(pairer: Pairer, crowd: Picture) -> None:
    async def no_more() -> bool:
        return not engines()

    with pytest.raises(Conflict, match=r"The pairing of round 2 was cancelled\."):
        await pairer.pair(crowd, 2, no_more)


async def test_one_engine_runs_at_a_time_and_who_waits_can_leave(pairer: Pairer, crowd: Picture) -> None:
    first = asyncio.create_task(pairer.pair(crowd, 2, wanted))
    await until(lambda: bool(engines()))
    second = asyncio.create_task(pairer.pair(crowd, 2, wanted))
    await asyncio.sleep(0.2)
    assert len(engines()) == 1
    second.cancel()
    await asyncio.gather(second, return_exceptions=True)
    assert len(engines()) == 1
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)


async def test_an_engine_that_is_killed_leaves_the_round_unpaired(pairer: Pairer, crowd: Picture) -> None:
    work = asyncio.create_task(pairer.pair(crowd, 2, wanted))
    await until(lambda: bool(engines()))
    for engine in engines():
        os.kill(engine, signal.SIGKILL)
    with pytest.raises(Conflict, match=r"Round 2 could not be paired: send pairings\."):
        await work


PARENT = """
import asyncio, msgspec, sys
from sse_board.tournaments.pairing.pairer import Pairer
from sse_board.tournaments.tournament import Picture

async def wanted():
    return True

picture = msgspec.json.decode(sys.stdin.buffer.read(), type=Picture)
asyncio.run(Pairer().pair(picture, 2, wanted))
"""


async def test_an_engine_does_not_outlive_its_parent(crowd: Picture) -> None:
    pipe = asyncio.subprocess.PIPE
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdin=pipe, cwd=ROOT)
    assert parent.stdin
    parent.stdin.write(msgspec.json.encode(crowd))
    parent.stdin.write_eof()
    await until(lambda: bool(engines(parent.pid)))
    (engine,) = engines(parent.pid)
    parent.kill()
    await parent.wait()
    await until(lambda: not state_of(Path(f"/proc/{engine}")), seconds=10)


async def test_a_round_without_a_pairing_is_refused(pairer: Pairer) -> None:
    """Two players who have met."""
    dice = random.Random(5)
    picture = begun(dice, 2, 3)
    people = tuple(
        msgspec.structs.replace(one, byes={}, entered_round=1, withdrawn_from=None) for one in picture.participants
    )
    picture = msgspec.structs.replace(picture, participants=people)
    while True:
        once = next(played(picture, dice, folded))
        if once.rounds[0].games[0].result in ("1-0", "0-1", "1/2-1/2"):
            break
    with pytest.raises(Conflict, match="Round 2 has no pairing that the rules allow"):
        await pairer.pair(once, 2, wanted)


async def test_nobody_is_not_paired_and_manual_tournaments_are_the_organisers(pairer: Pairer) -> None:
    picture = begun(random.Random(1), 4, 3)
    gone = tuple(msgspec.structs.replace(one, withdrawn_from=1) for one in picture.participants)
    with pytest.raises(Conflict):
        await pairer.pair(msgspec.structs.replace(picture, participants=gone), 1, wanted)
    with pytest.raises(InvalidRequest):
        await pairer.pair(begun(random.Random(1), 4, 3, "manual"), 1, wanted)
