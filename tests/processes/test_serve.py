import os
import signal
import urllib.request
from collections.abc import Callable

from tests.support.processes import alive, command_line, descendants, eventually
from tests.support.servers import Stores, WebServer


def web_processes(server: WebServer) -> list[int]:
    below = descendants(server.process.pid)
    return [pid for pid in below if alive(pid) and "sse_board.processes.web" in command_line(pid)]


def test_a_web_process_that_is_killed_comes_back_and_its_callers_only_wait(
    stores: Stores, serve: Callable[..., WebServer]
) -> None:
    server = serve(stores, workers=2)
    killed, survivor = web_processes(server)
    os.kill(killed, signal.SIGKILL)
    for _ in range(16):  # about half of them reach the socket that nobody serves for the moment
        with urllib.request.urlopen(f"{server.url}/livez", timeout=20) as answer:
            assert answer.status == 200
    eventually(lambda: len(web_processes(server)) == 2)
    assert survivor in web_processes(server)
    server.stop()


def test_a_stop_ends_streams_and_leaves_no_trace(stores: Stores, serve: Callable[..., WebServer]) -> None:
    server = serve(stores, workers=1)
    stream = f"{server.url}/api/v1/stream?channels=leaderboard:scoreboard"
    with urllib.request.urlopen(stream, timeout=10) as answer:
        assert b"connected" in answer.readline() + answer.readline()
        server.end()
        assert b"stream.rotate" in answer.read()
    server.stop()
