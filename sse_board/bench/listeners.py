"""The audience itself: `python -m sse_board.bench.listeners`.

A `Job` on stdin; on stdout the `Latency` of the handshakes when every stream has begun; on stdin when each
publication was sent; on stdout what was `Heard`. Ends with stdin.
"""

import gc
import select
import socket
import sys
from array import array
from collections.abc import Iterable, Sequence
from itertools import chain
from time import monotonic, monotonic_ns, process_time

import msgspec

from sse_board.bench.audience import Heard, Job, Latency
from sse_board.bench.load import WrongAnswer
from sse_board.bench.rounds import part

#: Streams that are asked for but have not begun, unless they are opened at a rate.
OPENING = 64
#: Nothing new for so long means that nothing will come: seconds.
SILENCE_SECONDS = 10.0
#: Frames beyond those that were published would come within this: seconds.
SURPLUS_SECONDS = 0.3
#: The longest sleep while streams are opened at a rate: seconds.
STEP_SECONDS = 0.001
#: More than a server sends between two reads.
READ_BYTES = 1 << 18
#: How a read ends that has cut no event in two: an event, with or without the end of a chunk, or the HTTP head.
WHOLE = (b"\n\n", b"\n\n\r\n", b"\r\n\r\n")


class Stream:
    """One connection; `heard`: frames so far."""

    __slots__ = ("begun", "heard", "opened_at", "receive", "rest", "socket")

    def __init__(self, socket: socket.socket, opened_at: int) -> None:
        self.socket = socket
        self.receive = socket.recv_into
        self.opened_at = opened_at
        self.begun = False
        self.heard = 0
        self.rest = b""


class Publication:
    """What the first stream that heard it was sent, and when it came in on each: nanoseconds.

    `read`: all bytes of a read that brought it and nothing else, which is how most streams get it.
    """

    __slots__ = ("arrivals", "frame", "read")

    def __init__(self, frame: bytes) -> None:
        self.frame = frame
        self.read = b""
        self.arrivals = array("q")


