"""What looks wrong: dismiss it, confirm it, or take the action back."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from sse_board.admin.flags import FlagReview, Resolution, Wanted
from sse_board.admin.moderation_api import STATUSES
from sse_board.admin.site.fields import asked_id, asked_text, id_in, text_in
from sse_board.admin.site.subject import Fields, Form, Subject
from sse_board.admin.voiding import Order, Voiding
from sse_board.errors import InvalidRequest
from sse_board.scores.claims import ACTION_ID_LIMIT
from sse_board.web.identity import Identity

#: Flags of one page.
PAGE_ROWS = 20
_STATUS = re.compile("|".join(STATUSES))


class FlagsPage:
    def __init__(self, flags: FlagReview, voiding: Voiding) -> None:
        self._flags = flags
        self._voiding = voiding

    @property
    def subject(self) -> Subject:
        forms = {
            "flags": Form(self.resolve, "The flag is resolved."),
            "voids": Form(self.void, "The action is taken back, and the boards are as if it had never been."),
        }
        return Subject("flags", "Flags", self.show, forms)

    async def show(self, query: Fields) -> Mapping[str, Any]:
        """`status`: `open`, `resolved` or `all`; `before`: older than this one. Raises Unavailable."""
        status = asked_text(query, "status", _STATUS) or "open"
        wanted = Wanted(STATUSES[status], None, asked_id(query, "user"), asked_id(query, "before"), PAGE_ROWS + 1)
        try:
            found = await self._flags.page(wanted)
        except InvalidRequest:  # `before` is no flag: whoever wrote that finds nothing older
            found = []
        return {
            "status": status,
            "statuses": list(STATUSES),
            "flags": found[:PAGE_ROWS],
            "more": found[PAGE_ROWS:],
        }

    async def resolve(self, form: Fields, actor: Identity, request_id: str) -> None:
        resolution: Resolution = "confirmed" if form.get("resolution") == "confirmed" else "dismissed"
        if form.get("resolution") not in get_args(Resolution):
            raise InvalidRequest("A flag is dismissed or confirmed.")
        note = text_in(form, "note") or None
        await self._flags.resolve(id_in(form, "flagId"), resolution, note, actor, request_id)

    async def void(self, form: Fields, actor: Identity, request_id: str) -> None:
        action, reason = form.get("actionId", ""), text_in(form, "reason")
        if not reason or not 0 < len(action) <= ACTION_ID_LIMIT or "\0" in action:
            raise InvalidRequest("Name the action, and say why it is taken back.")
        await self._voiding.void(Order(id_in(form, "userId"), action, reason), actor, request_id)
