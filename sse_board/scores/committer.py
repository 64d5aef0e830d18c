"""Group commit: claims that arrive while one batch is committed make up the next."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from sse_board.boards.commits import BoardFolder
from sse_board.boards.ranking import Ranks
from sse_board.errors import BoardError, Unavailable
from sse_board.scores.action import Accepted, Claim
from sse_board.scores.batch import Batches, BatchUncertain, board_commits
from sse_board.scores.counts import Counts
from sse_board.scores.finishes import Finishes
from sse_board.scores.plan import Decision, Duplicate, Plan
from sse_board.stores.postgres import SILENT

_log = structlog.get_logger()

#: Actions in one transaction: enough to share an fsync, few enough that nobody waits long behind them.
BATCH_LIMIT = 256
#: Smaller batches are not split: each costs as much as some dozen actions.
UNSPLIT = 32
#: Claims that may wait: some seconds of work; beyond that a quick 503 serves better.
WAITING_LIMIT = 4_096
#: A 200 waits this long for ranks, not longer: seconds.
RANK_SECONDS = 0.25
#: Batches that wait to be folded while Redis is slow; later ones are left to the worker's repair.
FOLDS_WAITING = 64
#: How long a lost COMMIT answer is looked for before the client is told 503, and the pause between tries: seconds.
LOOK_UP_SECONDS, LOOK_UP_PAUSE_SECONDS = 5.0, 0.25


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claim; `ranks` maps board → user → (before, now), empty when Redis was not in time."""

    decision: Accepted | Duplicate
    ranks: dict[str, Ranks] = field(default_factory=dict)


@dataclass(slots=True)
class _Waiting:
    claim: Claim
    future: asyncio.Future[Outcome]


class Committer:
    """One batch is committed at a time; ranks of the batch before are folded meanwhile."""

    def __init__(self, batches: Batches, folder: BoardFolder, finishes: Finishes, counts: Counts) -> None:
        self._batches = batches
        self._folder = folder
        self._finishes = finishes
        self._counts = counts
        self._waiting: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._folding: asyncio.Queue[tuple[Plan, list[_Waiting]]] = asyncio.Queue(FOLDS_WAITING)
        self._unfolded = 0

    async def submit(self, claim: Claim) -> Outcome:
        """Raises the BoardError that refuses the claim, or Unavailable."""
        if not self._batches.reachable:
            raise Unavailable(SILENT)
        if len(self._waiting) >= WAITING_LIMIT:
            raise Unavailable("Too many actions are waiting.", retry_after=1)
        waiting = _Waiting(claim, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._arrived.set()
        return await waiting.future

    async def commit_forever(self) -> None:
        """Commit what is submitted until cancelled."""
        while True:
            await self._arrived.wait()
            await self._gather()
            batch = [self._waiting.popleft() for _ in range(_size(len(self._waiting)))]
            if not self._waiting:
                self._arrived.clear()
            if batch := [one for one in batch if not one.future.done()]:
                await self._commit(batch)

    async def _gather(self) -> None:
        """Wait while every turn of the event loop brings more."""
        known = 0
        while known < len(self._waiting) < BATCH_LIMIT:
            known = len(self._waiting)
            for _ in range(2):
                await asyncio.sleep(0)

    async def fold_forever(self) -> None:
        """Bring what was committed into Redis until cancelled."""
        while True:
            plan, batch = await self._folding.get()
            try:
                fold = self._counts.fold_seconds.timed(self._folder.fold(board_commits(plan)))
                _resolve_all(batch, plan, await fold)
            finally:
                self._unfolded -= 1

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            plan = await self._plan([one.claim for one in batch])
        except BoardError as error:
            _refuse(batch, error)
        except Exception:
            _log.exception("batch failed", size=len(batch))
            await self._retry(batch)
        else:
            self._answer(plan, batch)

    async def _retry(self, batch: list[_Waiting]) -> None:
        """One by one, so that one poisonous claim costs only itself."""
        if len(batch) == 1:
            _refuse(batch, BoardError())
            return
        for one in batch:
            await self._commit([one])

    async def _plan(self, claims: Sequence[Claim]) -> Plan:
        """The committed plan; a lost answer is looked up. Raises Unavailable when nothing was committed."""
        try:
            self._counts.batch_sizes.add(len(claims))
            return await self._counts.commit_seconds.timed(self._batches.run(claims))
        except BatchUncertain as uncertain:
            if await self._landed(uncertain.plan):
                return uncertain.plan
            raise Unavailable() from uncertain

    async def _landed(self, plan: Plan) -> bool:
        """Raises Unavailable when even that cannot be told."""
        deadline = time.monotonic() + LOOK_UP_SECONDS
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                while time.monotonic() < deadline:  # a driver may swallow the timeout (D15)
                    try:
                        return await self._batches.landed(plan)
                    except Unavailable:
                        await asyncio.sleep(LOOK_UP_PAUSE_SECONDS)
        except TimeoutError:
            pass
        _log.error("commit uncertain", size=len(plan.accepted), seq=plan.seq)
        raise Unavailable("It is not known whether the action counts. Send the very same one again.")

    def _answer(self, plan: Plan, batch: list[_Waiting]) -> None:
        """Refusals at once; the others when their ranks are known, or when that takes too long.

        Duplicates wait in the same line: what they are told is the first answer, which must have been given.
        """
        self._finishes.after(plan, [one.claim for one in batch])
        for one, decision in zip(batch, plan.decisions, strict=True):
            if isinstance(decision, BoardError):
                _refuse([one], decision)
        if plan.accepted or self._unfolded:
            self._fold_soon(plan, batch)
        else:
            _resolve_all(batch, plan, {})

    def _fold_soon(self, plan: Plan, batch: list[_Waiting]) -> None:
        try:
            self._folding.put_nowait((plan, batch))
        except asyncio.QueueFull:
            _resolve_all(batch, plan, {})
        else:
            self._unfolded += 1
            asyncio.get_running_loop().call_later(RANK_SECONDS, _resolve_all, batch, plan, {})


def _size(waiting: int) -> int:
    """Half of many: while the database writes those, this process has the others' answers and requests to do."""
    return min(waiting, BATCH_LIMIT, max(UNSPLIT, waiting // 2))


def _resolve_all(batch: list[_Waiting], plan: Plan, ranks: dict[str, Ranks]) -> None:
    for one, decision in zip(batch, plan.decisions, strict=True):
        _resolve(one, decision, ranks)


def _resolve(one: _Waiting, decision: Decision, ranks: dict[str, Ranks]) -> None:
    if not one.future.done() and not isinstance(decision, BoardError):
        one.future.set_result(Outcome(decision, ranks))


def _refuse(batch: list[_Waiting], error: BoardError) -> None:
    for one in batch:
        if not one.future.done():
            one.future.set_exception(error)
