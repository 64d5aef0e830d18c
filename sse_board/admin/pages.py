"""`/admin`: what operators look at and do, as plain forms; only the health of the service moves by itself."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sse_board.accounts.pages import read_form
from sse_board.admin.desk import PAGE_ROWS, Desk
from sse_board.errors import BoardError, Forbidden, Unauthorized
from sse_board.web.answers import request_id
from sse_board.web.identity import Authenticator, Identity
from sse_board.web.templates import Templates

PATH = "/admin"

FindViewer = Callable[[Request], Awaitable[Any]]
#: What a form does: its fields, who sent it, in which request. Raises BoardError.
Submit = Callable[[Mapping[str, str], Identity, str], Awaitable[None]]


class AdminPages:
    """`forms` by name: each has a template `fragments/admin/{name}.html`, whose form posts to `/admin/{name}`."""

    def __init__(
        self,
        templates: Templates,
        authenticator: Authenticator,
        viewer: FindViewer,
        desk: Desk,
        forms: Mapping[str, Submit],
    ) -> None:
        self._templates = templates
        self._authenticator = authenticator
        self._viewer = viewer
        self._desk = desk
        self._forms = {**desk.forms, **forms}
        self._others = list(forms)

    def routes(self) -> list[Route]:
        return [
            Route(PATH, self.show, methods=["GET"]),
            Route(f"{PATH}/health", self.health, methods=["GET"]),
            *(Route(f"{PATH}/{name}", self._submitting(name), methods=["POST"]) for name in self._forms),
        ]

    async def show(self, request: Request) -> Response:
        if self._admin(request) is None:
            return _log_in()
        return await self._page(request, is_done="done" in request.query_params)

    async def health(self, request: Request) -> Response:
        """What htmx puts in the place of the old one; a script would follow the way to the login, and show that.

        Raises Unauthorized.
        """
        if self._admin(request) is None:
            raise Unauthorized()
        return _own(self._templates.page("fragments/admin/health.html", health=self._desk.health()))

    def _submitting(self, name: str) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def submit(request: Request) -> Response:
            actor = self._admin(request)
            if actor is None:
                return _log_in()
            form = await read_form(request)
            try:
                await self._forms[name](form, actor, request_id(request))
            except BoardError as error:
                if error.status >= 500:
                    raise
                return await self._page(request, form=form, error=error)
            return RedirectResponse(f"{PATH}?done", 303)

        return submit

    def _admin(self, request: Request) -> Identity | None:
        """None for nobody known. Raises Forbidden."""
        identity = self._authenticator.peek(request)
        if identity is not None and identity.role != "ADMIN":
            raise Forbidden("Only admins may see this.")
        return identity

    async def _page(
        self,
        request: Request,
        *,
        is_done: bool = False,
        form: Mapping[str, str] | None = None,
        error: BoardError | None = None,
    ) -> Response:
        name, user = request.query_params.get("name", ""), request.query_params.get("user", "")
        viewer, parts = await asyncio.gather(self._viewer(request), self._desk.parts(name, user))
        page = self._templates.page(
            "admin.html",
            error.status if error else 200,
            viewer=viewer,
            sought=name,
            whose=user,
            is_done=is_done,
            values=dict(form or {}),
            errors=_complaints(error) if error else {},
            forms=self._others,
            rows=PAGE_ROWS,
            **parts,
        )
        return _own(page)


def _own(page: Response) -> Response:
    """Nobody else's, and nothing that a browser should show again after the login has ended."""
    page.headers["Cache-Control"] = "private, no-store"
    return page


def _log_in() -> Response:
    return RedirectResponse(f"/login?{urlencode({'next': PATH})}", 303)


def _complaints(error: BoardError) -> dict[str, str]:
    details = "; ".join(f"{name}: {what}" for name, what in (error.details or {}).items())
    return {"form": f"{error.message} {details}".strip()}
