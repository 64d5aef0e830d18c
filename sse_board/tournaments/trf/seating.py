"""On which boards a file's games were played: it does not tell, but the rules do. Pure."""

from collections.abc import Iterable, Sequence

import msgspec

from sse_board.tournaments.pairing.berger import berger_round
from sse_board.tournaments.pairing.order import in_board_order
from sse_board.tournaments.tournament import Game, GameStatus, Picture, Round
from sse_board.tournaments.trf.cells import cells_by_number, numbers, worth


def seated(picture: Picture) -> tuple[Round, ...]:
    """Its rounds, each game with its board, and its state by that of its round."""
    known, points = numbers(picture), picture.tournament.points
    cells, scores = cells_by_number(picture), dict.fromkeys(known.values(), 0)
    rounds = []
    for round in picture.rounds:
        games = in_board_order(round.games, known, scores)
        if picture.tournament.system == "round_robin":
            games = _in_table_order(games, picture, round.number)
        rounds.append(msgspec.structs.replace(round, games=_on_boards(games, round)))
        scores = {who: sum_ + worth(cells[who][round.number - 1], points) for who, sum_ in scores.items()}
    return tuple(rounds)


def _in_table_order(games: Sequence[Game], picture: Picture, round: int) -> tuple[Game, ...]:
    """That of the Berger tables; what they do not have comes later."""
    known = numbers(picture)
    places = {id: place for place, id in enumerate(sorted(known, key=known.__getitem__), start=1)}
    pairs = berger_round(len(places), round, picture.tournament.rounds)
    boards = {frozenset(pair): board for board, pair in enumerate(pairs)}
    seats = {game.id: frozenset((places[game.white], places.get(game.black or "", 0))) for game in games}
    return tuple(sorted(games, key=lambda game: boards.get(seats[game.id], len(boards))))


def _on_boards(games: Iterable[Game], round: Round) -> tuple[Game, ...]:
    return tuple(
        msgspec.structs.replace(game, board=board, status=_status(game, round))
        for board, game in enumerate(games, start=1)
    )


def _status(game: Game, round: Round) -> GameStatus:
    if round.status == "paired":
        return "pending"
    return "active" if game.black is not None and game.result is None else "completed"
