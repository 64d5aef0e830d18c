"""`sse-board bench broadcast`: how soon everybody has a frame, beside a bare C loop where there are many."""

import argparse

from sse_board.bench.beside import c_loop
from sse_board.bench.fanout import OURS, measure
from sse_board.bench.figures import Measured, judge, judge_beside, print_broadcasts
from sse_board.bench.ours import Board
from sse_board.bench.rounds import spread
from sse_board.bench.stage import Stage, perform
from sse_board.bench.venue import Load
from sse_board.settings import Settings

#: Milliseconds in which 99 of 100 of few streams must have a frame.
MUST_MS = 100.0
#: With many, that time beside the C loop's: what must be, and what is wanted.
MUST, GOAL = 2.0, 1.5
FLOOR = "C loop"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--few", type=int, default=1_000, help="streams that are looked at alone (1000)")
    parser.add_argument("--many", type=int, default=10_000, help="streams, beside as many of a C loop (10000)")
    parser.add_argument(
        "--rate", type=float, default=1.0, help="publications a second, few enough not to be merged (1)"
    )
    parser.add_argument("--frames", type=int, default=10, help="publications of each measurement (10)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds (3)")
    parser.set_defaults(func=broadcast)


def broadcast(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when a frame was lost."""
    few, many = (Load(streams, args.rate, args.frames) for streams in (args.few, args.many))
    return perform(lambda here: _broadcast(here, few, many, args.rounds))


def _broadcast(here: Stage, few: Load, many: Load, rounds: int) -> int:
    board = Board(here)
    print(f"{rounds} rounds of {few.publications} frames, {few.rate:g} a second, one process\n")
    alone = measure(board, {}, few, rounds)
    beside = measure(board, {FLOOR: c_loop()}, many, rounds)
    to_many = {f"{name}, {many.streams}": taken for name, taken in beside.items()}
    print_broadcasts({f"{OURS}, {few.streams}": alone[OURS], **to_many})
    return _report(few, p99(alone)[OURS], many, p99(beside))


def p99(measured: Measured) -> dict[str, list[float]]:
    """Milliseconds, round by round."""
    return {name: [one.latency.p99 for one in taken] for name, taken in measured.items()}


def _report(few: Load, alone: list[float], many: Load, beside: dict[str, list[float]]) -> int:
    print(f"\n{'p99':40}     least    middle      most")
    within = judge(f"ms to {few.streams} streams", spread(alone), MUST_MS)
    what = f"to {many.streams} beside the C loop"
    return 0 if judge_beside(what, beside[OURS], beside.get(FLOOR, []), MUST, GOAL) and within else 1
