"""What the checks of a batch look at, read under the turnstile: nothing of it can change before the commit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sse_board.boards.rules import Present
from sse_board.scores.action import ActionType, Claim, Effect
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.rules import RATE_WINDOW, OfType
from sse_board.sessions.rules import Run, run_id
from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries
from sse_board.web.answers import plain_number

_queries = Queries("scores")
_boards = Queries("boards")
_sessions = Queries("sessions")


@dataclass(frozen=True, slots=True)
class Player:
    username: str
    avatar_url: str | None


@dataclass(frozen=True, slots=True)
class Processed:
    """An action of the log, as its duplicate is told of it."""

    points: int | Decimal
    effects: tuple[Effect, ...]
    at: datetime


@dataclass(slots=True)
class Score:
    """A player's entry as a batch goes along. `present` is None before the first score."""

    present: Present | None
    points: int | Decimal


@dataclass(slots=True)
class History:
    seq: int
    now: datetime
    catalog_version: int
    known: dict[tuple[str, str], Processed] = field(default_factory=dict)
    recent: dict[str, list[datetime]] = field(default_factory=dict)
    of_type: dict[tuple[str, str], OfType] = field(default_factory=dict)
    players: dict[str, Player] = field(default_factory=dict)
    scores: dict[tuple[str, str], Score] = field(default_factory=dict)
    board_seqs: dict[str, int] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)


async def read_history(
    connection: Connection, claims: Sequence[Claim], catalog: ActionCatalog, quota: int
) -> History:
    """Lock the commit order, then read everything in the same round trip (psycopg pipeline mode)."""
    users = sorted({claim.user_id for claim in claims})
    kinds = {claim.action_type: kind for claim in claims if (kind := catalog.find(claim.action_type))}
    limited = [claim for claim in claims if claim.action_type in kinds and kinds[claim.action_type].limits_itself]
    wanted = _wanted(claims, kinds)
    boards = sorted({board for board, _ in wanted})
    longest = max((kind.cooldown_seconds for kind in kinds.values()), default=0)

    async with connection.pipeline():
        turnstile = await connection.execute(_boards.turnstile)
        known = await _ask(
            connection,
            _queries.known,
            users=[claim.user_id for claim in claims],
            action_ids=[claim.action_id for claim in claims],
        )
        recent = await _ask(
            connection, _queries.recent, users=users, seconds=RATE_WINDOW.total_seconds(), quota=quota
        )
        of_type = await _ask(
            connection,
            _queries.of_type,
            users=[claim.user_id for claim in limited],
            types=[claim.action_type for claim in limited],
            longest=longest,
        )
        players = await _ask(connection, _queries.players, users=users)
        present = await _ask(
            connection,
            _queries.present,
            boards=[board for board, _ in wanted],
            users=[user for _, user in wanted],
        )
        seqs = await _ask(connection, _queries.board_seqs, boards=boards)
        runs = await _ask(connection, _sessions.find, ids=_run_ids(claims, kinds))

        row = await turnstile.fetchone()
        assert row is not None
        history = History(row[0], row[2], row[1])
        history.known = {(row[0], row[1]): _processed(row) for row in await known.fetchall()}
        history.recent = dict(await recent.fetchall())
        history.of_type = {(row[0], row[1]): OfType(row[2], row[3]) for row in await of_type.fetchall()}
        history.players = {row[0]: Player(row[1], row[2]) for row in await players.fetchall()}
        history.scores = {(row[0], row[1]): _score(row) for row in await present.fetchall()}
        history.board_seqs = dict(await seqs.fetchall())
        history.runs = {row[0]: Run(*row) for row in await runs.fetchall()}
    return history


async def _ask(connection: Connection, query: bytes, **parameters: Any) -> Any:
    return await connection.execute(query, parameters)


def _wanted(claims: Sequence[Claim], kinds: dict[str, ActionType]) -> list[tuple[str, str]]:
    """Each (board, user) that a claim may touch, once."""
    return sorted(
        {
            (target.board, claim.user_id)
            for claim in claims
            if claim.action_type in kinds
            for target in kinds[claim.action_type].targets
        }
    )


def _run_ids(claims: Sequence[Claim], kinds: dict[str, ActionType]) -> list[str]:
    backed = (
        claim for claim in claims if claim.action_type in kinds and kinds[claim.action_type].requires_session
    )
    return [found for claim in backed if (found := run_id(claim.metadata))]


def _processed(row: Any) -> Processed:
    effects = tuple(Effect(**effect) for effect in row[4])
    return Processed(plain_number(row[3]), effects, row[5])


def _score(row: Any) -> Score:
    _, _, score, seq, points, achieved_at = row
    present = None if score is None else Present(score, seq, achieved_at)
    return Score(present, plain_number(points))
