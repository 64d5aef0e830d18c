"""The action types as this process knows them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from psycopg.rows import TupleRow

from sse_board.scores.action import ActionType, Bound, Points, Target
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.answers import plain_number

_queries = Queries("scores")
_boards = Queries("boards")


class ActionCatalog:
    """All action types by slug; `version` tells whether the picture is still the present one."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._types: dict[str, ActionType] = {}
        self.version = 0

    def __iter__(self) -> Iterator[ActionType]:
        return iter(tuple(self._types.values()))

    def find(self, slug: str) -> ActionType | None:
        return self._types.get(slug)

    @property
    def apps(self) -> frozenset[str]:
        """The apps that have runs: `typing` for a type `typing_complete` that a run must back."""
        return frozenset(app_of(slug) for slug, known in self._types.items() if known.requires_session)

    @property
    def bounded_fields(self) -> frozenset[str]:
        """The metadata fields of which some type says what the most is."""
        kinds = self._types.values()
        return frozenset(name for kind in kinds for name, bound in kind.bounds.items() if bound.max is not None)

    async def load(self, connection: Connection) -> None:
        """Read the catalogue over a connection, which may be inside a transaction."""
        self._take(await (await connection.execute(_queries.catalogue)).fetchall())

    def _take(self, rows: list[TupleRow]) -> None:
        self._types = {row[1]: _action_type(row[1:]) for row in rows if row[1]}
        self.version = rows[0][0]

    async def refresh(self) -> None:
        """Reload if anything changed since. Raises Unavailable."""
        known = self.version
        row = await self._postgres.one(_boards.catalogue_version)
        if row and row[0] != known:
            rows = await self._postgres.all(_queries.catalogue)
            if self.version == known:  # else somebody took a newer one, under the turnstile
                self._take(rows)


def app_of(action_type: str) -> str:
    return action_type.removesuffix("_complete")


def _action_type(row: tuple[Any, ...]) -> ActionType:
    slug, fixed, field, low, high, boards, bounds, cooldown, cap, requires_session = row
    return ActionType(
        slug,
        Points(_number(fixed), field, Bound(_number(low), _number(high))),
        tuple(Target(target["board"], target.get("field")) for target in boards),
        {name: Bound(_number(bound.get("min")), _number(bound.get("max"))) for name, bound in bounds.items()},
        cooldown,
        cap,
        requires_session,
    )


def _number(value: Any) -> int | Decimal | None:
    """Exact, whether it comes from `numeric` or from JSON."""
    return None if value is None else plain_number(Decimal(str(value)))
