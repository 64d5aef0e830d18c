"""How figures of streams are printed, and judged."""

from collections.abc import Mapping, Sequence
from statistics import median

from sse_board.bench.rounds import Spread, spread, verdict
from sse_board.bench.venue import Broadcast

#: What several servers were measured at, round by round.
Measured = Mapping[str, Sequence[Broadcast]]

KB = 1024
_COLUMNS = ("p50 ms", "p99 ms", "most ms", "client µs")


def print_broadcasts(measured: Measured) -> None:
    """Processor time of a frame as the rounds had it, and the middles of the rest."""
    print(f"{'':20}{'CPU of a frame, µs: least    middle      most':>44}", end="")
    print("".join(f"{name:>12}" for name in _COLUMNS))
    for name, taken in measured.items():
        rest = [(one.latency.p50, one.latency.p99, one.latency.most, one.client_cpu) for one in taken]
        middles = "".join(f"{median(figures):12.2f}" for figures in zip(*rest, strict=True))
        print(f"{name:34}{spread([one.cpu for one in taken]):10.2f}{middles}")


def judge(what: str, found: Spread, must: float, goal: float | None = None) -> bool:
    """Print it; whether the middle is no more than what must be."""
    print(f"{what:40}{found:10.2f}   {verdict(found, must, goal, at_most=True)}")
    return found.middle <= must


def judge_beside(
    what: str, ours: Sequence[float], other: Sequence[float], must: float, goal: float | None = None
) -> bool:
    """Ours as a multiple of the other's in the same round. What could not be measured is no failure."""
    if not other:
        print(f"{what:40}   not measured: this machine does not have it")
        return True
    return judge(what, spread([one / two for one, two in zip(ours, other, strict=True)]), must, goal)
