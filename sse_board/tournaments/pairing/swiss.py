"""What the engine answered, as a round. Pure."""

from collections import Counter
from collections.abc import Sequence

from sse_board.errors import Conflict
from sse_board.tournaments.pairing.order import in_board_order
from sse_board.tournaments.pairing.present import requested_byes, to_be_paired
from sse_board.tournaments.pairing.question import engine_places
from sse_board.tournaments.tournament import Pairing, Picture
from sse_board.tournaments.trf.cells import cells_by_number, numbers, score


def swiss_round(picture: Picture, number: int, pairs: Sequence[tuple[int, int]]) -> tuple[Pairing, ...]:
    """Games in board order, who is left over, then the byes that were asked for.

    Raises Conflict where the answer is not a pairing of everybody who is there: then it is not to be trusted.
    """
    ids = _ids_by_place(picture)
    games = [_pairing(ids, white, black) for white, black in pairs]
    paired = Counter(id for game in games for id in (game.white, game.black) if id is not None)
    if paired != Counter(one.id for one in to_be_paired(picture, number)):
        raise Conflict(f"Round {number} could not be paired: send pairings.")
    rows, points = [*games, *requested_byes(picture, number)], picture.tournament.points
    scores = {who: score(cells, points) for who, cells in cells_by_number(picture, number).items()}
    return in_board_order(rows, numbers(picture), scores)


def _ids_by_place(picture: Picture) -> dict[int, str]:
    places = engine_places(picture)
    return {places[one.number]: one.id for one in picture.participants if one.number is not None}


def _pairing(ids: dict[int, str], white: int, black: int) -> Pairing:
    return Pairing(ids[white], ids[black]) if black else Pairing(ids[white], None, "pairing")
