"""`sse-board serve`: web processes on one port, watched."""

import os
import socket
import sys
from collections.abc import Mapping, Sequence

from sse_board.processes.listening import listen, url_of
from sse_board.processes.supervisor import Command, Supervisor
from sse_board.settings import Settings, require

WEB = (sys.executable, "-m", "sse_board.processes.web")


def serve(settings: Settings, workers: int) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError and ListenError."""
    require(settings, "database_url", "redis_url", "jwt_keys", "action_keys")
    listeners = listen(settings.host, settings.port, workers)
    print(f"sse-board serves {url_of(listeners[0])}", flush=True)
    Supervisor([web_commands(listeners, os.environ)], settings.drain_seconds).run()


def web_commands(listeners: Sequence[socket.socket], environment: Mapping[str, str]) -> list[Command]:
    """One web process for each socket, told the address they really have."""
    host, port = listeners[0].getsockname()[:2]
    told = {**environment, "HOST": host, "PORT": str(port)}
    return [
        Command(f"web-{number}", [*WEB, str(listener.fileno())], told, [listener.fileno()])
        for number, listener in enumerate(listeners, 1)
    ]
