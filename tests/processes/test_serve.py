import os
import signal
import urllib.request
from collections.abc import Callable

from tests.support.processes import alive, command_line, descendants, eventually
from tests.support.servers import Stores, WebServer, is_ready


def web_processes(server: WebServer) -> list[int]:
    below = descendants(server.process.pid)
    return [pid for pid in below if alive(pid) and "sse_board.processes.web" in command_line(pid)]


def test_web_processes_that_are_killed_come_back_on_the_same_port(
    stores: Stores, serve: Callable[..., WebServer]
) -> None:
    server = serve(stores, workers=2)
    before = web_processes(server)
    assert len(before) == 2
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: is_ready(server.url))
    eventually(lambda: len(web_processes(server)) == 2)
    assert not set(before) & set(web_processes(server))
    server.kill()
    eventually(lambda: not is_ready(server.url))


def test_a_stop_ends_streams_and_leaves_no_trace(stores: Stores, serve: Callable[..., WebServer]) -> None:
    server = serve(stores, workers=1)
    stream = f"{server.url}/api/v1/stream?channels=leaderboard:scoreboard"
    with urllib.request.urlopen(stream, timeout=10) as answer:
        assert answer.readline().startswith(b"event: connected") or answer.readline()
        server.process.terminate()
        assert b"stream.rotate" in answer.read()
    server.stop()
