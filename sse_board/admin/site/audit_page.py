"""Who changed what, and when."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sse_board.accounts.directory import named, names_of
from sse_board.admin.auditing import KIND, LAST_ROW, Wanted, page
from sse_board.admin.site.fields import asked_text
from sse_board.admin.site.subject import Fields, Subject
from sse_board.stores.postgres import Postgres
from sse_board.web.bodies import UUID

#: Changes of one page.
PAGE_ROWS = 30
_PLACE = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_ENTITY = re.compile(r"[^\x00]{1,200}")


class AuditPage:
    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres

    @property
    def subject(self) -> Subject:
        return Subject("audit", "Audit log", self.show)

    async def show(self, query: Fields) -> Mapping[str, Any]:
        """`actor` by name or id, `action` such as `user.block`, `entity`: the id of what was changed, `before`:
        older than this one. Raises Unavailable."""
        asked = {name: query.get(name, "").strip() for name in ("actor", "action", "entity")}
        found = await self._found(asked, int(asked_text(query, "before", _PLACE) or LAST_ROW))
        changes = found[:PAGE_ROWS]
        names = await names_of(self._postgres, [one["actor"] for one in changes if one["actor"]])
        return {"asked": asked, "changes": changes, "names": names, "more": found[PAGE_ROWS:]}

    async def _found(self, asked: Fields, before: int) -> Sequence[dict[str, Any]]:
        """Nothing where something is asked for that cannot be."""
        actor = await self._user(asked["actor"]) if asked["actor"] else None
        action, entity = asked_text(asked, "action", KIND), asked_text(asked, "entity", _ENTITY)
        if [name for name, value in zip(asked, (actor, action, entity), strict=True) if asked[name] and not value]:
            return []
        return await page(self._postgres, Wanted(actor, action, None, entity, None, None, before, PAGE_ROWS + 1))

    async def _user(self, who: str) -> str | None:
        return who.lower() if UUID.fullmatch(who) else await named(self._postgres, who)
