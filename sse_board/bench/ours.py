"""Our own streams: a board of ten that signed actions change, one row at a time."""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sse_board.bench.crowd import equip, gather
from sse_board.bench.load import WrongAnswer
from sse_board.bench.publisher import Publisher
from sse_board.bench.requests import Actions
from sse_board.bench.stage import HOST, Stage
from sse_board.bench.venue import Load, Venue, broadcast

#: All of them are in the window. They act in turn, so everybody keeps their rank and each action changes one row.
PLAYERS = 10
#: Seconds in which the web process must have noticed that the board was filled anew, and between two looks.
NOTICE_SECONDS, LOOK_SECONDS = 10.0, 0.1

BOARD = "/api/v1/scores/leaderboard?board=scoreboard&limit=10"
STREAM = "/api/v1/stream?channels=leaderboard:scoreboard"
EVENT = "event: leaderboard.update"
SNAPSHOT = '"snapshot":true'


class Board:
    """Publishing is acting: what is published went through checks, commit, fold and hint."""

    def __init__(self, here: Stage) -> None:
        self._here = here
        #: The next action's number, beyond those of any board before.
        self._next = time.time_ns()
        before = version_at(here.url)
        gather(here.settings.database_url, PLAYERS)
        wait_for_another(before, here.url)
        #: What is sent for one action.
        self.frame = self._one_frame()

    @contextmanager
    def venue(self, publications: int) -> Iterator[Venue]:
        """For so many: actions are signed beforehand, and must not be old when they are sent."""
        here, turn = self._here, self._next % PLAYERS
        players = equip(here.settings, PLAYERS)
        in_turn = players[turn:] + players[:turn]
        actions = Actions(f"{HOST}:{here.port}", in_turn, self._next, publications)
        self._next += publications
        with closing(Publisher(here.port, actions.prepare())) as publisher:
            yield Venue(here.pids["web"], here.port, STREAM, EVENT, EVENT, publisher, distinct=True)

    def _one_frame(self) -> str:
        with self.venue(1) as venue:
            frame = broadcast(venue, Load(1, 1.0, 1)).frame
        if SNAPSHOT in frame:
            raise WrongAnswer(f"an action was told as a whole board: {frame}")
        return frame


def wait_for_another(version: str, url: str) -> None:
    """Until the web process has noticed who is on the board: else streams would be told of that as well."""
    deadline = time.monotonic() + NOTICE_SECONDS
    while version_at(url) == version:
        if time.monotonic() > deadline:
            raise WrongAnswer("the web process does not notice who is on the board")
        time.sleep(LOOK_SECONDS)


def version_at(url: str) -> str:
    with urllib.request.urlopen(url + BOARD) as answer:  # noqa: S310 - our own server
        return str(json.load(answer)["data"]["version"])
