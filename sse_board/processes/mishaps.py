"""What may well go wrong, as the one line that an operator is told instead of a traceback."""

import psycopg

from sse_board.processes.listening import ListenError
from sse_board.stores.migrations import MigrationError
from sse_board.stores.server import EmbeddedError

EXPECTED = (MigrationError, EmbeddedError, ListenError)


def in_one_line(error: Exception) -> str | None:
    """None for what is a fault of the program."""
    if isinstance(error, EXPECTED):
        return str(error)
    if isinstance(error, psycopg.OperationalError):  # its further lines are guesses at why
        return f"the database does not answer: {str(error).partition(chr(10))[0]}"
    return None
