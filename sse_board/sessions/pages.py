"""`/runs`: what is played right now; one's own runs are begun, told of and ended by plain forms."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sse_board.accounts.pages import read_form
from sse_board.errors import BoardError, Conflict, InvalidRequest
from sse_board.live.painted import Painted
from sse_board.sessions.forms import fields_of, told
from sse_board.sessions.progress import Progress
from sse_board.sessions.runs import Runs
from sse_board.sessions.showing import LANES_LIMIT, RunShowing
from sse_board.web.following import page_stream
from sse_board.web.identity import Authenticator, Identity
from sse_board.web.templates import Templates

FindViewer = Callable[[Request], Awaitable[Any]]
Change = Callable[[Request, Identity], Awaitable[str]]


class RunPages:
    def __init__(
        self,
        runs: Runs,
        progress: Progress,
        showing: RunShowing,
        authenticator: Authenticator,
        apps: Callable[[], frozenset[str]],
        templates: Templates,
        viewer: FindViewer,
        painted: Painted,
    ) -> None:
        self._runs = runs
        self._progress = progress
        self._showing = showing
        self._authenticator = authenticator
        self._apps = apps
        self._templates = templates
        self._viewer = viewer
        self._painted = painted

    def routes(self) -> list[Route]:
        return [
            Route("/runs", self.all, methods=["GET"]),
            Route("/runs", self._form(self.start), methods=["POST"]),
            Route("/runs/part", self.all_part, methods=["GET"]),
            Route("/runs/{run_id:uuid}", self.one, methods=["GET"]),
            Route("/runs/{run_id:uuid}/part", self.one_part, methods=["GET"]),
            Route("/runs/{run_id:uuid}/beside", self.beside_part, methods=["GET"]),
            Route("/runs/{run_id:uuid}/progress", self._form(self.tell), methods=["POST"]),
            Route("/runs/{run_id:uuid}/end", self._form(self.end), methods=["POST"]),
        ]

    # -- all of them --

    async def all(self, request: Request) -> Response:
        """`?app=`: only that. Raises InvalidRequest, Unavailable."""
        return await self._all(request)

    async def _all(self, request: Request, error: BoardError | None = None) -> Response:
        app = None if error else self._app(request)
        live = await self._showing.all(app)
        return self._templates.page(
            "runs.html",
            error.status if error else 200,
            viewer=await self._viewer(request),
            apps=sorted(self._apps()),
            complaint=error and error.message,
            stream_url=page_stream(self._showing.channel(card.id) for card in live.cards),
            **_list_parts(live, app),
        )

    async def all_part(self, request: Request) -> Response:
        """The list by itself, for who polls. Raises InvalidRequest, Unavailable."""
        app = self._app(request)
        live = await self._showing.all(app)
        return self._painted.answer(request, "fragments/lanes.html", **_list_parts(live, app))

    def _app(self, request: Request) -> str | None:
        app = request.query_params.get("app")
        if app is not None and app not in self._apps():
            known = ", ".join(sorted(self._apps()))
            raise InvalidRequest("There is no such app.", details={"app": f"one of {known}"})
        return app

    # -- one of them --

    async def one(self, request: Request) -> Response:
        """Raises NotFound, Unavailable."""
        return await self._one(request)

    async def _one(
        self, request: Request, error: BoardError | None = None, values: dict[str, str] | None = None
    ) -> Response:
        run_id = str(request.path_params["run_id"])
        card = await self._showing.one(run_id)
        viewer = await self._viewer(request)
        is_own = card.is_live and viewer is not None and viewer.id == card.user_id
        return self._templates.page(
            "run.html",
            error.status if error else 200,
            viewer=viewer,
            card=card,
            beside=await self._showing.beside(run_id) if card.is_live else None,
            fields=fields_of(card.app) if is_own else None,
            values=values or {},
            complaint=error and error.message,
            stream_url=page_stream(self._showing.channels(card.id)),
        )

    async def one_part(self, request: Request) -> Response:
        card = await self._showing.one(str(request.path_params["run_id"]))
        return self._painted.answer(request, "fragments/run.html", version=card.version, card=card)

    async def beside_part(self, request: Request) -> Response:
        parts = await self._showing.beside(str(request.path_params["run_id"]))
        return self._painted.answer(request, "fragments/beside.html", **parts)

    # -- forms --

    def _form(self, change: Change) -> Callable[[Request], Awaitable[Response]]:
        """The route of a form: on to where it leads; what is refused comes back with its message."""

        async def submitted(request: Request) -> Response:
            identity = self._authenticator.peek(request)
            if identity is None:
                return RedirectResponse(f"/login?next={quote(_page_of(request))}", 303)
            try:
                return RedirectResponse(await change(request, identity), 303)
            except BoardError as error:
                if error.status not in (400, 409, 429, 503):
                    raise
                if "run_id" not in request.path_params:
                    return await self._all(request, error)
                return await self._one(request, error, await read_form(request))

        return submitted

    async def start(self, request: Request, identity: Identity) -> str:
        app = (await read_form(request)).get("app", "")
        if app not in self._apps():
            raise InvalidRequest("Choose what to play first.")
        run_id, _ = await self._runs.start(identity.user_id, app)
        return f"/runs/{run_id}"

    async def tell(self, request: Request, identity: Identity) -> str:
        run_id, form = str(request.path_params["run_id"]), await read_form(request)
        card = await self._showing.one(run_id)
        if not card.is_live:
            raise Conflict("This run has ended.")
        await self._progress.tell_fields(run_id, identity, told(card.app, form))
        return f"/runs/{run_id}"

    async def end(self, request: Request, identity: Identity) -> str:
        run = await self._runs.end(str(request.path_params["run_id"]), identity.user_id)
        return f"/runs/{run.id}"


def _list_parts(live: Any, app: str | None) -> dict[str, Any]:
    return {"live": live, "app": app, "most": LANES_LIMIT, "version": live.version}


def _page_of(request: Request) -> str:
    run_id = request.path_params.get("run_id")
    return f"/runs/{run_id}" if run_id else "/runs"
