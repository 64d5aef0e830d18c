import os
import signal
import time
import urllib.request
from collections.abc import Callable

from tests.support.processes import eventually, web_processes
from tests.support.servers import Stores, WebServer
from tests.support.wire import connect, read_answer


def test_a_web_process_that_is_killed_comes_back_and_its_callers_only_wait(
    stores: Stores, serve: Callable[..., WebServer]
) -> None:
    server = serve(stores, workers=2)
    killed, survivor = web_processes(server.process.pid)
    os.kill(killed, signal.SIGKILL)
    for _ in range(16):  # about half of them reach the socket that nobody serves for the moment
        with urllib.request.urlopen(f"{server.url}/livez", timeout=20) as answer:
            assert answer.status == 200
    eventually(lambda: len(web_processes(server.process.pid)) == 2)
    assert survivor in web_processes(server.process.pid)
    server.stop()


def test_who_waits_at_the_socket_of_a_process_that_is_killed_is_served_by_the_next(
    stores: Stores, serve: Callable[..., WebServer]
) -> None:
    server = serve(stores, workers=1)
    (killed,) = web_processes(server.process.pid)
    os.kill(killed, signal.SIGSTOP)  # it accepts nobody any more
    waiting = [connect(server.url) for _ in range(8)]
    for connection in waiting:
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    os.kill(killed, signal.SIGKILL)
    for connection in waiting:
        with connection:
            assert read_answer(connection).status_code == 200
    server.stop()


def test_who_was_accepted_before_a_stop_and_asks_late_is_answered(
    stores: Stores, serve: Callable[..., WebServer]
) -> None:
    server = serve(stores, workers=1, DRAIN_SECONDS=4)
    with connect(server.url) as connection:
        time.sleep(0.2)
        server.end()
        time.sleep(1.5)
        connection.sendall(b"GET /livez HTTP/1.1\r\nHost: here\r\n\r\n")
        assert read_answer(connection).status_code == 200
    server.stop()


def test_a_stop_ends_streams_and_leaves_no_trace(stores: Stores, serve: Callable[..., WebServer]) -> None:
    server = serve(stores, workers=1)
    stream = f"{server.url}/api/v1/stream?channels=leaderboard:scoreboard"
    with urllib.request.urlopen(stream, timeout=10) as answer:
        assert b"connected" in answer.readline() + answer.readline()
        server.end()
        assert b"stream.rotate" in answer.read()
    server.stop()
