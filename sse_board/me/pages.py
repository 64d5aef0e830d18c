"""`/me`: the inbox, the preferences and the profile of whoever is logged in; plain forms that lead back to it."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sse_board.accounts.authentication import Authentication
from sse_board.accounts.pages import read_form
from sse_board.accounts.profile import Profiles
from sse_board.errors import BoardError
from sse_board.me.forms import avatar_of, password_of, preferences_of, time_zone_of
from sse_board.notifications.inbox import Wanted
from sse_board.notifications.room import Notifications
from sse_board.web.identity import Identity, require_user
from sse_board.web.templates import Templates

#: Notifications on the page: what one reads at once. The API has the rest.
SHOWN_ROWS = 30

#: Forms that say, back on the page, that their change was saved: the last part of their path.
SETTINGS = ("preferences", "avatar", "time-zone", "password")

FindViewer = Callable[[Request], Awaitable[Any]]


class MePages:
    def __init__(
        self,
        templates: Templates,
        authentication: Authentication,
        viewer: FindViewer,
        profiles: Profiles,
        notifications: Notifications,
    ) -> None:
        self._templates = templates
        self._authentication = authentication
        self._viewer = viewer
        self._profiles = profiles
        self._notifications = notifications

    def routes(self) -> list[BaseRoute]:
        posts = {
            "/me/notifications/{notification_id:uuid}/read": self.read,
            "/me/notifications/read-all": self.read_all,
            "/me/preferences": self.change_preferences,
            "/me/avatar": self.change_avatar,
            "/me/time-zone": self.change_time_zone,
            "/me/password": self.change_password,
        }
        return [
            Route("/me", self.show, methods=["GET"]),
            Route("/me/inbox", self.inbox, methods=["GET"]),
            *(Route(path, self._form(change), methods=["POST"]) for path, change in posts.items()),
        ]

    async def show(self, request: Request) -> Response:
        identity = self._authentication.peek(request)
        return _to_login() if identity is None else await self._page(request, identity)

    async def inbox(self, request: Request) -> Response:
        """The part of the page that its script asks for anew. Raises Unauthorized."""
        identity = require_user(self._authentication, request)
        inbox = await self._inbox(identity)
        page = self._templates.page("fragments/inbox.html", inbox=inbox)
        page.headers["Cache-Control"] = "private, no-store"
        return page

    async def _page(self, request: Request, identity: Identity, status: int = 200, **errors: str) -> Response:
        page = self._templates.page(
            "me.html",
            status,
            viewer=await self._viewer(request),
            profile=await self._profiles.show(identity.user_id),
            inbox=await self._inbox(identity),
            preferences=await self._notifications.preferences.of(identity.user_id),
            saved=request.query_params.get("saved"),
            errors=errors,
        )
        page.headers["Cache-Control"] = "private, no-store"
        return page

    async def _inbox(self, identity: Identity) -> dict[str, Any]:
        inbox = self._notifications.inbox
        items = await inbox.page(identity.user_id, Wanted(unread=False, before=None, limit=SHOWN_ROWS))
        self._notifications.receipts.note(identity.user_id, [item.id for item in items])
        return {"items": [item.payload() for item in items], "unread": await inbox.unread(identity.user_id)}

    # -- forms --

    def _form(
        self, change: Callable[[Request, Identity], Awaitable[None]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """The route of a form: back to the page; what is refused comes back with its message. A page of somebody
        else, who was logged in here before, changes nothing."""

        async def submitted(request: Request) -> Response:
            identity = self._authentication.peek(request)
            if identity is None:
                return _to_login()
            if request.query_params.get("viewer", identity.user_id) != identity.user_id:
                return RedirectResponse("/me", 303)
            try:
                await change(request, identity)
            except BoardError as error:
                if error.status not in (400, 404, 409):
                    raise
                details = error.details or {"form": error.message}
                return await self._page(request, identity, error.status, **dict(details))
            return RedirectResponse(_way_back(request.url.path), 303)

        return submitted

    async def read(self, request: Request, identity: Identity) -> None:
        await self._notifications.inbox.read(identity.user_id, str(request.path_params["notification_id"]))

    async def read_all(self, request: Request, identity: Identity) -> None:
        await self._notifications.inbox.read_all(identity.user_id)

    async def change_preferences(self, request: Request, identity: Identity) -> None:
        await self._notifications.preferences.change(identity.user_id, preferences_of(await read_form(request)))

    async def change_avatar(self, request: Request, identity: Identity) -> None:
        await self._profiles.change(identity, await avatar_of(request))

    async def change_time_zone(self, request: Request, identity: Identity) -> None:
        await self._profiles.change(identity, time_zone_of(await read_form(request)))

    async def change_password(self, request: Request, identity: Identity) -> None:
        await self._profiles.change(identity, password_of(await read_form(request)))


def _way_back(path: str) -> str:
    part = path.rpartition("/")[2]
    return f"/me?saved={part}" if part in SETTINGS else "/me"


def _to_login() -> Response:
    return RedirectResponse("/login?next=/me", 303)
