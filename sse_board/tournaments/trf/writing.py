from sse_board.tournaments.tournament import Picture


def write_trf(picture: Picture) -> str:
    raise NotImplementedError
