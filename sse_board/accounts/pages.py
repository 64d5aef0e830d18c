"""`/login`, `/register` and `/logout` for browsers: forms that work without script, tokens in cookies."""

from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sse_board.accounts.authentication import Authentication
from sse_board.accounts.caller import caller_of
from sse_board.accounts.cookies import REFRESH_COOKIE, clear_login_cookies, set_login_cookies
from sse_board.accounts.logins import Grant
from sse_board.accounts.rules import new_user
from sse_board.accounts.use_cases import UseCases
from sse_board.errors import BoardError, InvalidRequest
from sse_board.web.origins import safe_next
from sse_board.web.templates import Templates

#: More fields than any form of ours has.
FORM_FIELDS = 20
#: What is shown again after a refusal; never the password.
_KEPT = ("username", "email")


class AccountPages:
    """Form in, redirect out; a refused form comes back with its messages and the kept input."""

    def __init__(self, templates: Templates, authentication: Authentication, use_cases: UseCases) -> None:
        self._templates = templates
        self._authentication = authentication
        self._use = use_cases

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/login", self.show_login, methods=["GET"]),
            Route("/login", self.log_in, methods=["POST"]),
            Route("/register", self.show_register, methods=["GET"]),
            Route("/register", self.register, methods=["POST"]),
            Route("/logout", self.log_out, methods=["POST"]),
        ]

    async def show_login(self, request: Request) -> Response:
        return self._show(request, "login.html")

    async def show_register(self, request: Request) -> Response:
        return self._show(request, "register.html")

    def _show(self, request: Request, template: str) -> Response:
        target = safe_next(request.query_params.get("next", "/"))
        if self._authentication.peek(request) is not None:
            return RedirectResponse(target, 303)
        return self._templates.page(template, viewer=None, values=dict.fromkeys(_KEPT, ""), errors={}, next=target)

    async def log_in(self, request: Request) -> Response:
        form = await read_form(request)
        try:
            grant = await self._use.login.log_in(
                form.get("username", ""), form.get("password", ""), caller_of(request)
            )
        except BoardError as error:
            return self._refused("login.html", form, error)
        return _welcome(request, form, grant)

    async def register(self, request: Request) -> Response:
        form = await read_form(request)
        username, email, password = (form.get(name, "") for name in ("username", "email", "password"))
        try:
            user = new_user(username, email, password, form.get("timeZone") or "UTC")
            grant = await self._use.registration.register(user, caller_of(request))
        except BoardError as error:
            return self._refused("register.html", form, error)
        return _welcome(request, form, grant)

    def _refused(self, template: str, form: dict[str, str], error: BoardError) -> Response:
        if error.status >= 500:
            raise error
        page = self._templates.page(
            template,
            error.status,
            viewer=None,
            values={name: form.get(name, "") for name in _KEPT},
            errors=dict(error.details or {"form": error.message}),
            next=safe_next(form.get("next", "/")),
        )
        page.headers.update(error.headers)
        return page

    async def log_out(self, request: Request) -> Response:
        identity = self._authentication.peek(request)
        if identity is not None:
            await self._use.logout.end(identity.login_id)
        elif REFRESH_COOKIE in request.cookies:
            await self._use.logout.end_by_refresh_token(request.cookies[REFRESH_COOKIE])
        response = RedirectResponse("/", 303)
        clear_login_cookies(response, request)
        return response


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a plain HTML form. Raises InvalidRequest."""
    body = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=FORM_FIELDS))
    except ValueError:
        raise InvalidRequest(f"The form has more than {FORM_FIELDS} fields.") from None


def _welcome(request: Request, form: dict[str, str], grant: Grant) -> Response:
    response = RedirectResponse(safe_next(form.get("next", "/")), 303)
    set_login_cookies(response, request, grant)
    return response
