"""A private PostgreSQL and Valkey for one data directory: no ports, no passwords, nothing left behind."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import IO
from urllib.parse import quote

from sse_board.stores.postgres_server import SOCKET_NAME, USER, PostgresServer
from sse_board.stores.secrets import kept_key
from sse_board.stores.server import EmbeddedError
from sse_board.stores.valkey_server import ValkeyServer

#: Bytes in the kernel's `sun_path`, less its final zero.
SOCKET_PATH_BYTES = 107
#: Seconds for each server to stop before it is killed, where the caller has no deadline of their own.
STOP_SECONDS = 10.0


class Embedded:
    """Both servers of one data directory. One at a time may hold it; main thread only.

    Raises EmbeddedError when the directory is taken or unusable, or a server will not start.
    """

    def __init__(self, data: Path) -> None:
        if shutil.which("setpriv") is None:
            raise EmbeddedError("the embedded servers need the program setpriv (util-linux)")
        self.data = data.resolve()
        self._lock = _take(self.data)
        try:
            self._sockets = _socket_folder(self.data)
            self.postgres = PostgresServer(self.data, self._sockets)
            self.valkey = ValkeyServer(self.data, self._sockets)
        except BaseException:
            self._lock.close()
            raise

    def start(self) -> None:
        """Return when both answer."""
        self.postgres.start()
        self.valkey.start()
        self.postgres.wait_until_ready()
        self.valkey.wait_until_ready()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Stop both and let the directory go. `seconds` is for each."""
        self.valkey.stop(seconds)
        self.postgres.stop(seconds)
        self._lock.close()

    def database_url(self, database: str = "postgres") -> str:
        """For libpq: the socket's folder is a parameter, because a host name cannot hold every path."""
        host = quote(os.fsencode(self._sockets), safe="")
        return f"postgresql:///{quote(database)}?host={host}&user={USER}"

    def redis_url(self, number: int = 0) -> str:
        return f"unix://{quote(os.fsencode(self.valkey.socket))}?db={number}"

    def environment(self) -> dict[str, str]:
        """What a child needs to know to use this pair: `DATABASE_URL`, `REDIS_URL` and the secrets."""
        secrets = {name: kept_key(self.data / name) for name in ("JWT_KEYS", "ACTION_KEYS")}
        return {"DATABASE_URL": self.database_url(), "REDIS_URL": self.redis_url(), **secrets}


def _take(data: Path) -> IO[bytes]:
    """The directory's lock; the kernel drops it when we die, and no child inherits it."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (data / "lock").open("ab")
    except OSError as error:
        raise EmbeddedError(f"the data folder {data} cannot be used: {error.strerror}") from None
    with contextlib.suppress(BlockingIOError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return lock
    lock.close()
    raise EmbeddedError(f"the data folder {data} is in use by another sse-board")


def _socket_folder(data: Path) -> Path:
    """`run` in the data directory, or a folder of ours in /tmp where no socket path can be made of that."""
    folder = data / "run"
    too_long = len(os.fsencode(folder / SOCKET_NAME)) > SOCKET_PATH_BYTES
    if too_long or "," in str(folder):  # libpq takes a comma for the end of a host
        name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir(), f"sse-board-{os.geteuid()}-{name}")
    folder.mkdir(mode=0o700, exist_ok=True)
    _check_private(folder)
    return folder


def _check_private(folder: Path) -> None:
    """In /tmp others may have been faster: a link, or a folder of theirs."""
    info = folder.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != os.geteuid() or info.st_mode & 0o077:
        raise EmbeddedError(f"{folder} is not a private folder of this user")
