"""Servers that outlived their supervisor: found by their directory, asked to stop, then killed."""

import contextlib
import os
import time
from pathlib import Path
from signal import SIGKILL, Signals

#: What may be left of us, by the kernel's name for it; a shell that stands in the directory is none of ours.
PROGRAMS = frozenset({"postgres", "initdb", "valkey-server", "setpriv", "unshare"})
#: Seconds for a server to write its data down after it was asked to stop.
POLITE_SECONDS = 10.0
#: Seconds until a killed process is gone; longer means that it hangs in the kernel.
KILL_SECONDS = 3.0
#: Seconds between two looks.
LOOK_SECONDS = 0.02


def clear(directory: Path, polite: Signals) -> list[int]:
    """Stop every server that runs in `directory`; the ids of those that would not go.

    Only for the holder of the directory's lock: whatever runs there besides is an orphan.
    """
    return _stop(directory, polite, POLITE_SECONDS) and _stop(directory, SIGKILL, KILL_SECONDS)


def _stop(directory: Path, number: Signals, patience: float) -> list[int]:
    for pid in (remaining := find(directory)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
    deadline = time.monotonic() + patience
    while remaining and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
        remaining = find(directory)
    return remaining


def find(directory: Path) -> list[int]:
    """Process ids of the servers whose working directory this is."""
    pids = (Path(entry) for entry in os.scandir("/proc") if entry.name.isdigit())
    return [int(process.name) for process in pids if _is_ours(process) and _works_in(process, directory)]


def _is_ours(process: Path) -> bool:
    with contextlib.suppress(OSError):
        return (process / "comm").read_text(errors="replace").rstrip("\n") in PROGRAMS
    return False


def _works_in(process: Path, directory: Path) -> bool:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        try:
            return os.path.samefile(process / "cwd", directory)
        except PermissionError:  # it runs as another user: the command line is all that may be seen
            return os.fsencode(directory) in (process / "cmdline").read_bytes().split(b"\0")
    return False
