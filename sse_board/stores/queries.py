"""Named SQL: `sql/queries/<room>.sql` holds every query, each under a `-- name:` line."""

import re
from functools import cache

from sse_board import ROOT

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


class Queries:
    """The queries of one room as attributes: `Queries("boards").find` is SQL text as bytes.

    Bytes, because psycopg takes them as they are: no query is ever built from strings.
    """

    def __init__(self, room: str) -> None:
        self._room = room
        self._queries = _parse(room)

    def __getattr__(self, name: str) -> bytes:
        try:
            return self._queries[name]
        except KeyError:
            raise AttributeError(f"sql/queries/{self._room}.sql has no query {name!r}") from None


@cache
def _parse(room: str) -> dict[str, bytes]:
    text = (ROOT / "sql" / "queries" / f"{room}.sql").read_text(encoding="utf-8")
    parts = _NAME.split(text)[1:]
    return {name: body.strip().rstrip(";").encode() for name, body in zip(parts[::2], parts[1::2], strict=True)}
