"""A window as text for terminals and as CSV for spreadsheets. Pure."""

from sse_board.boards.board import Entry, Window
from sse_board.clock import iso
from sse_board.live.event import printable
from sse_board.web import columns

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


def as_csv(window: Window) -> str:
    """With a header line; names that look like formulas are quoted by an apostrophe."""
    return columns.as_csv(CSV_COLUMNS, [_cells(window, entry) for entry in window.entries])


def _cells(window: Window, entry: Entry) -> tuple[object, ...]:
    return (
        entry.position,
        entry.rank,
        entry.user_id,
        columns.harmless(entry.username),
        window.board.shown(entry.score),
        iso(entry.achieved_at),
        entry.previous_rank,
        entry.rank_change,
        window.velocity(entry),
    )


def as_text(window: Window) -> str:
    """Aligned columns: rank, player, score, and places gained in an hour where that is known; nothing in it that a
    terminal would obey instead of show."""
    rows = [_row(window, entry) for entry in window.entries]
    header = ("Rank", "Player", window.board.unit or "Score", *(["1 h"] if window.past else []))
    lines = columns.aligned([header, *rows], to_the_left={1})
    total = f"{window.total} player{'' if window.total == 1 else 's'}, version {window.version}"
    return "\n".join(map(printable, [window.board.title, "", *lines, "", total, ""]))


def score_text(window: Window, entry: Entry) -> str:
    return f"{window.board.shown(entry.score):.{window.board.decimals}f}"


def _row(window: Window, entry: Entry) -> tuple[str, ...]:
    row = (str(entry.rank), columns.cut(entry.username), score_text(window, entry))
    velocity = window.velocity(entry)
    return row if window.past is None else (*row, "" if velocity is None else f"{velocity:+}")
