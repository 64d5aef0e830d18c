"""Action types created and edited by admins."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from psycopg.types.json import Jsonb

from sse_board.admin.audit import record
from sse_board.admin.boards import Slug
from sse_board.boards.board import DECIMALS_LIMIT, SCORE_LIMIT
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.rules import DIGITS_LIMIT
from sse_board.errors import Conflict, InvalidRequest, NotFound
from sse_board.scores.catalog import ActionCatalog
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.answers import encode
from sse_board.web.bodies import set_fields
from sse_board.web.identity import Identity

_queries = Queries("scores")
_boards = Queries("boards")

#: Exact: a float would turn 0.1 into something else.
Value = int | Decimal
Field = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,49}\Z")]


class PointsBody(msgspec.Struct, forbid_unknown_fields=True):
    """Either `fixed`, or `field` with the bounds of what it may award."""

    fixed: Value | None = None
    field: Field | None = None
    min: Value | None = None
    max: Value | None = None


class TargetBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    board: Slug
    field: Field | None = None


class BoundBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    min: Value | None = None
    max: Value | None = None


Targets = Annotated[list[TargetBody], msgspec.Meta(min_length=1, max_length=10)]
Bounds = Annotated[dict[Field, BoundBody], msgspec.Meta(max_length=20)]
Seconds = Annotated[int, msgspec.Meta(ge=0, le=86_400)]
Cap = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class NewActionType(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    slug: Slug
    points: PointsBody
    boards: Targets
    bounds: Bounds = {}
    cooldown_seconds: Seconds = 0
    daily_cap: Cap | None = None
    requires_session: bool = False


class ActionTypeEdit(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    points: PointsBody | msgspec.UnsetType = msgspec.UNSET
    boards: Targets | msgspec.UnsetType = msgspec.UNSET
    bounds: Bounds | msgspec.UnsetType = msgspec.UNSET
    cooldown_seconds: Seconds | msgspec.UnsetType = msgspec.UNSET
    daily_cap: Cap | msgspec.UnsetType | None = msgspec.UNSET
    requires_session: bool | msgspec.UnsetType = msgspec.UNSET


class ActionTypeAdministration:
    def __init__(self, postgres: Postgres, boards: BoardCatalog, types: ActionCatalog) -> None:
        self._postgres = postgres
        self._boards = boards
        self._types = types

    async def create(self, new: NewActionType, actor: Identity, request_id: str) -> None:
        """Raises Conflict for a taken slug, InvalidRequest for an unknown board or contradictory points."""
        async with self._postgres.transaction() as connection:
            await self._check(connection, new)
            if not (await connection.execute(_queries.create_type, _columns(new))).rowcount:
                raise Conflict("There is an action type of that name already.", details={"slug": "is taken"})
            await self._finish(connection, "action_type.created", new, actor, request_id)
        await self._types.refresh()

    async def edit(self, slug: str, edit: ActionTypeEdit, actor: Identity, request_id: str) -> NewActionType:
        """The type as it is now. Raises NotFound or InvalidRequest."""
        async with self._postgres.transaction() as connection:
            await connection.execute(_boards.turnstile)
            await self._types.load(connection)
            edited = msgspec.structs.replace(self._present(slug), **set_fields(edit))
            await self._check(connection, edited)
            await connection.execute(_queries.edit_type, _columns(edited))
            await self._finish(connection, "action_type.edited", edited, actor, request_id)
        await self._types.refresh()
        return edited

    def _present(self, slug: str) -> NewActionType:
        known = self._types.find(slug)
        if known is None:
            raise NotFound("There is no action type of that name.")
        return NewActionType(
            slug=known.slug,
            points=PointsBody(
                _plain(known.points.fixed),
                known.points.field,
                _plain(known.points.bound.min),
                _plain(known.points.bound.max),
            ),
            boards=[TargetBody(target.board, target.field) for target in known.targets],
            bounds={name: BoundBody(_plain(bound.min), _plain(bound.max)) for name, bound in known.bounds.items()},
            cooldown_seconds=known.cooldown_seconds,
            daily_cap=known.daily_cap,
            requires_session=known.requires_session,
        )

    async def _check(self, connection: Connection, new: NewActionType) -> None:
        _check_numbers(new)
        _check_bounds(new)
        await connection.execute(_boards.turnstile)
        await self._boards.load(connection)
        if (new.points.fixed is None) == (new.points.field is None):
            raise InvalidRequest("Points are either `fixed` or a `field`.", details={"points": "fixed or field"})
        if new.points.field is not None and (new.points.min is None or new.points.max is None):
            raise InvalidRequest(
                "Points from a field need `min` and `max`.", details={"points": "min and max are required"}
            )
        unknown = [target.board for target in new.boards if self._boards.find(target.board) is None]
        if unknown:
            raise InvalidRequest("There is no such board.", details={"boards": ", ".join(unknown)})
        if len({target.board for target in new.boards}) != len(new.boards):
            raise InvalidRequest("An action feeds a board once.", details={"boards": "names a board twice"})

    async def _finish(
        self, connection: Connection, action: str, new: NewActionType, actor: Identity, request_id: str
    ) -> None:
        await connection.execute(_boards.catalogue_changed)
        details = msgspec.to_builtins(new)
        await record(connection, actor, action, ("action_type", new.slug), details, request_id)


def _check_numbers(new: NewActionType) -> None:
    """Whatever a score could not hold is refused. Raises InvalidRequest naming the fields."""
    numbers = {"points.fixed": new.points.fixed, "points.min": new.points.min, "points.max": new.points.max}
    for name, bound in new.bounds.items():
        numbers |= {f"bounds.{name}.min": bound.min, f"bounds.{name}.max": bound.max}
    wrong = {name: "is no exact score" for name, value in numbers.items() if not _is_exact(value)}
    if wrong:
        raise InvalidRequest("A number is too large or too fine.", details=wrong)


def _check_bounds(new: NewActionType) -> None:
    """Bounds that nothing lies between are refused. Raises InvalidRequest naming them."""
    pairs = {"points": (new.points.min, new.points.max)}
    pairs |= {f"bounds.{name}": (bound.min, bound.max) for name, bound in new.bounds.items()}
    crossed = {name: "min is above max" for name, pair in pairs.items() if _are_crossed(*pair)}
    if crossed:
        raise InvalidRequest("No number lies between these bounds.", details=crossed)


def _are_crossed(low: Value | None, high: Value | None) -> bool:
    return low is not None and high is not None and Decimal(low) > Decimal(high)


def _is_exact(value: Value | None) -> bool:
    if value is None:
        return True
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and -DECIMALS_LIMIT <= exponent <= DIGITS_LIMIT and abs(number) < SCORE_LIMIT


def _plain(value: Any) -> Any:
    return None if value is None else Decimal(value)


def _columns(new: NewActionType) -> dict[str, Any]:
    return {
        "slug": new.slug,
        "points_fixed": new.points.fixed,
        "points_field": new.points.field,
        "points_min": new.points.min,
        "points_max": new.points.max,
        "boards": Jsonb(msgspec.to_builtins(new.boards), dumps=encode),
        "bounds": Jsonb(msgspec.to_builtins(new.bounds), dumps=encode),
        "cooldown_seconds": new.cooldown_seconds,
        "daily_cap": new.daily_cap,
        "requires_session": new.requires_session,
    }
