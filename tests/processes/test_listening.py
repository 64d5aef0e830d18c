import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from sse_board.processes.listening import UNSENT_BYTES, ListenError, listen, url_of


@contextlib.contextmanager
def taken_port() -> Iterator[socket.socket]:
    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        yield stranger


def close(listeners: list[socket.socket]) -> None:
    for listener in listeners:
        listener.close()


def test_a_taken_port_is_refused_even_by_one_who_would_share_it() -> None:
    with taken_port() as stranger:
        port = stranger.getsockname()[1]
        with pytest.raises(ListenError, match=f"^port {port} is taken$"):
            listen("127.0.0.1", port, 1)


def test_a_port_that_is_just_being_left_is_waited_for() -> None:
    with taken_port() as stranger:
        leaving = threading.Timer(0.2, stranger.close)
        leaving.start()
        close(listen("127.0.0.1", stranger.getsockname()[1], 1))
        leaving.join()


def test_all_sockets_of_port_0_get_the_same_free_port() -> None:
    listeners = listen("127.0.0.1", 0, 3)
    assert len({listener.getsockname() for listener in listeners}) == 1
    assert url_of(listeners[0]) == f"http://127.0.0.1:{listeners[0].getsockname()[1]}"
    close(listeners)


def test_connections_reach_every_socket() -> None:
    listeners = listen("127.0.0.1", 0, 2)
    address = listeners[0].getsockname()
    clients = [socket.create_connection(address) for _ in range(64)]
    for listener in listeners:
        listener.settimeout(2)
        listener.accept()[0].close()
    close([*clients, *listeners])


def test_a_wildcard_address_is_shown_as_one_that_can_be_opened() -> None:
    listeners = listen("0.0.0.0", 0, 1)
    assert url_of(listeners[0]).startswith("http://127.0.0.1:")
    close(listeners)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_named(host: str) -> None:
    with pytest.raises(ListenError, match=f"'{host}' is no address of this machine"):
        listen(host, 0, 1)


def test_of_a_reader_that_takes_nothing_the_kernel_keeps_little() -> None:
    (listener,) = listen("127.0.0.1", 0, 1)
    with listener, socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UNSENT_BYTES)
        reader.connect(listener.getsockname())
        writer, _ = listener.accept()
        with writer:
            writer.setblocking(False)
            taken = 0
            with contextlib.suppress(BlockingIOError):
                while taken < 100 * UNSENT_BYTES:
                    taken += writer.send(b"x" * 1_000)
                    time.sleep(0.0001)
    assert taken < 8 * UNSENT_BYTES, "without a limit of ours it is some thirty times as much"
