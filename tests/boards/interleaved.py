"""Two processes and a worker on one PostgreSQL and one Redis, where everything happens step by step."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sse_board.admin.boards import BoardEdit
from sse_board.admin.voiding import Order
from sse_board.boards.board import Place, Standing, Ties, Window
from sse_board.boards.commits import BoardCommit
from sse_board.boards.ranking import Ranking
from sse_board.clock import iso, utc_now
from sse_board.scores.action import Accepted, Claim
from sse_board.scores.batch import board_commits
from sse_board.settings import load_settings
from sse_board.stores.postgres import LOOK_UPS, Connection, Postgres
from sse_board.stores.redis import connect
from sse_board.tasks import stop
from sse_board.version import Version
from sse_board.web.identity import Identity
from sse_board.worker.work import Worker
from tests.boards.ledger import Done, Ledger, Shown, State
from tests.boards.processes import Process, Stepping
from tests.support.servers import Stores

PLAYERS = ("ann", "bob", "cid")
#: Slug, policy, direction, ties.
BOARDS = (
    ("total", "sum", "desc", "first"),
    ("fastest", "best", "asc", "shared"),
    ("highest", "best", "desc", "first"),
    ("last", "latest", "desc", "shared"),
)
SLUGS = tuple(slug for slug, *_ in BOARDS)
#: Action types by the boards that they feed.
FED = {"all": SLUGS, **{slug: (slug,) for slug in SLUGS}}
#: Steps that no rebuild has.
ALL = 100
IDS = {name: str(uuid.uuid5(uuid.NAMESPACE_OID, name)) for name in PLAYERS}
ACTOR = Identity(IDS["ann"], "ADMIN", "", 1, 0)

RESET = b"""
delete from audit; delete from actions; delete from entries; delete from action_types; delete from boards;
delete from users; update commits set seq = 0, catalog = catalog + 1
"""
ADD_USER = b"""
insert into users (id, username, username_key, email, email_key, password_hash, role)
values (%(id)s, %(name)s, %(name)s, %(name)s, %(name)s, '', 'ADMIN')
"""
ADD_BOARD = b"""
insert into boards (slug, title, policy, direction, decimals, ties)
values (%(slug)s, %(slug)s, %(policy)s, %(direction)s, 0, %(ties)s)
"""
ADD_TYPE = b"""
insert into action_types (slug, points_fixed, boards)
select %(slug)s, 1, jsonb_agg(jsonb_build_object('board', fed, 'field', 'value'))
from unnest(%(boards)s::text[]) fed
"""
RENAME = b"update users set username = %(name)s, avatar_url = %(picture)s where id = %(id)s"


class World:
    """Opened once, `begin` for each story. Raises AssertionError where a store tells what never was."""

    def __init__(self, stores: Stores) -> None:
        patient = f"{LOOK_UPS} -c idle_in_transaction_session_timeout=0"  # snapshots of rebuilds that wait for us
        self.postgres = Postgres(stores.database_url, size=16, planner=patient)
        self.redis = connect(stores.redis_url, timeout=5)
        self.rankings = [Ranking(self.redis) for _ in range(2)]
        self.worker = Worker(load_settings({"DATABASE_URL": stores.database_url, "REDIS_URL": stores.redis_url}))
        self.processes: list[Process] = []
        self.rebuilds: list[tuple[asyncio.Task[bool], Stepping]] = []

    async def open(self) -> None:
        await self.postgres.open()
        await self.worker._postgres.open()

    async def close(self) -> None:
        await self.worker._redis.aclose()
        await self.worker._postgres.close()
        await self.redis.aclose()
        await self.postgres.close()

    async def begin(self) -> None:
        await self.redis.flushdb()
        async with self.postgres.transaction() as connection:
            await connection.execute(RESET)
            for name in PLAYERS:
                await connection.execute(ADD_USER, {"id": IDS[name], "name": name})
            for board in BOARDS:
                names = ("slug", "policy", "direction", "ties")
                await connection.execute(ADD_BOARD, dict(zip(names, board, strict=True)))
            for slug, fed in FED.items():
                await connection.execute(ADD_TYPE, {"slug": slug, "boards": list(fed)})
        self.processes = [Process(self.postgres, ranking, self.redis) for ranking in self.rankings]
        for process in self.processes:
            await process.refresh()
        boards = {board.slug: board for board in self.processes[0].catalog}
        self.ledger = Ledger(boards, {IDS[name]: (name, None) for name in PLAYERS})
        self.lost: dict[Any, tuple[Any, int]] | None = None
        self.held: dict[str, Version] = {}
        self._actions = 0
        await self.worker.compare()

    async def end(self) -> None:
        await stop([rebuild for rebuild, _ in self.rebuilds])
        self.rebuilds.clear()

    # What happens.

    async def commit(self, process: Process, batch: Sequence[tuple[str, str, int]], folds: bool) -> None:
        """Actions (player, type, value); their fold may be kept back."""
        plan = await process.batches.run([self._claim(*one) for one in batch])
        self.ledger.act([_done(one) for one in plan.decisions])
        for commit in board_commits(plan):
            if folds:
                await self.fold(process, commit)
            else:
                process.behind.append(commit)

    def _claim(self, player: str, kind: str, value: int) -> Claim:
        self._actions += 1
        return Claim(IDS[player], str(self._actions), kind, utc_now(), {"value": value}, "0", "")

    async def fold(self, process: Process, commit: BoardCommit) -> None:
        """The ranks that it tells, where it tells any, are those of a version that Redis had or has."""
        slug = commit.board.slug
        before = await self.rankings[0].version(slug)
        told = await process.folder.fold([commit])
        now = await self.rankings[0].version(slug)
        if not told[slug]:
            return
        assert now is not None
        assert now.seq >= commit.seq
        if now.epoch == commit.board.epoch:
            ranks = _ranks(self.ledger.states[slug][now])
            assert {user: rank for user, (_, rank) in told[slug].items()} == {
                row.user_id: ranks.get(row.user_id) for row in commit.rows
            }
            for user, (rank, _) in told[slug].items():
                assert rank is None or before is not None
                assert rank is None or rank == _ranks(self.ledger.states[slug][before]).get(user)  # type: ignore[index]

    async def void(self, process: Process, done: Done, survives: bool) -> None:
        await process.voiding(survives).void(Order(done.user, done.action_id, "a story"), ACTOR, "")
        self.ledger.void(done)

    async def change_profile(self, process: Process, player: str, picture: str | None, survives: bool) -> None:
        """The name changes too, so that each change is one."""
        user, name = IDS[player], f"{player} {self.ledger.seq}"

        async def write(connection: Connection) -> None:
            await connection.execute(RENAME, {"id": user, "name": name, "picture": picture})

        await process.profiles(survives).apply(user, write)
        self.ledger.rename(user, name, picture)

    async def change_ties(self, process: Process, slug: str, ties: Ties) -> None:
        await process.edits.edit(slug, BoardEdit(ties=ties), ACTOR, "")
        self.ledger.rule(slug, ties)

    async def begin_rebuild(self, process: Process, slug: str, lock_expired: bool) -> None:
        """Of a whole board, up to where it would first touch the copy."""
        if lock_expired:
            await self.redis.delete(f"sse_board:{{{slug}}}:loading")
        ranking = Stepping(self.redis)
        repair = process.rebuilding(ranking)
        rebuild = asyncio.create_task(repair._load_once(process.catalog.get(slug)))
        self.rebuilds.append((rebuild, ranking))
        await self._step(rebuild, ranking)

    async def go_on(self, which: int, steps: int) -> None:
        """So many steps of a rebuild, or those that are left."""
        rebuild = self.rebuilds[which % len(self.rebuilds)]
        while rebuild in self.rebuilds and steps:
            await self._step(*rebuild)
            steps -= 1

    async def _step(self, rebuild: "asyncio.Task[bool]", ranking: Stepping) -> None:
        await ranking.step(rebuild)
        if rebuild.done():
            self.rebuilds.remove((rebuild, ranking))
            rebuild.result()

    async def flush(self) -> None:
        await self.redis.flushdb()

    async def remember(self) -> None:
        """What a Redis that dies soon will still have."""
        keys = await self.redis.keys("*")
        self.lost = {key: (await self.redis.dump(key), max(0, await self.redis.pttl(key))) for key in keys}

    async def lose(self) -> None:
        """Redis comes back with what it had then."""
        assert self.lost is not None
        await self.redis.flushdb()
        for key, (dumped, milliseconds) in self.lost.items():
            await self.redis.restore(key, milliseconds, dumped)
        self.held.clear()

    # What must hold.

    async def check(self) -> None:
        """Redis may be behind, but shows nothing that never was, and nobody goes back; a flush is no excuse."""
        held = await self._held()
        for slug, version in held.items():
            assert version >= self.held.get(slug, version), "Redis went back"
        self.held |= held
        await self._check_redis(held)
        for process in self.processes:
            for slug in SLUGS:
                window = await process.reader.window(slug, 100)
                assert shown(window) == self._state(slug, window.version).rows
                assert window.version >= process.seen.get(slug, window.version), "a reader went back"
                process.seen[slug] = window.version

    async def _held(self) -> dict[str, Version]:
        versions = await self.rankings[0].versions(SLUGS)
        return {slug: version for slug, version in zip(SLUGS, versions, strict=True) if version is not None}

    async def _check_redis(self, held: Mapping[str, Version], offset: int = 0, limit: int = 100) -> None:
        """These are the versions that Redis has."""
        ranking, states = self.rankings[0], {slug: self._state(slug, version) for slug, version in held.items()}
        for slug, state in states.items():
            window = await ranking.read(state.board, offset, limit)
            assert window is not None
            assert (window.version, window.total) == (held[slug], len(state.rows))
            assert shown(window) == state.rows[offset : offset + limit]
        for user in IDS.values():
            places = await ranking.find([state.board for state in states.values()], user)
            assert places == [_place(state, held[slug], user) for slug, state in states.items()]

    def _state(self, slug: str, version: Version) -> State:
        assert version in self.ledger.states[slug], f"{slug} never stood at {version}"
        return self.ledger.states[slug][version]

    async def settle(self) -> None:
        """Whoever rebuilds comes to an end; then one comparison by the worker makes all agree."""
        while self.rebuilds:
            await self.go_on(0, ALL)
            await self.check()
        for slug in SLUGS:  # a lock of one that is gone, brought back by a loss, expires
            await self.redis.delete(f"sse_board:{{{slug}}}:loading")
        await self.worker.compare()
        newest = self.ledger.newest
        assert await self._held() == newest
        await self._check_redis(newest)
        await self._check_redis(newest, offset=1, limit=1)
        reader = self.processes[0].reader
        for slug, version in newest.items():
            state, stored = self._state(slug, version), await reader.stored_window(slug, 100, 0)
            assert (stored.version, stored.total, shown(stored)) == (version, len(state.rows), state.rows)
            for user in IDS.values():
                assert await reader.stored_place(slug, user) == _place(state, version, user)


def shown(window: Window) -> tuple[Shown, ...]:
    return tuple(
        (one.position, one.rank, one.user_id, one.username, one.avatar_url, one.score, iso(one.achieved_at))
        for one in window.entries
    )


def _done(decision: object) -> Done:
    assert isinstance(decision, Accepted), decision
    values = {effect.board: effect.value for effect in decision.effects}
    return Done(decision.claim.user_id, decision.claim.action_id, decision.seq, decision.at, values)


def _ranks(state: State) -> Mapping[str, int]:
    return {user: rank for _, rank, user, *_ in state.rows}


def _place(state: State, version: Version, user: str) -> Place:
    for position, rank, found, _, _, score, _ in state.rows:
        if found == user:
            return Place(version, Standing(rank, position, score, state.points[user]))
    return Place(version, None)
