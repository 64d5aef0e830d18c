"""`sse-board bench awards`: from an action on its way to the achievement that it earns, at its player's stream."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sse_board.bench.crowd import equip, gather, user_id
from sse_board.bench.latency import Listener, act, send
from sse_board.bench.load import WrongAnswer
from sse_board.bench.requests import Actions, Player
from sse_board.bench.rounds import part
from sse_board.bench.stage import HOST, Stage, stage, worker
from sse_board.settings import Settings
from sse_board.tasks import stop

#: Milliseconds from action to achievement: what must be for 99 of 100.
MUST_P99 = 200.0
#: Worth a hundred points at once: the first of a player earns achievements.
ACTION_TYPE = "quiz_complete"
#: Players who make the load, in turn.
CROWD = 50
#: The worker takes its place within this, and reads the boards: seconds.
WORKER_SECONDS = 10.0
#: A board where the players stand before they act, which nobody awards anything for here.
ELSEWHERE = "overall"
#: First numbers of the actions of players and crowd, with room for more than anybody waits for.
PLAYERS_FIRST, CROWD_FIRST = 0, 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--players", type=int, default=200, help="players measured, half of them under load (200)")
    parser.add_argument("--load", type=int, default=100, help="other actions a second for the second half (100)")
    parser.set_defaults(func=awards)


def awards(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when something else was answered."""
    half = max(1, args.players // 2)
    try:
        with stage("sse_board.bench.server") as here:
            gather(here.settings.database_url, 2 * half + 1 + CROWD, ELSEWHERE)
            with worker(here):
                quiet, busy = asyncio.run(_measure(here, half, args.load))
    except (WrongAnswer, TimeoutError) as error:
        print(f"sse-board: {error or 'an achievement did not come'}")
        return 1
    print(f"{half} players one after the other, each with a stream, one web process, the worker\n")
    reached = [_report("quiet", sorted(quiet)), _report(f"{args.load} actions/s", sorted(busy))]
    print(f"\nmust be p99 < {MUST_P99:g} ms: {'reached' if all(reached) else 'missed'}")
    return 0 if all(reached) else 1


async def _measure(here: Stage, half: int, load: int) -> tuple[list[float], list[float]]:
    """Milliseconds to each achievement, without and with others who act."""
    players = equip(here.settings, 2 * half + 1 + CROWD)
    await _one(here, players[0], 0, WORKER_SECONDS)  # until the worker is there
    quiet = [await _one(here, players[number], number) for number in range(1, half + 1)]
    async with _crowd(here, players[-CROWD:], load):
        busy = [await _one(here, players[number], number) for number in range(half + 1, 2 * half + 1)]
    return quiet, busy


async def _one(here: Stage, player: Player, number: int, patience: float = 0.0) -> float:
    actions = Actions(f"{HOST}:{here.port}", [player], PLAYERS_FIRST + number, 1, ACTION_TYPE)
    (request,) = actions.prepare()
    listener = await Listener.open(
        here.port,
        stream=f"/api/v1/stream?channels=user:{user_id(number + 1)}:achievements",
        token=player.token,
        first=b"event: connected\n",
        frame=b"event: achievement.unlocked\n",
    )
    reader, writer = await asyncio.open_connection(HOST, here.port)
    try:
        _, taken = await act(reader, writer, request, listener, patience)
    finally:
        writer.close()
        listener.close()
    return taken


@asynccontextmanager
async def _crowd(here: Stage, players: list[Player], per_second: int) -> AsyncIterator[None]:
    """So many actions a second of others, meanwhile."""
    acting = asyncio.create_task(_act_on(here, players, per_second))
    try:
        yield
        if acting.done():
            acting.result()
    finally:
        await stop([acting])


async def _act_on(here: Stage, players: list[Player], per_second: int) -> None:
    reader, writer = await asyncio.open_connection(HOST, here.port)
    clock = asyncio.get_running_loop().time
    due, first = clock(), CROWD_FIRST
    try:
        while per_second:
            for request in Actions(f"{HOST}:{here.port}", players, first, len(players)).prepare():
                await asyncio.sleep(due - clock())
                await send(reader, writer, request)
                due += 1 / per_second
            first += len(players)
    finally:
        writer.close()


def _report(name: str, taken: list[float]) -> bool:
    p99 = part(taken, 0.99)
    figures = f"p50 {part(taken, 0.5):.1f}, p90 {part(taken, 0.9):.1f}, p99 {p99:.1f} ms"
    print(f"{name:16} {figures}, at the most {taken[-1]:.1f} ms")
    return p99 < MUST_P99
