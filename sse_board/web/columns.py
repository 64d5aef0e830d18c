"""Rows as CSV for spreadsheets and as aligned text for terminals. Pure."""

import csv
import io
import unicodedata
from collections.abc import Collection, Iterable, Sequence

#: A spreadsheet takes a cell that begins so for a formula (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")
#: Cells of a name in a terminal: longer ones are cut.
NAME_CELLS = 30


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180, with a header line."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def harmless(text: str) -> str:
    """What looks like a formula is quoted by an apostrophe."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def aligned(rows: Sequence[Sequence[str]], to_the_left: Collection[int]) -> list[str]:
    """A line for each row, its columns below each other; names stand left, numbers right."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_placed(row, widths, to_the_left)) for row in rows]


def _placed(row: Sequence[str], widths: Sequence[int], to_the_left: Collection[int]) -> list[str]:
    return [
        text + _gap(text, width) if number in to_the_left else _gap(text, width) + text
        for number, (text, width) in enumerate(zip(row, widths, strict=True))
    ]


def _gap(text: str, width: int) -> str:
    return " " * (width - cells(text))


def cells(text: str) -> int:
    """Columns that a text takes in a terminal: East Asian wide characters two, combining ones none."""
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def cut(name: str) -> str:
    """The name, not wider than a column of names should be."""
    if cells(name) <= NAME_CELLS:
        return name
    while cells(name) >= NAME_CELLS:
        name = name[:-1]
    return name + "…"
