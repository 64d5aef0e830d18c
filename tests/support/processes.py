"""Looking at processes from outside, by /proc."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def eventually(check: Callable[[], object], seconds: float = 10.0) -> None:
    """Wait until `check` is true; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, f"not so after {seconds} s"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether it runs; one that ended but was never collected does not."""
    return _stat(pid)[:1] not in ([], ["Z"])


def descendants(pid: int) -> list[int]:
    children = [int(entry.name) for entry in Path("/proc").iterdir() if _is_child(entry.name, pid)]
    return [*children, *(below for child in children for below in descendants(child))]


def threads_of(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/task"))


def command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def web_processes(serve: int) -> list[int]:
    """Those that run below this `sse-board serve`."""
    return [pid for pid in descendants(serve) if alive(pid) and "sse_board.processes.web" in command_line(pid)]


def kill_below(pid: int, name: str) -> None:
    """SIGKILL the one process below this one that has `name` in its command line."""
    (found,) = [below for below in descendants(pid) if name in command_line(below)]
    os.kill(found, signal.SIGKILL)


def _is_child(name: str, parent: int) -> bool:
    return name.isdigit() and _stat(int(name))[1:2] == [str(parent)]


def _stat(pid: int) -> list[str]:
    """State, parent and so on: what follows the program's name, which may hold anything."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    return []
