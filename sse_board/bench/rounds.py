"""Rates that were measured in turn, and what they say beside each other. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement: answers a second, latencies in milliseconds, microseconds of a processor per answer."""

    rate: float
    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The least, the middle and the most of some figures."""

    least: float
    middle: float
    most: float

    def __format__(self, form: str) -> str:
        return "".join(format(figure, form) for figure in (self.least, self.middle, self.most))


def spread(figures: Sequence[float]) -> Spread:
    return Spread(min(figures), median(figures), max(figures))


def part(ascending: Sequence[float], share: float) -> float:
    """The figure that this share of all is not above."""
    return ascending[int(share * (len(ascending) - 1))]


def ratio(bare: Sequence[Round], ours: Sequence[Round]) -> Spread:
    """Ours beside the bare one of the same round: what slows the machine down for a minute slows both."""
    return spread([one.rate / other.rate for one, other in zip(ours, bare, strict=True)])


def row(rounds: Sequence[Round]) -> str:
    """The rates' spread, and medians of the rest."""
    rates = spread([one.rate for one in rounds])
    rest = (median(figures) for figures in zip(*((one.p50, one.p99, one.cpu) for one in rounds), strict=True))
    return f"{rates:>10.0f} " + "".join(f"{figure:>10.1f}" for figure in rest)


def verdict(found: Spread, must: float, goal: float | None = None, *, at_most: bool = False) -> str:
    """Whether the middle reaches what must be, and what is wanted."""
    sign = -1 if at_most else 1
    levels = {"must": must} if goal is None else {"must": must, "goal": goal}
    return ", ".join(
        f"{name} {level}: {'reached' if found.middle * sign >= level * sign else 'missed'}"
        for name, level in levels.items()
    )
