"""Boards, and the action types that feed them."""

from collections.abc import Mapping
from typing import Any

from sse_board.admin.action_types import ActionTypeAdministration
from sse_board.admin.boards import BoardAdministration
from sse_board.admin.site.catalogue_fields import (
    action_type_edit,
    board_edit,
    new_action_type,
    new_board,
    written,
)
from sse_board.admin.site.subject import Fields, Form, Subject
from sse_board.boards.catalog import BoardCatalog, known_slug
from sse_board.scores.catalog import ActionCatalog
from sse_board.web.identity import Identity


class CataloguePage:
    """Needs no database to show what is in memory."""

    def __init__(
        self,
        boards: BoardCatalog,
        types: ActionCatalog,
        editing: BoardAdministration,
        editing_types: ActionTypeAdministration,
    ) -> None:
        self._boards = boards
        self._types = types
        self._editing = editing
        self._editing_types = editing_types

    @property
    def subject(self) -> Subject:
        forms = {
            "boards": Form(self.create_board, "The board is there."),
            "board": Form(self.edit_board, "The board is changed."),
            "action-types": Form(self.create_type, "The action type is there."),
            "action-type": Form(self.edit_type, "The action type is changed."),
        }
        return Subject("boards", "Boards", self.show, forms)

    async def show(self, query: Fields) -> Mapping[str, Any]:
        return {"boards": list(self._boards), "types": [written(kind) for kind in self._types]}

    async def create_board(self, form: Fields, actor: Identity, request_id: str) -> None:
        await self._editing.create(new_board(form), actor, request_id)

    async def edit_board(self, form: Fields, actor: Identity, request_id: str) -> None:
        await self._editing.edit(known_slug(form.get("slug", "")), board_edit(form), actor, request_id)

    async def create_type(self, form: Fields, actor: Identity, request_id: str) -> None:
        await self._editing_types.create(new_action_type(form), actor, request_id)

    async def edit_type(self, form: Fields, actor: Identity, request_id: str) -> None:
        slug = known_slug(form.get("slug", ""))
        await self._editing_types.edit(slug, action_type_edit(form), actor, request_id)
