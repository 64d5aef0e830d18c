"""The initial ranking (FIDE C.04.2): who is number 1. Pure."""

from collections.abc import Collection, Mapping

from sse_board.tournaments.tournament import Participant

#: Of two with one rating who has the higher title comes first.
TITLES = ("GM", "IM", "WGM", "FM", "WIM", "CM", "WFM", "WCM")
#: Until this round is paired a late entry gives everybody a new number (C.04.2.B); from then on only its own.
FIXED_FROM_ROUND = 4


def numbers(participants: Collection[Participant]) -> Mapping[str, int]:
    """Of each, by id: by rating, title, name."""
    return {one.id: number for number, one in enumerate(sorted(participants, key=_strength), 1)}


def numbers_with(late: Participant, numbered: Collection[Participant], next_round: int) -> Mapping[str, int]:
    """The numbers that change when somebody comes later. `numbered`: who has one, the latecomer aside;
    `next_round`: the first that is not paired."""
    if next_round <= FIXED_FROM_ROUND:
        return numbers([*numbered, late])
    return {late.id: 1 + max((one.number or 0 for one in numbered), default=0)}


def _strength(participant: Participant) -> tuple[int, int, str, str]:
    title = TITLES.index(participant.title) if participant.title in TITLES else len(TITLES)
    return -(participant.rating or 0), title, participant.name.casefold(), participant.id
