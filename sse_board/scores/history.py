"""What the checks of a batch look at, read under the turnstile: nothing of it can change before the commit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sse_board.boards.rules import Present
from sse_board.scores.action import ActionType, Claim, Effect
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.rules import RATE_WINDOW, OfType
from sse_board.sessions.rules import Run, run_id
from sse_board.stores.arrays import plain, quoted
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
    """Lock the commit order, then read all that is asked for, in one round trip (psycopg pipeline mode)."""
    kinds = {claim.action_type: kind for claim in claims if (kind := catalog.find(claim.action_type))}
    turnstile = await connection.execute(_boards.turnstile)
    asked = [(await connection.execute(*question), keep) for question, keep in _questions(claims, kinds, quota)]
    row = await turnstile.fetchone()
    assert row is not None
    history = History(row[0], row[2], row[1])
    for cursor, keep in asked:
        keep(history, await cursor.fetchall())
    return history


Question = tuple[bytes, dict[str, Any]]
Keep = Callable[[History, list[Any]], None]


def _questions(
    claims: Sequence[Claim], kinds: Mapping[str, ActionType], quota: int
) -> Iterator[tuple[Question, Keep]]:
    """What has to be known, and where it is kept; nothing is asked that no claim is about."""
    users = {claim.user_id for claim in claims}
    ids = {"users": plain(claim.user_id for claim in claims), "action_ids": quoted(c.action_id for c in claims)}
    yield (_queries.known, ids), _keep_known
    window = {"users": plain(users), "seconds": RATE_WINDOW.total_seconds(), "quota": quota}
    yield (_queries.players, window), _keep_players
    if wanted := _wanted(claims, kinds):
        columns = {"boards": quoted(board for board, _ in wanted), "users": plain(user for _, user in wanted)}
        yield (_queries.present, columns), _keep_scores
    if limited := _limited(claims, kinds):
        columns = {"users": plain(user for user, _ in limited), "types": quoted(kind for _, kind in limited)}
        longest = max(kind.cooldown_seconds for kind in kinds.values())
        yield (_queries.of_type, {**columns, "longest": longest}), _keep_of_type
    if runs := _run_ids(claims, kinds):
        yield (_sessions.find, {"ids": plain(runs)}), _keep_runs


def _wanted(claims: Sequence[Claim], kinds: Mapping[str, ActionType]) -> set[tuple[str, str]]:
    """Each (board, user) that a claim may touch."""
    return {
        (target.board, claim.user_id)
        for claim in claims
        if claim.action_type in kinds
        for target in kinds[claim.action_type].targets
    }


def _limited(claims: Sequence[Claim], kinds: Mapping[str, ActionType]) -> set[tuple[str, str]]:
    """Each (user, type) of which it matters when and how often it was done."""
    own = {slug for slug, kind in kinds.items() if kind.limits_itself}
    return {(claim.user_id, claim.action_type) for claim in claims if claim.action_type in own}


def _run_ids(claims: Sequence[Claim], kinds: Mapping[str, ActionType]) -> list[str]:
    backed = {slug for slug, kind in kinds.items() if kind.requires_session}
    return [found for claim in claims if claim.action_type in backed and (found := run_id(claim.metadata))]


def _keep_known(history: History, rows: list[Any]) -> None:
    for user_id, action_id, _, points, effects, at in rows:
        done = Processed(plain_number(points), tuple(Effect(**effect) for effect in effects), at)
        history.known[user_id, action_id] = done


def _keep_players(history: History, rows: list[Any]) -> None:
    for user_id, username, avatar_url, times in rows:
        history.players[user_id] = Player(username, avatar_url)
        history.recent[user_id] = times or []


def _keep_scores(history: History, rows: list[Any]) -> None:
    for board, board_seq, user_id, score, seq, points, achieved_at in rows:
        history.board_seqs[board] = board_seq
        if seq is not None:
            present = None if score is None else Present(score, seq, achieved_at)
            history.scores[board, user_id] = Score(present, plain_number(points))


def _keep_of_type(history: History, rows: list[Any]) -> None:
    for user_id, action_type, last, today in rows:
        history.of_type[user_id, action_type] = OfType(last, today)


def _keep_runs(history: History, rows: list[Any]) -> None:
    for row in rows:
        history.runs[row[0]] = Run(*row)
