"""Array literals of PostgreSQL (its documentation, §8.15.6), for statements that take columns of many rows.

psycopg would look at each element for its type and for what needs quotes, which took half of all the time that a
batch costs this process. Here the caller knows; the statement names the type (`%(ids)s::uuid[]`).
"""

from collections.abc import Iterable
from typing import Any


def plain(values: Iterable[Any]) -> str:
    """Of numbers, ids, times: what has no comma, brace, quote or backslash in it, and is not the word null."""
    return "{" + ",".join(map(str, values)) + "}"


def quoted(values: Iterable[str]) -> str:
    """Of any text but NUL, which PostgreSQL has no place for."""
    return "{" + ",".join(map(_quoted, values)) + "}"


def _quoted(value: str) -> str:
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    return '"' + value.replace('"', '\\"') + '"'
