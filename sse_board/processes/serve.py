"""`sse-board serve`: web processes on one port, watched, and replaced on SIGHUP."""

import os
import socket
import sys
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from sse_board.processes.listening import listen, url_of
from sse_board.processes.metrics_ports import listen_for_metrics, metrics_lines
from sse_board.processes.parts import Command
from sse_board.processes.supervisor import Supervisor
from sse_board.settings import Settings, require

WEB = (sys.executable, "-m", "sse_board.processes.web_start")


def serve(settings: Settings, workers: int) -> None:
    """Run until SIGTERM or SIGINT; SIGHUP rolls. Raises SettingsError and ListenError."""
    require(settings, "database_url", "redis_url", "jwt_keys", "action_keys")
    listeners = listen(settings.host, settings.port, workers)
    metrics = listen_for_metrics(settings, workers)
    print(f"sse-board serves {url_of(listeners[0])}\n{metrics_lines(metrics)}", end="", flush=True)
    web = web_commands(listeners, metrics, os.environ)
    Supervisor([web], settings.drain_seconds, rolling=web).run()


def web_commands(
    listeners: Sequence[socket.socket], metrics: Sequence[socket.socket], environment: Mapping[str, str]
) -> list[Command]:
    """One web process for each socket, told the address they really have; `metrics` has one for each, or none."""
    host, port = listeners[0].getsockname()[:2]
    told = {**environment, "HOST": host, "PORT": str(port)}
    pairs = enumerate(zip_longest(listeners, metrics))
    return [_web_command(index, listener, metric, told) for index, (listener, metric) in pairs]


def _web_command(
    index: int, listener: socket.socket, metric: socket.socket | None, told: Mapping[str, str]
) -> Command:
    arguments, descriptors = [str(listener.fileno()), "--index", str(index)], [listener.fileno()]
    if metric is not None:
        arguments += ["--metrics", str(metric.fileno())]
        descriptors.append(metric.fileno())
    return Command(f"web-{index + 1}", [*WEB, *arguments], told, descriptors)
