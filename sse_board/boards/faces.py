"""A window as text for terminals and as CSV for spreadsheets. Pure."""

import csv
import io
import unicodedata

from sse_board.boards.board import Entry, Window
from sse_board.clock import iso
from sse_board.live.event import printable

CSV_COLUMNS = (
    "position",
    "rank",
    "userId",
    "username",
    "score",
    "achievedAt",
    "previousRank",
    "rankChange",
    "velocity",
)
#: A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")
#: Cells of a name in a terminal: longer ones are cut.
NAME_CELLS = 30


def as_csv(window: Window) -> str:
    """RFC 4180, with a header line; names that look like formulas are quoted by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    writer.writerows(_cells(window, entry) for entry in window.entries)
    return text.getvalue()


def _cells(window: Window, entry: Entry) -> tuple[object, ...]:
    return (
        entry.position,
        entry.rank,
        entry.user_id,
        _harmless(entry.username),
        window.board.shown(entry.score),
        iso(entry.achieved_at),
        entry.previous_rank,
        entry.rank_change,
        window.velocity(entry),
    )


def _harmless(name: str) -> str:
    return f"'{name}" if name.startswith(FORMULA_STARTS) else name


def as_text(window: Window) -> str:
    """Aligned columns: rank, player, score, and places gained in an hour where that is known; nothing in it that a
    terminal would obey instead of show."""
    rows = [_row(window, entry) for entry in window.entries]
    header = ("Rank", "Player", window.board.unit or "Score", *(["1 h"] if window.past else []))
    widths = [max(map(cells, column)) for column in zip(header, *rows, strict=True)]
    lines = [_line(row, widths) for row in (header, *rows)]
    total = f"{window.total} player{'' if window.total == 1 else 's'}, version {window.version}"
    return "\n".join(map(printable, [window.board.title, "", *lines, "", total, ""]))


def score_text(window: Window, entry: Entry) -> str:
    return f"{window.board.shown(entry.score):.{window.board.decimals}f}"


def _row(window: Window, entry: Entry) -> tuple[str, ...]:
    row = (str(entry.rank), _cut(entry.username), score_text(window, entry))
    velocity = window.velocity(entry)
    return row if window.past is None else (*row, "" if velocity is None else f"{velocity:+}")


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    """Names from the left, numbers from the right."""
    rank, name, *figures = row
    to_the_right = [" " * (width - cells(text)) + text for text, width in zip(figures, widths[2:], strict=True)]
    return "  ".join([rank.rjust(widths[0]), name + " " * (widths[1] - cells(name)), *to_the_right])


def cells(text: str) -> int:
    """Columns that a text takes in a terminal: East Asian wide characters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def _cut(name: str) -> str:
    if cells(name) <= NAME_CELLS:
        return name
    while cells(name) >= NAME_CELLS:
        name = name[:-1]
    return name + "…"
