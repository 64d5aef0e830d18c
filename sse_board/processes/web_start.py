"""How the supervisor starts a web process: `python -m sse_board.processes.web_start FD …`."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sse_board.processes.web import Wrap


def main(*wrap: "Wrap") -> None:
    """Import first, and look for garbage only then: all that is imported stays, and looking through it again and
    again takes a seventh of the time until the process serves."""
    gc.disable()
    from sse_board.processes.web import main as run  # noqa: PLC0415

    run(*wrap)


if __name__ == "__main__":
    main()
