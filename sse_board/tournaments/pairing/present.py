"""Who is there for a round. Pure."""

from sse_board.tournaments.tournament import Pairing, Participant, Picture


def takes_part(participant: Participant, number: int) -> bool:
    """Whether they must stand in that round: with a game, or with a bye."""
    return participant.number is not None and participant.plays(number)


def to_be_paired(picture: Picture, number: int) -> list[Participant]:
    return [one for one in picture.participants if takes_part(one, number) and number not in one.byes]


def requested_byes(picture: Picture, number: int) -> list[Pairing]:
    """Of everybody who takes part and asked for one, by starting number."""
    asking = [one for one in picture.participants if takes_part(one, number) and number in one.byes]
    return [Pairing(one.id, None, one.byes[number]) for one in asking]
