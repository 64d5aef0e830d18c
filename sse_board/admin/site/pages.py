"""The pages of the administration: who may see them, and what becomes of their forms."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sse_board.accounts.pages import read_form
from sse_board.admin.site.subject import PATH, Fields, Subject, Submit
from sse_board.errors import BoardError, Forbidden, Unauthorized, Unavailable
from sse_board.version import looks
from sse_board.web.answers import request_id
from sse_board.web.following import page_stream
from sse_board.web.identity import ROLES, Authenticator, Identity
from sse_board.web.templates import Templates

#: Says in the address which form was taken.
DONE = "done"

FindViewer = Callable[[Request], Awaitable[Any]]
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class AdminPages:
    """The `subjects` in the order of the navigation."""

    def __init__(
        self, templates: Templates, authenticator: Authenticator, viewer: FindViewer, subjects: Sequence[Subject]
    ) -> None:
        self._templates = templates
        self._authenticator = authenticator
        self._viewer = viewer
        self._subjects = subjects

    def routes(self) -> list[Route]:
        return [route for subject in self._subjects for route in self._routes_of(subject)]

    def _routes_of(self, subject: Subject) -> list[Route]:
        posts = {name: self._submitting(subject, form.submit, name) for name, form in subject.forms.items()}
        return [
            Route(subject.path, self._showing(subject), methods=["GET"]),
            *([Route(subject.part, self._moving(subject), methods=["GET"])] if subject.channel else []),
            *(Route(f"{PATH}/{name}", submit, methods=["POST"]) for name, submit in posts.items()),
        ]

    def _showing(self, subject: Subject) -> Handler:
        async def show(request: Request) -> Response:
            if self._admin(request) is None:
                return _log_in(subject)
            return await self._page(request, subject)

        return show

    def _moving(self, subject: Subject) -> Handler:
        async def part(request: Request) -> Response:
            """What moves, for who polls; a script would follow the way to the login, and show that.

            Raises Unauthorized, Unavailable.
            """
            if self._admin(request) is None:
                raise Unauthorized()
            seen = self._seen(request, subject, await subject.show(request.query_params))
            return _own(self._templates.page(f"fragments/admin/{subject.name}_part.html", **seen))

        return part

    def _submitting(self, subject: Subject, submit: Submit, name: str) -> Handler:
        async def submitted(request: Request) -> Response:
            actor = self._admin(request)
            if actor is None:
                return _log_in(subject)
            form = await read_form(request)
            try:
                await submit(form, actor, request_id(request))
            except BoardError as error:
                if error.status >= 500:
                    raise
                return await self._page(request, subject, form=form, error=error)
            return RedirectResponse(f"{subject.path}{_question(request, {DONE: name})}", 303)

        return submitted

    def _admin(self, request: Request) -> Identity | None:
        """None for nobody known. Raises Forbidden."""
        identity = self._authenticator.peek(request)
        if identity is not None and identity.role != "ADMIN":
            raise Forbidden("Only admins may see this.")
        return identity

    async def _page(
        self, request: Request, subject: Subject, *, form: Fields | None = None, error: BoardError | None = None
    ) -> Response:
        viewer, parts = await asyncio.gather(self._viewer(request), _or_none(subject.show(request.query_params)))
        done = subject.forms.get(request.query_params.get(DONE, ""))
        page = self._templates.page(
            "admin_live.html" if subject.channel else "admin.html",
            error.status if error else 200,
            viewer=viewer,
            subject=subject,
            subjects=self._subjects,
            done=done.done if done and not error else None,
            complaint=_complaint(error) if error else None,
            values=form or {},
            is_known=parts is not None,
            stream_url=page_stream([subject.channel]) if subject.channel else "",
            **self._seen(request, subject, parts or {}),
        )
        return _own(page)

    def _seen(self, request: Request, subject: Subject, parts: Mapping[str, Any]) -> dict[str, Any]:
        """What the template of a subject is handed, on its page and alone. `question`: what the page was asked
        for, so that its forms come back to it."""
        question = _question(request, {})
        moving = {"poll": subject.part + question, "version": looks(parts)} if subject.channel else {}
        return {"query": request.query_params, "question": question, "roles": ROLES, **moving, **parts}


def _question(request: Request, more: Mapping[str, str]) -> str:
    asked = {name: value for name, value in request.query_params.items() if name != DONE}
    question = urlencode({**asked, **more})
    return f"?{question}" if question else ""


async def _or_none(work: Awaitable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The page is there for when things are down, too."""
    try:
        return await work
    except Unavailable:
        return None


def _own(page: Response) -> Response:
    """Nobody else's, and nothing that a browser should show again after the login has ended."""
    page.headers["Cache-Control"] = "private, no-store"
    return page


def _log_in(subject: Subject) -> Response:
    return RedirectResponse(f"/login?{urlencode({'next': subject.path})}", 303)


def _complaint(error: BoardError) -> str:
    details = "; ".join(f"{name}: {what}" for name, what in (error.details or {}).items())
    return f"{error.message} {details}".strip()
