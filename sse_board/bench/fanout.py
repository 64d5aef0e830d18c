"""`sse-board bench fanout`: what a stream and a frame cost, beside others who send the same frames."""

import argparse
from collections.abc import Mapping, Sequence

from sse_board.bench.beside import Start, others
from sse_board.bench.figures import KB, Measured, judge, judge_beside, print_broadcasts
from sse_board.bench.ours import Board
from sse_board.bench.rounds import spread
from sse_board.bench.stage import Stage, perform
from sse_board.bench.venue import Broadcast, Load, broadcast
from sse_board.settings import Settings

#: Processor time of a frame beside the C loop's: what must be, and what is wanted; beside nginx's what must be.
MUST, GOAL, MUST_BESIDE_NCHAN = 1.5, 1.25, 1.0
#: KB of memory for an idle stream.
MUST_KB, GOAL_KB = 5.0, 2.0
OURS = "sse_board"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--streams", type=int, default=5_000, help="streams of one channel (5000)")
    parser.add_argument(
        "--rate", type=float, default=2.0, help="publications a second, few enough not to be merged (2)"
    )
    parser.add_argument("--frames", type=int, default=20, help="publications of each measurement (20)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, in each of which all take turns (3)")
    parser.set_defaults(func=fanout)


def fanout(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when a frame was lost."""
    return perform(lambda here: _fanout(here, Load(args.streams, args.rate, args.frames), args.rounds))


def _fanout(here: Stage, load: Load, rounds: int) -> int:
    board = Board(here)
    print(f"{rounds} rounds of {load.publications} frames, {load.rate:g} a second", end="")
    print(f", of {len(board.frame)} bytes, to {load.streams} streams of one process\n")
    return _report(measure(board, others(), load, rounds))


def measure(board: Board, beside: Mapping[str, Start | None], load: Load, rounds: int) -> Measured:
    """All in turn: what slows the machine down for a minute slows all."""
    starts = {name: start for name, start in beside.items() if start is not None}
    taken: dict[str, list[Broadcast]] = {name: [] for name in (OURS, *starts)}
    for _ in range(rounds):
        with board.venue(load.publications) as venue:
            taken[OURS].append(broadcast(venue, load))
        for name, start in starts.items():
            with start(board.frame) as venue:
                taken[name].append(broadcast(venue, load))
    return taken


def _report(measured: Measured) -> int:
    print_broadcasts(measured)
    print("\nKB of memory for each stream: ", end="")
    print(", ".join(f"{name} {_kilobytes(taken):.1f}" for name, taken in measured.items()))
    cpu = {name: [one.cpu for one in taken] for name, taken in measured.items()}
    print(f"\n{'':40}     least    middle      most")
    reached = [
        judge_beside("CPU of a frame beside the C loop", cpu[OURS], cpu.get("C loop", []), MUST, GOAL),
        judge_beside("… beside nginx nchan", cpu[OURS], cpu.get("nginx nchan", []), MUST_BESIDE_NCHAN),
        judge("KB of memory for a stream", spread([_kilobytes(measured[OURS])]), MUST_KB, GOAL_KB),
    ]
    return 0 if all(reached) else 1


def _kilobytes(taken: Sequence[Broadcast]) -> float:
    """Of the first round: later ones find memory that was given back, but not to the system."""
    return taken[0].memory / KB
