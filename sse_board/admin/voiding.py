"""Taking an action back: scores and ranks become as if it had never been."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from sse_board.admin.audit import record
from sse_board.boards.board import Board
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.commits import bring_level
from sse_board.boards.repair import BoardRepair
from sse_board.boards.rules import InexactScore, Present
from sse_board.errors import Conflict, NotFound
from sse_board.scores.replay import Fed, replay, shortcut
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Identity

_queries = Queries("voiding")
_flags = Queries("flags")
_boards = Queries("boards")


@dataclass(frozen=True, slots=True)
class Order:
    """Which action shall go, and why: ids of actions are unique for each user only."""

    user_id: str
    action_id: str
    reason: str

    @property
    def key(self) -> dict[str, str]:
        return {"user_id": self.user_id, "action_id": self.action_id}


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the player before and after; no score when nothing else fed it."""

    board: Board
    before: Present
    after: Present | None
    points: Decimal

    def payload(self) -> dict[str, Any]:
        after = None if self.after is None else self.board.shown(self.after.score)
        return {"board": self.board.slug, "previousScore": self.board.shown(self.before.score), "newScore": after}


@dataclass(frozen=True, slots=True)
class Voided:
    at: datetime
    changes: Sequence[Change]


class Voiding:
    def __init__(self, postgres: Postgres, boards: BoardCatalog, repair: BoardRepair) -> None:
        self._postgres = postgres
        self._boards = boards
        self._repair = repair

    async def void(self, order: Order, actor: Identity, request_id: str) -> Voided:
        """Raises NotFound, or Conflict for what is void already. Redis is brought level before this returns."""
        async with self._postgres.transaction() as connection:
            seq, at = await self._enter(connection)
            points, fed = await _find(connection, order)
            by = {"by": actor.user_id, "at": at}
            await connection.execute(_queries.mark, {**order.key, **by, "seq": seq, "reason": order.reason})
            changes = await self._changes(connection, order.user_id, points, fed)
            await _write(connection, order.user_id, changes, seq, at)
            noted = {**order.key, **by, "note": order.reason}
            flags = await (await connection.execute(_flags.confirm_for, noted)).fetchall()
            details = _details(order, changes, [row[0] for row in flags])
            await record(connection, actor, "action.voided", ("action", order.action_id), details, request_id)
        await bring_level(self._repair, [change.board.slug for change in changes])
        return Voided(at, changes)

    async def _enter(self, connection: Connection) -> tuple[int, datetime]:
        """Through the turnstile, with the rules of boards as they are now: our seq, and the moment."""
        row = await (await connection.execute(_boards.turnstile)).fetchone()
        assert row is not None
        seq, catalog, at = row
        if self._boards.version != catalog:
            await self._boards.load(connection)
        await connection.execute(_boards.advance, {"seq": seq + 1})
        return seq + 1, at

    async def _changes(
        self, connection: Connection, user_id: str, points: Decimal, fed: Mapping[str, Fed]
    ) -> list[Change]:
        """Every entry that the action fed. Raises Conflict for a score that could not be stored."""
        wanted = {"user_id": user_id, "boards": list(fed)}
        rows = await (await connection.execute(_queries.entries, wanted)).fetchall()
        changes = []
        for slug, score, seq, achieved_at, awarded in rows:
            board, before = self._boards.get(slug), Present(score, seq, achieved_at)
            try:
                after = await _without(connection, user_id, board, before, fed[slug])
            except InexactScore as error:
                raise Conflict("Without it a score cannot be stored.", details={slug: str(error)}) from None
            changes.append(Change(board, before, after, awarded - points))
        return changes


async def _find(connection: Connection, order: Order) -> tuple[Decimal, dict[str, Fed]]:
    """The points, and what was fed to each board. Raises NotFound and Conflict."""
    row = await (await connection.execute(_queries.action, order.key)).fetchone()
    if row is None:
        raise NotFound("There is no such action of this user.")
    seq, points, effects, at, voided = row
    if voided:
        raise Conflict("This action is void already.")
    return points, {effect["board"]: Fed(seq, effect["value"], at) for effect in effects}


async def _without(
    connection: Connection, user_id: str, board: Board, before: Present, gone: Fed
) -> Present | None:
    """The entry without an action that is marked as void. Raises InexactScore."""
    short = shortcut(board, before, gone)
    if short is not None:
        return short
    wanted = {"user_id": user_id, "fed": Jsonb([{"board": board.slug}])}
    rows = await (await connection.execute(_queries.remaining, wanted)).fetchall()
    return replay(board, (_fed(board.slug, *row) for row in rows))


def _fed(slug: str, seq: int, effects: Sequence[Mapping[str, Any]], at: datetime) -> Fed:
    values = {effect["board"]: effect["value"] for effect in effects}
    return Fed(seq, values[slug], at)


async def _write(connection: Connection, user_id: str, changes: Sequence[Change], seq: int, at: datetime) -> None:
    """An entry without a score keeps its row, and where it stood: nobody looks at that."""
    slugs = [change.board.slug for change in changes]
    shown = [change.after or change.before for change in changes]
    scores = [change.after.score if change.after else None for change in changes]
    columns = {
        "scores": scores,
        "rank_keys": [
            None if score is None else change.board.rank_key(score)
            for change, score in zip(changes, scores, strict=True)
        ],
        "seqs": [present.seq for present in shown],
        "points": [change.points for change in changes],
        "achieved": [present.achieved_at for present in shown],
    }
    await connection.execute(_queries.write_entries, {"user_id": user_id, "boards": slugs, "seq": seq, **columns})
    removed = [int(score is None) for score in scores]
    await connection.execute(_queries.touch_boards, {"boards": slugs, "removed": removed, "seq": seq, "at": at})


def _details(order: Order, changes: Sequence[Change], flags: Sequence[str]) -> dict[str, Any]:
    """For the audit log."""
    boards = [change.payload() for change in changes]
    return {"userId": order.user_id, "reason": order.reason, "boards": boards, "flags": flags}
