"""Where the reader of a page stands, and how far it is to the next place. Pure."""

from dataclasses import dataclass

from sse_board.boards.board import Board, Entry, Window
from sse_board.boards.panel import score_of


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """`rank`, `score` and the neighbour are None for who has no score; `distance` is text with the board's
    decimals, `is_ahead` says that the neighbour is the one below: nobody stands higher."""

    rank: int | None = None
    score: str | None = None
    neighbour: str | None = None
    distance: str | None = None
    is_ahead: bool = False


def own_place(window: Window, user_id: str) -> OwnPlace:
    """Of a window that shows the player between their neighbours, if they have a place."""
    at = next((index for index, entry in enumerate(window.entries) if entry.user_id == user_id), None)
    if at is None:
        return OwnPlace()
    own = window.entries[at]
    above, below = window.entries[:at], window.entries[at + 1 : at + 2]
    neighbour = above[-1] if above else below[0] if below and own.rank == 1 else None
    score = score_of(window.board, own.score)
    if neighbour is None:
        return OwnPlace(own.rank, score)
    return OwnPlace(own.rank, score, neighbour.username, _between(window.board, own, neighbour), not above)


def _between(board: Board, own: Entry, neighbour: Entry) -> str | None:
    """None where both have the same."""
    distance = abs(own.score - neighbour.score)
    return score_of(board, distance) if distance else None
