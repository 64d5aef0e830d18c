"""`sse-board` on a server that lets nobody write to its sockets: `python -m tests.support.portable serve …`."""

import sys

from starlette.types import ASGIApp, Receive, Scope, Send

from sse_board.processes import serve, web_start
from sse_board.web.sockets import ADOPT, TAP

#: Run by the supervisor of this program, in the place of the web process.
PROGRAM = "tests.support.portable"


class Plain:
    """The application without the extensions that our own server offers it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions = scope.get("extensions", {})
        kept = {name: value for name, value in extensions.items() if name not in (ADOPT, TAP)}
        await self._app({**scope, "extensions": kept}, receive, send)


def main() -> int:
    if sys.argv[1:2] != ["serve"]:
        web_start.main(Plain)
        return 0
    from sse_board.__main__ import main as sse_board  # noqa: PLC0415

    serve.WEB = (sys.executable, "-m", PROGRAM)
    return sse_board()


if __name__ == "__main__":
    sys.exit(main())
