"""Achievements made and retouched by admins."""

from typing import Annotated, Any

import msgspec

from sse_board.achievements.catalog import written_rule
from sse_board.achievements.definition import Rule, Slug, problems
from sse_board.achievements.players import with_holders
from sse_board.admin.audit import record
from sse_board.boards.catalog import BoardCatalog
from sse_board.errors import Conflict, InvalidRequest, NotFound
from sse_board.scores.catalog import ActionCatalog
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.bodies import set_fields
from sse_board.web.identity import Identity

_queries = Queries("achievements")
_boards = Queries("boards")

_PLAIN = r"^[^\x00-\x1f\x7f]*\Z"

Title = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=_PLAIN)]
Description = Annotated[str, msgspec.Meta(max_length=500, pattern=_PLAIN)]
Icon = Annotated[str, msgspec.Meta(min_length=1, max_length=16, pattern=_PLAIN)]
Points = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class NewAchievement(msgspec.Struct, forbid_unknown_fields=True):
    slug: Slug
    title: Title
    rule: Rule
    description: Description = ""
    icon: Icon = "🏅"
    points: Points = 0


class AchievementEdit(msgspec.Struct, forbid_unknown_fields=True):
    """The rule stays: who has earned it has earned that."""

    title: Title | msgspec.UnsetType = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    icon: Icon | msgspec.UnsetType = msgspec.UNSET
    points: Points | msgspec.UnsetType = msgspec.UNSET


class AchievementAdministration:
    def __init__(self, postgres: Postgres, boards: BoardCatalog, types: ActionCatalog) -> None:
        self._postgres = postgres
        self._boards = boards
        self._types = types

    async def create(self, new: NewAchievement, actor: Identity, request_id: str) -> dict[str, Any]:
        """Raises InvalidRequest for a rule that cannot be, Conflict for a slug that is taken."""
        for catalog in (self._boards, self._types):
            await catalog.refresh()
        if wrong := problems(new.rule, self._boards.find, self._types.bounded_fields):
            raise InvalidRequest("Nobody could earn this.", details=wrong)
        fields = msgspec.structs.asdict(new)
        columns = {**fields, "rule": written_rule(new.rule)}
        async with self._postgres.transaction() as connection:
            await connection.execute(_boards.turnstile)
            if not (await connection.execute(_queries.create, columns)).rowcount:
                raise Conflict("There is an achievement of that name already.", details={"slug": "is taken"})
            await connection.execute(_queries.begin_backfill, {"slug": new.slug})
            await _changed(connection, actor, "achievement.created", new.slug, fields, request_id)
            return await _find(connection, new.slug)

    async def edit(self, slug: str, edit: AchievementEdit, actor: Identity, request_id: str) -> dict[str, Any]:
        """Raises NotFound."""
        changes = set_fields(edit)
        nothing: dict[str, Any] = dict.fromkeys(("title", "description", "icon", "points"))
        async with self._postgres.transaction() as connection:
            await connection.execute(_boards.turnstile)
            if not (await connection.execute(_queries.edit, {**nothing, **changes, "slug": slug})).rowcount:
                raise NotFound("There is no achievement of that name.")
            await _changed(connection, actor, "achievement.edited", slug, changes, request_id)
            return await _find(connection, slug)


async def _changed(
    connection: Connection, actor: Identity, action: str, slug: str, details: dict[str, Any], request_id: str
) -> None:
    await connection.execute(_boards.catalogue_changed)
    await record(connection, actor, action, ("achievement", slug), details, request_id)


async def _find(connection: Connection, slug: str) -> dict[str, Any]:
    row = await (await connection.execute(_queries.find, {"slug": slug})).fetchone()
    assert row is not None
    return with_holders(row)
