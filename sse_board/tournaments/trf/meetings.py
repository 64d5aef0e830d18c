"""Rounds as their players' lines tell them: each game twice, and both must say the same. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from sse_board.tournaments.tournament import Game, Round, RoundStatus
from sse_board.tournaments.trf.cells import BYES, RESULTS, Cell
from sse_board.tournaments.trf.layout import PlayerLine, contradiction

#: Players with the numbers of their lines, by starting number.
Players = Mapping[int, tuple[int, PlayerLine]]
NewId = Callable[[], str]

_COLOURS = {"w": "White", "b": "Black"}


def last_paired_round(players: Players) -> int:
    """The last one in which anybody was paired; 0 before the first. Byes beyond are asked for in advance."""
    paired = (
        round
        for _, player in players.values()
        for round, cell in enumerate(player.cells, start=1)
        if cell and (cell.opponent or cell.letter == "U")
    )
    return max(paired, default=0)


def check_meetings(players: Players) -> None:
    """Raises InvalidRequest for the first line that another one contradicts."""
    for line, player in players.values():
        for round, cell in enumerate(player.cells, start=1):
            if cell and cell.opponent:
                _check_game(players, line, player.number, round, cell)
    for round in range(1, last_paired_round(players) + 1):
        _check_byes(players, round)


def _check_game(players: Players, line: int, number: int, round: int, cell: Cell) -> None:
    if cell.opponent == number:
        raise contradiction(line, f"round {round}: {number} plays against themselves")
    if cell.opponent not in players:
        raise contradiction(line, f"round {round}: there is no player {cell.opponent}")
    other_line, other = players[cell.opponent]
    seen = other.cells[round - 1] if round <= len(other.cells) else None
    if reason := _difference(number, cell, seen):
        raise contradiction(line, f"round {round}: {reason} (line {other_line})")


def _difference(number: int, cell: Cell, seen: Cell | None) -> str | None:
    """How the opponent saw the game, if otherwise."""
    if seen is None or seen.opponent != number:
        whom = "nobody" if seen is None or not seen.opponent else seen.opponent
        return f"{number} plays {cell.opponent}, who plays {whom}"
    if seen.colour == cell.colour:
        return f"{number} and {cell.opponent} both have {_COLOURS[cell.colour]}"
    white, black = (cell, seen) if cell.colour == "w" else (seen, cell)
    if (white.letter, black.letter) not in RESULTS:
        return f"{number} has the result {cell.letter!r} against {cell.opponent}, who has {seen.letter!r}"
    return None


def _check_byes(players: Players, round: int) -> None:
    over = [line for line, player in players.values() if (cell := _cell(player, round)) and cell.letter == "U"]
    if len(over) > 1:
        raise contradiction(over[1], f"round {round}: a second bye given by the pairing (line {over[0]})")


def _cell(player: PlayerLine, round: int) -> Cell | None:
    return player.cells[round - 1] if round <= len(player.cells) else None


def rounds_of(players: Players, ids: Mapping[int, str], new_id: NewId) -> tuple[Round, ...]:
    """Their games in the order of the lines of who has White, or a bye. Raises InvalidRequest."""
    last = last_paired_round(players)
    games = [_games(players, ids, round, new_id) for round in range(1, last + 1)]
    for round, played in enumerate(games[:-1], start=1):
        if any(_is_open(game) for game in played):
            raise contradiction(
                _open_line(players, round), f"round {round}: no result, but later rounds are paired"
            )
    return tuple(_round(round, played) for round, played in enumerate(games, start=1))


def _games(players: Players, ids: Mapping[int, str], round: int, new_id: NewId) -> list[Game]:
    return list(_each_game(players, ids, round, new_id))


def _each_game(players: Players, ids: Mapping[int, str], round: int, new_id: NewId) -> Iterator[Game]:
    for number, (_, player) in players.items():
        cell = _cell(player, round)
        if cell and not cell.opponent:
            yield Game(new_id(), 0, ids[number], None, BYES[cell.letter], None, "pending")
        elif cell and cell.colour == "w":
            black = _cell(players[cell.opponent][1], round)
            result, rated = RESULTS[cell.letter, black.letter if black else " "]
            yield Game(new_id(), 0, ids[number], ids[cell.opponent], None, result, "pending", rated)


def _is_open(game: Game) -> bool:
    return game.black is not None and game.result is None


def _open_line(players: Players, round: int) -> int:
    return next(line for line, one in players.values() if (cell := _cell(one, round)) and cell.letter == " ")


def _round(number: int, games: Sequence[Game]) -> Round:
    """A round without any result waits for its start."""
    contests = [game for game in games if game.black is not None]
    undecided = [game for game in contests if game.result is None]
    status: RoundStatus = (
        "completed" if not undecided else "paired" if len(undecided) == len(contests) else "active"
    )
    return Round(number, status, tuple(games))
