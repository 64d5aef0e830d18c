"""Two organisers entered different results for one game: what the second is asked. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sse_board.errors import BoardError
from sse_board.tournaments import wording
from sse_board.tournaments.showing.panel import Board, round_panel
from sse_board.tournaments.tournament import Picture, Result


@dataclass(frozen=True, slots=True)
class Clash:
    """`current` and `wanted` as people read results; `replaces` and `result` as the form sends them."""

    board: Board
    round: int
    who: str
    at: str
    current: str
    wanted: str
    replaces: str
    result: Result


def clash(error: BoardError, picture: Picture, result: Result) -> Clash | None:
    """None for a conflict of another kind."""
    current: Mapping[str, Any] = (error.details or {}).get("current", {})
    found = board_of(picture, current.get("id", ""))
    if found is None:
        return None
    by, at, there = current.get("enteredBy"), current.get("enteredAt"), current.get("result")
    round, board = found
    return Clash(
        board,
        round,
        by["name"] if by else "somebody",
        f"{at[11:19]} UTC" if at else "",
        wording.SIGNS[there] if there else "",
        wording.SIGNS[result],
        there or "",
        result,
    )


def board_of(picture: Picture, game_id: str) -> tuple[int, Board] | None:
    """The round of a game, and the game as pages show it."""
    for round in picture.rounds:
        for board in round_panel(picture, round).boards:
            if board.game.id == game_id:
                return round.number, board
    return None
