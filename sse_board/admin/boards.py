"""Boards created and edited by admins."""

from typing import Annotated, Any, Literal

import msgspec

from sse_board.admin.audit import record
from sse_board.boards.board import DECIMALS_LIMIT
from sse_board.boards.catalog import BoardCatalog
from sse_board.errors import Conflict, NotFound
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.bodies import set_fields
from sse_board.web.identity import Identity

_queries = Queries("boards")

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}\Z")]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Unit = Annotated[str, msgspec.Meta(max_length=20, pattern=r"^[^\x00-\x1f\x7f]*\Z")]
Decimals = Annotated[int, msgspec.Meta(ge=0, le=DECIMALS_LIMIT)]

#: What may not change once there are scores: they would mean something else.
FIXED_ONCE_USED = ("policy", "direction", "decimals")


class NewBoard(msgspec.Struct, forbid_unknown_fields=True):
    slug: Slug
    title: Title
    policy: Literal["sum", "best", "latest"]
    unit: Unit = ""
    direction: Literal["desc", "asc"] = "desc"
    decimals: Decimals = 0
    ties: Literal["first", "shared"] = "first"


class BoardEdit(msgspec.Struct, forbid_unknown_fields=True):
    title: Title | msgspec.UnsetType = msgspec.UNSET
    unit: Unit | msgspec.UnsetType = msgspec.UNSET
    policy: Literal["sum", "best", "latest"] | msgspec.UnsetType = msgspec.UNSET
    direction: Literal["desc", "asc"] | msgspec.UnsetType = msgspec.UNSET
    decimals: Decimals | msgspec.UnsetType = msgspec.UNSET
    ties: Literal["first", "shared"] | msgspec.UnsetType = msgspec.UNSET


class BoardAdministration:
    def __init__(self, postgres: Postgres, catalog: BoardCatalog) -> None:
        self._postgres = postgres
        self._catalog = catalog

    async def create(self, new: NewBoard, actor: Identity, request_id: str) -> None:
        """Raises Conflict for a slug that is taken."""
        fields = msgspec.structs.asdict(new)
        async with self._postgres.transaction() as connection:
            await connection.execute(_queries.turnstile)
            if not (await connection.execute(_queries.create, fields)).rowcount:
                raise Conflict("There is a board of that name already.", details={"slug": "is taken"})
            await connection.execute(_queries.catalogue_changed)
            await record(connection, actor, "board.created", ("board", new.slug), fields, request_id)
        await self._catalog.refresh()

    async def edit(self, slug: str, edit: BoardEdit, actor: Identity, request_id: str) -> None:
        """Raises NotFound, or Conflict for rules that scores already depend on."""
        changes = set_fields(edit)
        async with self._postgres.transaction() as connection:
            turnstile = await (await connection.execute(_queries.turnstile)).fetchone()
            assert turnstile is not None
            await self._write(connection, slug, changes, turnstile[0] + 1, turnstile[2])
            await connection.execute(_queries.advance, {"seq": turnstile[0] + 1})
            await connection.execute(_queries.catalogue_changed)
            await record(connection, actor, "board.edited", ("board", slug), changes, request_id)
        await self._catalog.refresh()

    async def _write(self, connection: Connection, slug: str, changes: dict[str, Any], seq: int, at: Any) -> None:
        names = ("title", "unit", "policy", "direction", "decimals", "ties", "epoch", "seq", "entry_count")
        row = await (await connection.execute(_queries.find_for_edit, {"slug": slug})).fetchone()
        if row is None:
            raise NotFound("There is no board of that name.")
        board = dict(zip(names, row, strict=True))
        changed = [name for name, value in changes.items() if board[name] != value]
        if board["entry_count"] and (fixed := [name for name in changed if name in FIXED_ONCE_USED]):
            raise Conflict("The board has scores already.", details=dict.fromkeys(fixed, "cannot change any more"))
        ruled = any(name in (*FIXED_ONCE_USED, "ties") for name in changed)
        board |= changes | {"epoch": board["epoch"] + ruled, "seq": seq, "at": at, "slug": slug}
        await connection.execute(_queries.edit, board)
