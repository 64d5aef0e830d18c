"""One transaction for many claims: read, decide, write. Two round trips to PostgreSQL."""

from collections.abc import Sequence
from typing import Any

import msgspec

from sse_board.boards.board import Board, Row
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.commits import BoardCommit
from sse_board.errors import BoardError
from sse_board.scores.action import Accepted, Claim
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.history import History, Score, read_history
from sse_board.scores.plan import Plan, Rules, decide
from sse_board.scores.refusals import Refusals
from sse_board.sessions.rules import is_lost
from sse_board.stores.arrays import plain, quoted
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.answers import encode

_queries = Queries("scores")
_boards = Queries("boards")
_sessions = Queries("sessions")


class BatchUncertain(BoardError):
    """The database went away while the batch was being committed."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


class Batches:
    """Runs batches against the present catalogue."""

    def __init__(
        self,
        postgres: Postgres,
        boards: BoardCatalog,
        types: ActionCatalog,
        rules: Rules,
        refusals: Refusals,
    ) -> None:
        self._postgres = postgres
        self._catalogs = (boards, types)
        self._types = types
        self._rules = rules
        self._refusals = refusals

    @property
    def reachable(self) -> bool:
        """Whether the database answers, as far as is known."""
        return self._postgres.pulse.up

    async def run(self, claims: Sequence[Claim]) -> Plan:
        """The committed plan. Raises BatchUncertain when it is not known whether the commit took place."""
        plan: Plan | None = None
        try:
            async with self._postgres.pipelined() as connection:
                history = await self._history(connection, claims)
                plan = decide(claims, history, self._rules, self._refusals.of, self._refusals.add)
                if plan.accepted:
                    await _write(connection, plan)
        except BoardError as error:
            if plan is not None and plan.accepted:
                raise BatchUncertain(plan) from error
            raise
        return plan

    async def _history(self, connection: Connection, claims: Sequence[Claim]) -> History:
        """Read again if the catalogue changed under us, or beside us: what to read depends on it."""
        while True:
            before = self._versions()
            history = await read_history(connection, claims, self._types, self._rules.actions_per_minute)
            if before == self._versions() == {history.catalog_version}:
                return history
            for catalog in self._catalogs:
                await catalog.load(connection)

    def _versions(self) -> set[int]:
        return {catalog.version for catalog in self._catalogs}

    async def landed(self, plan: Plan) -> bool:
        """Whether the plan's transaction is in the log: all of it is, or none. Raises Unavailable.

        Asked under the turnstile: a backend that is still committing holds it.
        """
        first = plan.accepted[0]
        ours = {
            "users": [first.claim.user_id],
            "action_ids": [first.claim.action_id],
            "seqs": [first.seq],
        }
        async with self._postgres.transaction() as connection:
            await connection.execute(_boards.turnstile)
            return await (await connection.execute(_queries.landed, ours)).fetchone() is not None


async def _write(connection: Connection, plan: Plan) -> None:
    columns = {**_action_columns(plan.accepted), **_entry_columns(plan), **_board_columns(plan)}
    await connection.execute(_queries.write, {**columns, "seq": plan.seq, "at": plan.history.now})
    if plan.finished:
        await connection.execute(_sessions.finish, {**_run_columns(plan), "at": plan.history.now})


def _action_columns(accepted: Sequence[Accepted]) -> dict[str, str]:
    claims = [one.claim for one in accepted]
    return {
        "users": plain(claim.user_id for claim in claims),
        "action_ids": quoted(claim.action_id for claim in claims),
        "types": quoted(claim.action_type for claim in claims),
        "seqs": plain(one.seq for one in accepted),
        "points": plain(one.points for one in accepted),
        "effects": quoted(msgspec.json.encode(one.effects).decode() for one in accepted),
        "signatures": plain(claim.signature for claim in claims),
        "metadata": quoted(encode(claim.metadata).decode() for claim in claims),
        "request_ids": quoted(claim.request_id for claim in claims),
        "claimed": plain(claim.claimed_at for claim in claims),
    }


def _entry_columns(plan: Plan) -> dict[str, str]:
    names = ("scores", "rank_keys", "entry_seqs", "entry_points", "achieved")
    entries = [_entry(board, plan.history.scores[slug, user]) for (slug, user), board in plan.touched.items()]
    columns = list(zip(*entries, strict=True)) or [()] * len(names)
    return {
        "entry_boards": quoted(slug for slug, _ in plan.touched),
        "entry_users": plain(user_id for _, user_id in plan.touched),
        **dict(zip(names, map(plain, columns), strict=True)),
    }


def _entry(board: Board, score: Score) -> tuple[Any, ...]:
    present = score.present
    assert present is not None
    key = board.rank_key(present.score)
    return present.score, key, present.seq, score.points, present.achieved_at


def _board_columns(plan: Plan) -> dict[str, str]:
    boards = {slug for slug, _ in plan.touched}
    return {"boards": quoted(boards), "added": plain(plan.added.get(slug, 0) for slug in boards)}


def _run_columns(plan: Plan) -> dict[str, str]:
    return {
        "ids": plain(run.id for run, _ in plan.finished),
        "action_ids": quoted(claim.action_id for _, claim in plan.finished),
        "unverified": plain(is_lost(claim.evidence) for _, claim in plan.finished),
    }


def board_commits(plan: Plan) -> list[BoardCommit]:
    """What the batch did to each board, for Redis."""
    rows: dict[str, list[Row]] = {}
    boards = {slug: board for (slug, _), board in plan.touched.items()}
    for slug, user_id in plan.touched:
        rows.setdefault(slug, []).append(_row(plan, slug, user_id))
    history = plan.history
    return [
        BoardCommit(boards[slug], history.board_seqs[slug], plan.seq, history.now, touched)
        for slug, touched in rows.items()
    ]


def _row(plan: Plan, slug: str, user_id: str) -> Row:
    player, score = plan.history.players[user_id], plan.history.scores[slug, user_id]
    present = score.present
    assert present is not None
    return Row(
        user_id,
        player.username,
        player.avatar_url,
        present.score,
        present.seq,
        score.points,
        present.achieved_at,
    )
