"""A change of a board as lines for a terminal: one for each row that is different. Pure."""

from sse_board.boards.board import Entry
from sse_board.boards.delta import Change
from sse_board.boards.faces import score_text


def change_lines(change: Change) -> list[str]:
    """`typing_wpm   3.  Ada Lovelace  95.5 wpm  ▲2`; the number of players where only that changed."""
    window = change.window
    moves = {user: _move(before, now) for user, before, now, _ in change.moved}
    lines = [_line(change, entry, moves.get(entry.user_id, "")) for entry in change.entries]
    return lines or [f"{window.board.slug}  {window.total} player{'' if window.total == 1 else 's'}"]


def _line(change: Change, entry: Entry, move: str) -> str:
    board = change.window.board
    score = f"{score_text(change.window, entry)} {board.unit}".rstrip()
    return f"{board.slug}  {entry.rank:>3}.  {entry.username}  {score}  {move}".rstrip()


def _move(before: int | None, now: int | None) -> str:
    if before is None:
        return "new"
    if now is None or now == before:
        return ""
    return f"▲{before - now}" if now < before else f"▼{now - before}"
