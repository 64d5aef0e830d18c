"""`sse-board` as the next version of itself: `python -m tests.support.newer serve …`."""

import sys

from sse_board.processes import serve, web_start
from sse_board.web import templates

#: Run by the supervisor of this program, in the place of the web process.
PROGRAM = "tests.support.newer"
BUILD = "5e5510d00000"


def main() -> int:
    templates.build_id = lambda *_: BUILD
    if sys.argv[1:2] != ["serve"]:
        web_start.main()
        return 0
    from sse_board.__main__ import main as sse_board  # noqa: PLC0415

    serve.WEB = (sys.executable, "-m", PROGRAM)
    return sse_board()


if __name__ == "__main__":
    sys.exit(main())
