"""What FIDE's tie-break regulations (C.07) tell apart, and what they allow. Pure."""

from collections.abc import Sequence
from typing import get_args

from sse_board.tournaments.standings.row import Outcome
from sse_board.tournaments.tournament import Edition, System, TieBreak

#: Over the board, rated or not.
PLAYED: frozenset[Outcome] = frozenset(("1", "=", "0"))
FORFEITS: frozenset[Outcome] = frozenset(("+", "-"))
#: Byes that the player asked for; a round after a withdrawal, before an entry or without a word is one (16.1.1).
REQUESTED: frozenset[Outcome] = frozenset(("H", "Z"))
#: Voluntary unplayed rounds (16.1.2).
VOLUNTARY: frozenset[Outcome] = REQUESTED | {"-"}

_BUCHHOLZ: frozenset[TieBreak] = frozenset(("BH", "BH-C1"))


def check_tie_breaks(system: System, edition: Edition, codes: Sequence[str]) -> None:
    """Whether a tournament may have this list; an empty one leaves all ties. Raises ValueError."""
    known = get_args(TieBreak)
    for code in codes:
        if code not in known:
            raise ValueError(f"there is no tie-break {code}; there are {', '.join(known)}")
        if codes.count(code) > 1:
            raise ValueError(f"{code} stands there twice")
        if system == "round_robin" and edition == "2026" and code in _BUCHHOLZ:
            raise ValueError(f"the edition of 2026 bars {code} in round-robins, where all have the same opponents")
