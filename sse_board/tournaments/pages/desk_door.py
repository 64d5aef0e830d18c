"""Who comes to a desk, and what becomes of the forms that they send."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sse_board.accounts.pages import read_form
from sse_board.errors import BoardError
from sse_board.tournaments.pages.posted import Form
from sse_board.tournaments.pages.tournament_page import Desktop, id_of, log_in
from sse_board.tournaments.rules import require_organiser
from sse_board.web.identity import Identity

#: What is told on the page that the form came from.
REFUSED = (400, 404, 409)

#: What a form does; the address that it leads to. Raises BoardError.
Do = Callable[[Request, Form, Identity], Awaitable[str]]
#: The page again, with what was written and why it was not taken.
Refuse = Callable[[Request, Form, BoardError], Awaitable[Response]]
Handler = Callable[[Request], Awaitable[Response]]


def organiser_of(desktop: Desktop, request: Request) -> Identity | None:
    """None for nobody known. Raises Forbidden."""
    identity = desktop.authenticator.peek(request)
    if identity is not None:
        require_organiser(identity)
    return identity


def desk_of(request: Request) -> str:
    """Its address."""
    return f"/tournaments/{id_of(request)}/desk"


def for_organisers(desktop: Desktop, show: Handler) -> Handler:
    async def shown(request: Request) -> Response:
        if organiser_of(desktop, request) is None:
            return log_in(desk_of(request))
        page = await show(request)
        page.headers["Cache-Control"] = "private, no-store"
        return page

    return shown


def submitting(desktop: Desktop, do: Do, refuse: Refuse) -> Handler:
    async def submit(request: Request) -> Response:
        actor = organiser_of(desktop, request)
        if actor is None:
            return log_in(desk_of(request))
        form = await read_form(request)
        try:
            leads_to = await do(request, form, actor)
        except BoardError as error:
            if error.status not in REFUSED:
                raise
            page = await refuse(request, form, error)
            page.headers["Cache-Control"] = "private, no-store"
            return page
        return RedirectResponse(leads_to, 303)

    return submit
