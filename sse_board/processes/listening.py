"""Listening sockets that the supervisor owns, so that no connection is lost while a web process changes."""

import errno
import socket
import time

#: Connections that may wait to be accepted, per socket: a crowd that reconnects at once after a restart.
BACKLOG = 2048
#: Seconds in which processes of a supervisor that was killed a moment ago close their listeners …
PATIENCE_SECONDS = 1.0
#: … and seconds between two looks whether they have.
RETRY_SECONDS = 0.05
#: A peer that vanished, or takes nothing any more, is given up by the kernel: else its socket would be kept as
#: long as there is something to send. Half a minute without an answer, half a minute of silence before asking.
VANISHED = {
    (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT): 30_000,  # milliseconds
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE): 1,
    (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE): 30,  # seconds
    (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL): 10,  # seconds
}
#: Of what a reader does not take the kernel keeps so much beside what is on its way: bytes. By itself it keeps
#: four megabytes, of news that are old by the time they are read.
UNSENT_BYTES = 64 * 1024


class ListenError(Exception):
    """Why this address cannot be listened on, in one line."""


def listen(host: str, port: int, count: int) -> list[socket.socket]:
    """`count` sockets on one address, among which the kernel spreads connections; port 0 is any free one.

    Raises ListenError when the port is taken or the address is not ours.
    """
    family, address = _resolve(host, port)
    try:
        address = _probe(family, address)
        return [_listener(family, address) for _ in range(count)]
    except OSError as error:
        raise ListenError(_explain(host, port, error)) from None


def _resolve(host: str, port: int) -> tuple[socket.AddressFamily, tuple[object, ...]]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror:
        raise ListenError(f"{host!r} is no address of this machine") from None
    family, _, _, _, address = found[0]
    return family, address


def _probe(family: socket.AddressFamily, address: tuple[object, ...]) -> tuple[object, ...]:
    """The address that a lone bind gets: SO_REUSEPORT alone would join a stranger's port without a word."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return _bind_alone(family, address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > deadline:
                raise
            time.sleep(RETRY_SECONDS)


def _bind_alone(family: socket.AddressFamily, address: tuple[object, ...]) -> tuple[object, ...]:
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)
        bound: tuple[object, ...] = probe.getsockname()
        return bound


def _listener(family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    for option, value in VANISHED.items():  # accepted connections inherit them
        listener.setsockopt(*option, value)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_BYTES)
    listener.bind(address)
    listener.listen(BACKLOG)
    return listener


def _explain(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host!r} is no address of this machine"
    return f"cannot listen on {host} port {port}: {error.strerror}"


def url_of(listener: socket.socket) -> str:
    """Where a browser on this machine finds it."""
    host, port = listener.getsockname()[:2]
    local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{local}]:{port}" if ":" in local else f"http://{local}:{port}"
