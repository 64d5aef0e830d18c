"""How much of a story is told: the suite has seconds for it, `make soak` has minutes."""

import os
from collections.abc import Sequence
from typing import TypeVar

Figure = TypeVar("Figure", int, float)

IS_WHOLE = os.environ.get("SOAK") == "1"
#: The moments of cuts and visits; another number, another story.
SEED = int(os.environ.get("SOAK_SEED", "1"))

#: For servers: a crowd comes from one address, and acts more than people do.
PLENTY = {
    "RATE_LIMIT_ACTIONS_PER_MINUTE": 100_000,
    "RATE_LIMIT_IP_PER_MINUTE": 10_000_000,
    "STREAM_LIMIT_PER_IP": 20_000,
}


def scaled(short: Figure, whole: Figure) -> Figure:
    return whole if IS_WHOLE else short


def p99(figures: Sequence[float]) -> float:
    """What 99 of 100 of them do not exceed."""
    assert figures, "nothing was measured"
    return sorted(figures)[int(0.99 * (len(figures) - 1))]
