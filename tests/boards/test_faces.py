"""The board as text and as CSV."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.boards.board import Board, Row, Window
from sse_board.boards.faces import as_csv, as_text
from sse_board.boards.rules import ranked
from sse_board.version import Version
from sse_board.web.columns import cells

AT = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)
BOARD = Board("typing_wpm", "Typing speed", "wpm", "best", "desc", 1, "shared", 1)


def window(*players: tuple[str, int]) -> Window:
    rows = [Row(f"user-{name}", name, None, score, seq, 0, AT) for seq, (name, score) in enumerate(players)]
    return Window(BOARD, Version(1, 7), ranked(BOARD, rows), len(rows), 10, 0, AT)


def test_a_terminal_sees_aligned_columns() -> None:
    assert as_text(window(("Ada", 1005), ("李小龍", 950), ("Grace Hopper", 950))) == (
        "Typing speed\n"
        "\n"
        "Rank  Player          wpm\n"
        "   1  Ada           100.5\n"
        "   2  李小龍         95.0\n"
        "   2  Grace Hopper   95.0\n"
        "\n"
        "3 players, version 1-7\n"
    )


def test_an_empty_board_is_a_header() -> None:
    assert as_text(window()).splitlines()[2:] == ["Rank  Player  wpm", "", "0 players, version 1-7"]


def test_a_long_name_is_cut() -> None:
    assert cells(as_text(window(("w" * 80, 10))).splitlines()[3]) == 4 + 2 + 30 + 2 + 3


def test_a_terminal_is_not_told_what_to_do() -> None:
    """An escape sequence in either of its forms, and what turns a line round, are shown as unknown characters."""
    text = as_text(window(("\x1b[31mred", 10), ("\x9b31mred", 9), ("\u202eder", 8)))
    assert all(line.isprintable() for line in text.split("\n"))
    assert [line.split()[1] for line in text.splitlines()[3:6]] == ["\ufffd[31mred", "\ufffd31mred", "\ufffdder"]


def test_a_spreadsheet_gets_what_programs_get() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(window(("Ada, Countess", 955), ("Bob", -5))))))
    assert [(row["rank"], row["username"], row["score"]) for row in rows] == [
        ("1", "Ada, Countess", "95.5"),
        ("2", "Bob", "-0.5"),
    ]
    assert rows[0]["achievedAt"] == "2026-01-10T10:30:00.000Z"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("//x","y")', "'=1"])
def test_a_name_is_no_formula(name: str) -> None:
    (row,) = csv.DictReader(io.StringIO(as_csv(window((name, 10)))))
    assert row["username"] == f"'{name}"


def test_a_number_stays_a_number_though_it_is_negative() -> None:
    text = as_csv(window(("Ada", -955)))
    assert text.splitlines()[1].split(",")[4] == "-95.5"
    assert "'" not in text


@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40), max_size=8))
def test_every_line_of_a_table_has_the_same_width(names: list[str]) -> None:
    lines = as_text(window(*((name, 10) for name in names))).splitlines()[2 : 3 + len(names)]
    assert len({cells(line) for line in lines}) == 1
