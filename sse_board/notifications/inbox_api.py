"""`/api/v1/notifications`: the inbox of whoever asks, and what they want to hear."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import InvalidRequest
from sse_board.notifications.inbox import Inbox, Wanted
from sse_board.notifications.preferences import Preferences
from sse_board.notifications.receipts import Receipts
from sse_board.web.answers import ok
from sse_board.web.bodies import UUID, query_integer, query_matching, read_json, set_fields
from sse_board.web.identity import Authenticator, require_user

#: Notifications of one answer: what `limit` is without being asked, and at the most.
USUAL_ROWS, MOST_ROWS = 50, 100
#: Somebody's own, and other the next moment.
_NO_STORE = {"Cache-Control": "private, no-store"}

Choice = bool | msgspec.UnsetType


class PreferencesBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    game_results: Choice = msgspec.UNSET
    tournament_updates: Choice = msgspec.UNSET
    standings_changes: Choice = msgspec.UNSET
    pairing_updates: Choice = msgspec.UNSET
    system_alerts: Choice = msgspec.UNSET
    achievements: Choice = msgspec.UNSET
    rank_changes: Choice = msgspec.UNSET
    real_time_notifications: Choice = msgspec.UNSET
    email_notifications: Choice = msgspec.UNSET
    push_notifications: Choice = msgspec.UNSET
    show_online: Choice = msgspec.UNSET

    def changes(self) -> dict[str, bool]:
        """What was sent, by its name on the wire."""
        names = {field.name: field.encode_name for field in msgspec.structs.fields(self)}
        return {names[field]: choice for field, choice in set_fields(self).items()}


class InboxApi:
    def __init__(
        self, authenticator: Authenticator, inbox: Inbox, preferences: Preferences, receipts: Receipts
    ) -> None:
        self._authenticator = authenticator
        self._inbox = inbox
        self._preferences = preferences
        self._receipts = receipts

    def routes(self) -> list[Route]:
        base = "/api/v1/notifications"
        return [
            Route(base, self.page, methods=["GET"]),
            Route(f"{base}/read-all", self.read_all, methods=["POST"]),
            Route(f"{base}/preferences", self.show_preferences, methods=["GET"]),
            Route(f"{base}/preferences", self.change_preferences, methods=["PATCH"]),
            Route(f"{base}/{{notification_id:uuid}}/read", self.read, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        user_id = require_user(self._authenticator, request).user_id
        items = await self._inbox.page(user_id, _wanted(request))
        unread = await self._inbox.unread(user_id)
        self._receipts.note(user_id, [item.id for item in items])
        shown = [item.payload() for item in items]
        return ok({"notifications": shown, "unread": unread}, headers=_NO_STORE)

    async def read(self, request: Request) -> Response:
        user_id = require_user(self._authenticator, request).user_id
        item = await self._inbox.read(user_id, str(request.path_params["notification_id"]))
        return await self._answer(user_id, {"notification": item.payload()})

    async def read_all(self, request: Request) -> Response:
        user_id = require_user(self._authenticator, request).user_id
        return await self._answer(user_id, {"read": await self._inbox.read_all(user_id)})

    async def _answer(self, user_id: str, data: dict[str, Any]) -> Response:
        return ok({**data, "unread": await self._inbox.unread(user_id)}, headers=_NO_STORE)

    async def show_preferences(self, request: Request) -> Response:
        user_id = require_user(self._authenticator, request).user_id
        return ok({"preferences": await self._preferences.of(user_id)}, headers=_NO_STORE)

    async def change_preferences(self, request: Request) -> Response:
        user_id = require_user(self._authenticator, request).user_id
        changes = (await read_json(request, PreferencesBody)).changes()
        return ok({"preferences": await self._preferences.change(user_id, changes)}, headers=_NO_STORE)


def _wanted(request: Request) -> Wanted:
    """Raises InvalidRequest."""
    unread = request.query_params.get("unread", "false")
    if unread not in ("true", "false"):
        raise InvalidRequest("`unread` must be true or false.", details={"unread": "true or false"})
    before = query_matching(request, "before", UUID, "the id of a notification")
    return Wanted(unread == "true", before, query_integer(request, "limit", USUAL_ROWS, 1, MOST_ROWS))
