"""`sse-board bench standings`: from a result on its way to the standings at a listener, in a large tournament."""

import argparse
import asyncio
import uuid
from collections.abc import Sequence
from random import Random
from time import time_ns

import msgspec
import psycopg

from sse_board.accounts.tokens import Tokens
from sse_board.bench.crowd import equip, gather
from sse_board.bench.latency import PAUSES, WARM_UP, Listener, act
from sse_board.bench.load import WrongAnswer
from sse_board.bench.requests import Actions
from sse_board.bench.rounds import part
from sse_board.bench.stage import HOST, Stage, stage
from sse_board.clock import utc_now
from sse_board.settings import Settings
from sse_board.stores.queries import Queries

_queries = Queries("bench")

#: Milliseconds from a result to the frame, for 99 of 100.
MUST_P99 = 100.0
TOURNAMENT = "20000000-0000-4000-8000-000000000001"
STREAM = f"/api/v1/stream?channels=tournament:{TOURNAMENT}:standings&limit=100"
EVENT = b"event: standings.updated\n"
#: Players on the board beside it, as `bench latency` has them.
ACTING = 10
RESULTS = ("1-0", "0-1", "1/2-1/2")


class WholeFrames(Listener):
    """A stream of frames that come in pieces; notes when the last piece of one is there."""

    size = 0
    _pieces = b""

    def data_received(self, data: bytes) -> None:
        self._pieces += data
        if EVENT in self._pieces and self._pieces.endswith(b"\n\n\r\n"):
            self.size = len(self._pieces)
            super().data_received(self._pieces)
            self._pieces = b""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--players", type=int, default=500, help="players of the tournament (500)")
    parser.add_argument("--rounds", type=int, default=9, help="its rounds, the last of which is under way (9)")
    parser.add_argument("--results", type=int, default=225, help="results that are measured (225)")
    parser.set_defaults(func=standings)


def standings(args: argparse.Namespace, _: Settings) -> int:
    """Exit status 1 above what must be, or when something else was answered."""
    try:
        with stage("sse_board.bench.server") as here:
            gather(here.settings.database_url, ACTING)
            games = _play(here, args.players, args.rounds)
            sizes, taken, beside = asyncio.run(_measure(here, games[: args.results + WARM_UP]))
    except (WrongAnswer, TimeoutError) as error:
        print(f"sse-board: {error or 'a frame did not come'}")
        return 1
    print(f"{len(taken)} results one after the other, {args.players} players, {args.rounds} rounds, one listener")
    print(f"of 100 rows, frames of {min(sizes) // 1000} to {max(sizes) // 1000} KB; in turn actions on a board\n")
    return _report(taken, beside)


def _play(here: Stage, players: int, rounds: int) -> list[str]:
    """The games of the last round."""
    whole = {"id": TOURNAMENT, "players": players, "rounds": rounds}
    with psycopg.connect(here.settings.database_url) as connection:
        for query in (_queries.make_tournament, _queries.enter_players, _queries.open_rounds, _queries.play_games):
            connection.execute(query, whole)
        return [game for (game,) in connection.execute(_queries.open_games, whole)]


#: Milliseconds to an answer and to a frame, of each of some requests.
Taken = Sequence[tuple[float, float]]


async def _measure(here: Stage, games: Sequence[str]) -> tuple[list[int], Taken, Taken]:
    """Sizes of frames in bytes; what results took, and the actions beside them."""
    actions = Actions(f"{HOST}:{here.port}", equip(here.settings, ACTING), time_ns(), len(games)).prepare()
    token, dice = _organiser(here), Random(1)  # noqa: S311 - dice for pauses and results
    listener = await WholeFrames.open(here.port, stream=STREAM, first=EVENT, frame=EVENT)
    assert isinstance(listener, WholeFrames)
    board = await Listener.open(here.port)
    reader, writer = await asyncio.open_connection(HOST, here.port)
    sizes, results, beside = [], [], []
    for game, action in zip(games, actions, strict=True):
        await asyncio.sleep(dice.uniform(*PAUSES))
        results.append(await act(reader, writer, _entering(here, game, dice.choice(RESULTS), token), listener))
        sizes.append(listener.size)
        await asyncio.sleep(dice.uniform(*PAUSES))
        beside.append(await act(reader, writer, action, board))
    writer.close()
    for one in (listener, board):
        one.close()
    return sizes[WARM_UP:], results[WARM_UP:], beside[WARM_UP:]


def _organiser(here: Stage) -> str:
    """The access token of one."""
    (player,) = equip(here.settings, 1)
    tokens = Tokens(here.settings.jwt_keys, utc_now, lambda: str(uuid.uuid4()))
    return tokens.access(tokens.verify_access(player.token).user_id, "ORGANIZER", str(uuid.uuid4()), 1, 1)


def _entering(here: Stage, game: str, result: str, token: str) -> bytes:
    body = msgspec.json.encode({"result": result})
    head = (
        f"PUT /api/v1/games/{game}/result HTTP/1.1\r\nHost: {HOST}:{here.port}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    )
    return head.encode("ascii") + body


def _report(results: Taken, actions: Taken) -> int:
    for name, taken in {"result": results, "action": actions}.items():
        for what, figures in zip(("answer", "frame"), zip(*taken, strict=True), strict=True):
            ordered = sorted(figures)
            parts = ", ".join(f"p{share} {part(ordered, share / 100):.1f}" for share in (50, 90, 99))
            print(f"{name} → {what:8} {parts} ms, at the most {ordered[-1]:.1f} ms")
    p99 = part(sorted(frame for _, frame in results), 0.99)
    reached = p99 < MUST_P99
    print(f"\nmust be p99 < {MUST_P99:g} ms: {'reached' if reached else 'missed'}")
    return 0 if reached else 1
