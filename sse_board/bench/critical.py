"""`sse-board bench critical`: how soon everybody has a CRITICAL announcement while boards keep the line busy."""

import argparse
import threading
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

import msgspec

from sse_board.accounts.tokens import Tokens
from sse_board.bench.beside import Start, c_loop
from sse_board.bench.broadcast import FLOOR, p99
from sse_board.bench.crowd import equip
from sse_board.bench.fanout import OURS
from sse_board.bench.figures import Measured, judge_beside, print_broadcasts
from sse_board.bench.load import WrongAnswer
from sse_board.bench.ours import Board
from sse_board.bench.publisher import Publisher
from sse_board.bench.stage import HOST, Stage, perform
from sse_board.bench.venue import Broadcast, Load, Venue, broadcast
from sse_board.clock import utc_now
from sse_board.settings import Settings

#: What 99 of 100 streams wait for it, beside the C loop's.
MUST = 2.0
#: Longer than a measurement takes, opening the streams included: actions are signed for so long. Seconds.
PREPARED_SECONDS = 120
#: How long the last action may take to be answered when the measurement is over: seconds.
JOIN_SECONDS = 15.0

STREAM = "/api/v1/stream?channels=leaderboard:scoreboard,system"
EVENT = "event: system.announcement"
PATH = "/api/v1/admin/announcements"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--streams", type=int, default=5_000, help="streams of a board and of `system` (5000)")
    parser.add_argument("--busy", type=float, default=4.0, help="actions a second that all streams are told (4)")
    parser.add_argument("--rate", type=float, default=0.8, help="announcements a second (0.8)")
    parser.add_argument("--frames", type=int, default=10, help="announcements of each measurement (10)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, in each of which both take turns (3)")
    parser.set_defaults(func=critical)


def critical(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when an announcement was lost or came twice."""
    load = Load(args.streams, args.rate, args.frames)
    return perform(lambda here: _critical(here, load, args.rounds, args.busy))


def _critical(here: Stage, load: Load, rounds: int, busy: float) -> int:
    board, venue = Board(here), _venue(here)
    frame = broadcast(venue, Load(1, 1.0, 1)).frame
    print(
        f"{rounds} rounds of {load.publications} announcements, {load.rate:g} a second, of {len(frame)} bytes",
        end="",
    )
    print(f", to {load.streams} streams of one process, which are told {busy:g} actions a second as well\n")
    taken: dict[str, list[Broadcast]] = {}
    for _ in range(rounds):
        with _acting(board, busy):
            taken.setdefault(OURS, []).append(broadcast(venue, load))
        _beside(taken, c_loop(), frame, load)
    return _report(taken)


def _beside(taken: dict[str, list[Broadcast]], start: Start | None, frame: str, load: Load) -> None:
    """The same bytes to as many sockets, with nothing else to do."""
    if start is not None:
        with start(frame) as floor:
            taken.setdefault(FLOOR, []).append(broadcast(floor, load))


def _report(measured: Measured) -> int:
    print_broadcasts(measured)
    times = p99(measured)
    print(f"\n{'p99':40}     least    middle      most")
    return 0 if judge_beside("beside the C loop", times[OURS], times.get(FLOOR, []), MUST) else 1


# -- announcing --


def _venue(here: Stage) -> Venue:
    """A connection for each announcement: none stays open that is silent for as long as streams are opened."""
    requests = _announcements(here)

    def announce() -> None:
        with closing(Publisher(here.port, requests)) as publisher:
            publisher()

    return Venue(here.pids["web"], here.port, STREAM, "event: heartbeat", EVENT, announce, distinct=True)


def _announcements(here: Stage) -> Iterator[bytes]:
    """Requests of an admin, each saying something else."""
    (player,) = equip(here.settings, 1)
    tokens = Tokens(here.settings.jwt_keys, utc_now, lambda: str(uuid.uuid4()))
    token = tokens.access(tokens.verify_access(player.token).user_id, "ADMIN", str(uuid.uuid4()), 1, 1)
    for number in count(1):
        body = msgspec.json.encode(
            {"title": f"Alarm {number}", "message": "Leave the hall.", "priority": "CRITICAL"}
        )
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {HOST}:{here.port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
        yield head.encode("ascii") + body


# -- keeping the line busy --


@contextmanager
def _acting(board: Board, per_second: float) -> Iterator[None]:
    """Players act meanwhile; each action is a frame for every stream."""
    over, failures = threading.Event(), list[Exception]()
    with board.venue(round(per_second * PREPARED_SECONDS)) as venue:

        def act() -> None:
            try:
                while not over.wait(1 / per_second):
                    venue.publish()
            except Exception as error:  # told below, in the thread that can
                failures.append(error)

        thread = threading.Thread(target=act)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(JOIN_SECONDS)
    if failures:
        raise WrongAnswer(f"the boards were not busy: {failures[0]!r}")