class Listeners:
    """All streams of a job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._request, self._ready, self._mark = (text.encode() for text in (job.request, job.ready, job.mark))
        self._epoll = select.epoll()
        self._streams: dict[int, Stream] = {}
        self._buffer = bytearray(READ_BYTES)
        self._publications: list[Publication] = []
        self.handshakes = array("q")

    # -- opening --

    def open_all(self) -> None:
        """Until every one has begun. Raises WrongAnswer."""
        began = news = monotonic()
        begun = 0
        while begun < self._job.streams:
            for _ in range(self._due(monotonic() - began)):
                self._open()
            self.turn(STEP_SECONDS)
            if len(self.handshakes) > begun:
                begun, news = len(self.handshakes), monotonic()
            if monotonic() - news > SILENCE_SECONDS:
                raise WrongAnswer(f"only {begun} of {self._job.streams} streams began")

    def _due(self, seconds: float) -> int:
        """How many more should be open by now, so long after the first."""
        rate, begun = self._job.per_second, len(self.handshakes)
        due = int(seconds * rate) + 1 if rate else begun + OPENING
        return min(due, self._job.streams) - len(self._streams)

    def _open(self) -> None:
        """Connecting blocks for a moment only: the kernel accepts as long as the listener's queue has room."""
        opened_at = monotonic_ns()
        connection = socket.create_connection((self._job.host, self._job.port), SILENCE_SECONDS)
        connection.sendall(self._request)
        connection.setblocking(False)
        self._streams[connection.fileno()] = Stream(connection, opened_at)
        self._epoll.register(connection, select.EPOLLIN)

    # -- reading --

    def watch(self, descriptor: int) -> None:
        self._epoll.register(descriptor, select.EPOLLIN)

    def turn(self, seconds: float) -> bool:
        """Read what comes within this time; whether something came from elsewhere than the streams."""
        called = False
        for descriptor, _ in self._epoll.poll(seconds):
            stream = self._streams.get(descriptor)
            if stream is None:
                called = True
            else:
                self._read(stream)
        return called

    def _read(self, stream: Stream) -> None:
        """The short way, a comparison, is for what another stream was sent already, just so."""
        size = stream.receive(self._buffer)
        now = monotonic_ns()
        if stream.heard < len(self._publications) and not stream.rest:
            publication = self._publications[stream.heard]
            if size == len(publication.read) and self._buffer.startswith(publication.read):
                publication.arrivals.append(now)
                stream.heard += 1
                return
        self._take_apart(stream, stream.rest + self._buffer[:size], now)
        if not size:
            raise WrongAnswer("a stream was ended")

    def _take_apart(self, stream: Stream, read: bytes, now: int) -> None:
        if not read.endswith(WHOLE):
            stream.rest = read
            return
        stream.rest = b""
        if stream.begun:
            self._hear(stream, read, now)
        elif self._ready in read:
            stream.begun = True
            self.handshakes.append(now - stream.opened_at)

    def _hear(self, stream: Stream, read: bytes, now: int) -> None:
        frames = frames_of(read, self._mark) if self._mark else []
        for frame in frames:
            publication = self._publication(stream.heard, frame)
            publication.arrivals.append(now)
            stream.heard += 1
        if len(frames) == 1 and read.count(b"\n\n") == 1:
            publication.read = publication.read or read

    def _publication(self, number: int, frame: bytes) -> Publication:
        if number == len(self._publications):
            self._publications.append(Publication(frame))
        publication = self._publications[number]
        if publication.frame != frame:
            raise WrongAnswer(f"streams were sent different frames: {publication.frame!r} and {frame!r}")
        return publication

    # -- what was heard --

    def wait_for(self, publications: int) -> None:
        """Raises WrongAnswer unless each came on every stream, once."""
        wanted, heard, news = publications * self._job.streams, -1, monotonic()
        while heard < wanted:
            self.turn(SURPLUS_SECONDS)
            if heard < (now_heard := self._heard()):
                heard, news = now_heard, monotonic()
            elif monotonic() - news > SILENCE_SECONDS:
                raise WrongAnswer(f"of {wanted} frames {heard} came")
        self._expect_no_more(publications)

    def _heard(self) -> int:
        return sum(len(publication.arrivals) for publication in self._publications)

    def _expect_no_more(self, publications: int) -> None:
        until = monotonic() + SURPLUS_SECONDS
        while monotonic() < until:
            self.turn(SURPLUS_SECONDS)
        different = {publication.frame for publication in self._publications}
        if len(self._publications) > publications or (self._job.distinct and len(different) < publications):
            raise WrongAnswer("a frame came twice")

    def heard(self, published: Sequence[int], cpu_seconds: float) -> Heard:
        arrivals = [publication.arrivals for publication in self._publications]
        taken = chain.from_iterable(
            (arrival - sent for arrival in arrived) for sent, arrived in zip(published, arrivals, strict=True)
        )
        frame = self._publications[0].frame.decode() + "\n\n"
        return Heard(latency(taken), cpu_seconds / self._heard() * 1e6, frame)


def frames_of(read: bytes, mark: bytes) -> list[bytes]:
    """The events with this mark, without the chunks that they came in: inside of events lines end in LF alone."""
    return [event.rpartition(b"\r\n")[2] for event in read.split(b"\n\n") if mark in event]


def latency(nanoseconds: Iterable[int]) -> Latency:
    ascending = sorted(nanoseconds)
    return Latency(part(ascending, 0.5) / 1e6, part(ascending, 0.99) / 1e6, ascending[-1] / 1e6)


def main() -> None:
    gc.disable()  # else the search for garbage among so many streams would be part of what is measured
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    try:
        _listen(Listeners(job))
    except (WrongAnswer, OSError) as error:
        sys.exit(str(error))


def _listen(listeners: Listeners) -> None:
    listeners.open_all()
    _say(latency(listeners.handshakes))
    listeners.watch(sys.stdin.fileno())
    began = process_time()
    while not listeners.turn(SILENCE_SECONDS):
        pass
    if asked := sys.stdin.buffer.readline():
        published = msgspec.json.decode(asked, type=list[int])
        listeners.wait_for(len(published))
        _say(listeners.heard(published, process_time() - began))
        sys.stdin.buffer.readline()


def _say(answer: msgspec.Struct) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
