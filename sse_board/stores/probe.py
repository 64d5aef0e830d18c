"""Looking whether PostgreSQL answers, and ending what waits for it in vain."""

import asyncio
import contextlib
import os
import select
import socket

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from sse_board.stores.queries import Queries

_queries = Queries("worker")

#: A server that lets a probe wait for so long is as good as down: seconds. Most take a millisecond, on a crowded
#: machine a hundred.
ANSWER_SECONDS = 1.5


def cut(connection: AsyncConnection[TupleRow]) -> None:
    """End every wait of the driver for this connection at once: it finds the socket at its end.

    To cancel what waits would take up to ten seconds, in which the driver asks a silent server to cancel too.
    """
    with contextlib.suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.fileno())) as copy:
        copy.shutdown(socket.SHUT_RDWR)


def has_ended(connection: AsyncConnection[TupleRow]) -> bool:
    """Whether an idle connection is over: a server that was not asked has nothing to say but that."""
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return bool(look.poll(0))


class Probe:
    """A connection that is kept only to see whether the server answers."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: AsyncConnection[TupleRow] | None = None

    async def ask(self) -> None:
        """Raises psycopg.Error or TimeoutError; a server that was restarted meanwhile is well."""
        if self._connection is not None and has_ended(self._connection):
            self.close()
        if self._connection is None:
            async with asyncio.timeout(ANSWER_SECONDS):
                self._connection = await AsyncConnection.connect(
                    self._url, autocommit=True, application_name="sse_board pulse"
                )
        timer = asyncio.get_running_loop().call_later(ANSWER_SECONDS, cut, self._connection)
        try:
            await self._connection.execute(_queries.still_there)
        except BaseException:
            self.close()
            raise
        finally:
            timer.cancel()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.pgconn.finish()
            self._connection = None
