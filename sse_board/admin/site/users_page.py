"""People: their role, and whether they may come in."""

from collections.abc import Mapping
from typing import Any

from sse_board.accounts.administration import Actor, Administration
from sse_board.accounts.directory import search
from sse_board.accounts.rules import check_role
from sse_board.admin.site.fields import id_in
from sse_board.admin.site.subject import Fields, Form, Subject
from sse_board.errors import InvalidRequest
from sse_board.stores.postgres import Postgres
from sse_board.web.identity import Identity

#: Users of one page: who looks for somebody else writes more of the name.
PAGE_ROWS = 25


class UsersPage:
    def __init__(self, postgres: Postgres, users: Administration) -> None:
        self._postgres = postgres
        self._users = users

    @property
    def subject(self) -> Subject:
        return Subject("users", "Users", self.show, {"users": Form(self.change, "The user is changed.")})

    async def show(self, query: Fields) -> Mapping[str, Any]:
        """`name`: what theirs begins with. Raises Unavailable."""
        name = query.get("name", "")
        found = await search(self._postgres, name, PAGE_ROWS + 1)
        return {"sought": name, "users": found[:PAGE_ROWS], "more": found[PAGE_ROWS:]}

    async def change(self, form: Fields, actor: Identity, request_id: str) -> None:
        """A field that is not there changes nothing."""
        try:
            role = check_role(form["role"]) if "role" in form else None
        except ValueError as error:
            raise InvalidRequest(str(error)) from None
        blocked = {"yes": True, "no": False}.get(form.get("blocked", ""))
        who = Actor(actor.user_id, request_id)
        await self._users.change(who, id_in(form, "userId"), role=role, blocked=blocked)
