"""What else could serve the same streams: a bare C loop, the textbook's way, and nginx with nchan.

Each is a process that is started for one measurement, and is given one of our frames to send.
"""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from signal import SIGKILL
from string import Template

from sse_board import ROOT
from sse_board.bench.load import WrongAnswer
from sse_board.bench.publisher import Publisher
from sse_board.bench.requests import Same
from sse_board.bench.stage import HOST, end, running
from sse_board.bench.venue import Venue
from sse_board.processes.listening import listen
from sse_board.stores.child import spawn

COMPILERS = ("cc", "gcc", "clang")
#: Where nginx is, on systems that do not let users find it.
SYSTEM_PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
#: Connections that nginx makes room for: more than it may open files.
CONNECTIONS = 50_000
#: Seconds in which nginx must be listening.
START_SECONDS = 10.0
#: The end of the answer's head: nothing else comes before the first publication.
READY = "\r\n\r\n"

#: Starts a server that will send this frame.
Start = Callable[[str], AbstractContextManager[Venue]]


def others() -> dict[str, Start | None]:
    """By name; None for what this machine does not have."""
    return {"C loop": c_loop(), "sse-starlette": textbook, "nginx nchan": nchan()}


# -- a bare loop --


def c_loop() -> Start | None:
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    return None if compiler is None else lambda frame: _c_loop(compiler, frame)


@contextmanager
def _c_loop(compiler: str, frame: str) -> Iterator[Venue]:
    with tempfile.TemporaryDirectory(prefix="sse-board-floor-") as folder:
        chunk, program = Path(folder, "chunk"), Path(folder, "floor")
        chunk.write_bytes(f"{len(frame):x}\r\n{frame}\r\n".encode())
        command = [compiler, "-O2", "-o", str(program), str(ROOT / "bench" / "floor.c")]
        subprocess.run(command, check=True)  # noqa: S603 - an argument vector, no shell
        pipe = subprocess.PIPE
        with subprocess.Popen([program, chunk], stdin=pipe, stdout=pipe, bufsize=0) as process:  # noqa: S603
            assert process.stdout is not None
            port = int(process.stdout.readline())
            yield Venue(process.pid, port, "/", READY, _first_line(frame), lambda: _press_enter(process))


def _press_enter(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None
    process.stdin.write(b"\n")


# -- the textbook's way --


@contextmanager
def textbook(frame: str) -> Iterator[Venue]:
    (listener,) = listen(HOST, 0, 1)
    port = listener.getsockname()[1]
    with (
        tempfile.TemporaryDirectory(prefix="sse-board-textbook-") as folder,
        running("sse_board.bench.textbook", None, listener, Path(folder, "log")) as pid,
        closing(_publisher(port, frame)) as publisher,
    ):
        yield Venue(pid, port, "/stream", READY, _first_line(frame), publisher)


# -- nginx --


def nchan() -> Start | None:
    """Where the module is, nginx itself says."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path=SYSTEM_PATH)
    if nginx is None:
        return None
    built = subprocess.run([nginx, "-V"], capture_output=True, text=True, check=True).stderr  # noqa: S603
    folder = re.search(r"--modules-path=(\S+)", built)
    module = Path(folder[1] if folder else "", "ngx_nchan_module.so")
    return (lambda frame: _nchan(nginx, module, frame)) if module.exists() else None


@contextmanager
def _nchan(nginx: str, module: Path, frame: str) -> Iterator[Venue]:
    with tempfile.TemporaryDirectory(prefix="sse-board-nchan-") as folder:
        configuration, port = Path(folder, "nginx.conf"), _free_port()
        template = Template((ROOT / "bench" / "nchan.conf").read_text(encoding="utf-8"))
        names = {"module": module, "folder": folder, "port": port, "connections": CONNECTIONS}
        configuration.write_text(template.substitute(names), encoding="utf-8")
        process = spawn([nginx, "-p", folder, "-c", str(configuration)], death=SIGKILL)
        try:
            _wait_until_listening(port)
            with closing(_publisher(port, frame)) as publisher:
                yield Venue(process.pid, port, "/stream", READY, _first_line(frame), publisher)
        finally:
            end(process)


def _free_port() -> int:
    """It takes no socket that is open already."""
    (listener,) = listen(HOST, 0, 1)
    with listener:
        return int(listener.getsockname()[1])


def _wait_until_listening(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection((HOST, port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise WrongAnswer("nginx does not start") from None
            time.sleep(0.05)
        else:
            return


# -- the frame --


def _first_line(frame: str) -> str:
    """Which names the event."""
    return frame.partition("\n")[0]


def _publisher(port: int, frame: str) -> Publisher:
    """Posts the event's data; both servers put its name and data into a frame by themselves."""
    named, data, *_ = frame.split("\n")
    name, body = named.removeprefix("event: "), data.removeprefix("data: ")
    head = f"POST /publish HTTP/1.1\r\nHost: {HOST}:{port}\r\nContent-Length: {len(body)}\r\n"
    request = f"{head}X-EventSource-Event: {name}\r\nContent-Type: text/plain\r\n\r\n{body}"
    return Publisher(port, Same(request).prepare())
