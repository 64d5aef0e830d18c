"""`sse-board up`: the embedded stores, the web processes and the worker in one foreground command."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from sse_board.processes.listening import listen, url_of
from sse_board.processes.metrics_ports import listen_for_metrics, metrics_lines
from sse_board.processes.parts import Command
from sse_board.processes.prepare import prepare
from sse_board.processes.serve import web_commands
from sse_board.processes.supervisor import Supervisor
from sse_board.settings import Settings, load_settings
from sse_board.stores.embedded import Embedded

#: Seconds of the drain time that are kept for PostgreSQL and Valkey to write their data down.
STORES_SECONDS = 1


def up(settings: Settings, data: Path, *, workers: int, demo: bool) -> None:
    """Run until SIGTERM or SIGINT. Raises ListenError, EmbeddedError and MigrationError."""
    listeners = listen(settings.host, settings.port, workers)
    metrics = listen_for_metrics(settings, workers)
    url = url_of(listeners[0])
    pair = Embedded(data)
    try:
        pair.start()
        environment = _environment(settings, pair, demo=demo)
        prepare(load_settings(environment))
        welcome = _demo_welcome(url) if demo else _welcome(url)
        print(f"{welcome}\n{metrics_lines(metrics)}", end="", flush=True)
        programs = [*web_commands(listeners, metrics, environment), *_companions(url, environment, demo=demo)]
        stores_seconds = min(STORES_SECONDS, settings.drain_seconds / 2)
        Supervisor([[pair.postgres, pair.valkey], programs], settings.drain_seconds, stores_seconds).run()
    finally:
        pair.stop(STORES_SECONDS)


def _environment(settings: Settings, pair: Embedded, *, demo: bool) -> dict[str, str]:
    """What the programs are told: the operator's own keys go before those in the data folder."""
    chosen = {"JWT_KEYS": settings.jwt_keys, "ACTION_KEYS": settings.action_keys}
    made = {name: value for name, value in pair.environment().items() if not chosen.get(name)}
    drain_seconds = max(1, settings.drain_seconds - STORES_SECONDS)
    quiet = {"LOG_LEVEL": "WARNING"} if demo else {}  # players' requests would push the welcome off the screen
    return {**quiet, **os.environ, **made, "DRAIN_SECONDS": str(drain_seconds)}


def _companions(url: str, environment: Mapping[str, str], *, demo: bool) -> list[Command]:
    worker = Command("worker", [sys.executable, "-m", "sse_board", "worker"], environment)
    players = Command("players", [sys.executable, "-m", "sse_board.demo", url], environment)
    return [worker, players] if demo else [worker]


def _welcome(url: str) -> str:
    return f"sse-board serves {url} (Ctrl-C stops it)"


def _demo_welcome(url: str) -> str:
    return f"""
sse-board is running, and simulated players are scoring. Ctrl-C stops it.

Open
  {url}/                      all boards, live
  {url}/boards/scoreboard     one board
  {url}/tournaments           tournaments, one of them under way

Try
  curl -N '{url}/api/v1/stream?channels=leaderboard:scoreboard'
  curl '{url}/api/v1/scores/leaderboard?board=scoreboard&limit=3'
  curl '{url}/api/v1/boards'
"""
