"""What finishing a run takes besides the batch: what Redis knew of it before, and what follows afterwards."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

import structlog

from sse_board.errors import BoardError
from sse_board.live.events.outbox import Writing
from sse_board.scores.action import Claim
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.flags import Alert, Flag, raise_flags
from sse_board.scores.plan import Plan
from sse_board.sessions.rules import Evidence, RunRefused, run_id

_log = structlog.get_logger()

#: Pause before flags that could not be written are tried again: seconds.
AGAIN_SECONDS = 1.0
#: Flags that wait to be written, one of each player and kind: with the database gone, more are left out.
FLAGS_LIMIT = 1_000

#: What Redis has of a run, soon; None when that is lost. Raises Unavailable when too many ask.
FindEvidence = Callable[[str], Awaitable[Evidence | None]]
#: (run, player, app) of runs that have ended → their listeners are told. Never raises.
TellEnded = Callable[[Sequence[tuple[str, str, str]]], Awaitable[None]]


class Finishes:
    """Redis is asked before a claim waits for its batch: nobody else's action waits for that."""

    def __init__(
        self,
        types: ActionCatalog,
        find_evidence: FindEvidence,
        tell_ended: TellEnded,
        writing: Callable[[], AbstractAsyncContextManager[Writing]],
        alert: Alert,
    ) -> None:
        self._types = types
        self._find_evidence = find_evidence
        self._tell_ended = tell_ended
        self._writing = writing
        self._alert = alert
        self._ended: list[tuple[str, str, str]] = []
        self._flags: dict[tuple[str, str], Flag] = {}
        self._news = asyncio.Event()
        self._suspicion = asyncio.Event()

    @property
    def work(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """To be kept running, by name."""
        return {"finished runs": self._tell_forever, "refused runs": self._flag_forever}

    async def with_evidence(self, claim: Claim) -> Claim:
        """The claim, and where a run must back it what was told while that lasted."""
        kind = self._types.find(claim.action_type)
        backing = run_id(claim.metadata) if kind is not None and kind.requires_session else None
        if backing is None:
            return claim
        return replace(claim, evidence=await self._find_evidence(backing))

    def after(self, plan: Plan, claims: Sequence[Claim]) -> None:
        """A batch was decided, and what it accepted is committed."""
        if plan.finished:
            self._ended += [(run.id, run.user_id, run.app) for run, _ in plan.finished]
            self._news.set()
        for claim, decision in zip(claims, plan.decisions, strict=True):
            if isinstance(decision, RunRefused) and len(self._flags) < FLAGS_LIMIT:
                self._flags[claim.user_id, decision.kind] = _flag(claim, decision)
                self._suspicion.set()

    async def _tell_forever(self) -> None:
        """What is not told because this process ends, the worker finds out."""
        while True:
            await self._news.wait()
            self._news.clear()
            ended, self._ended = self._ended, []
            await self._tell_ended(ended)

    async def _flag_forever(self) -> None:
        while True:
            await self._suspicion.wait()
            self._suspicion.clear()
            if not await self._raise(list(self._flags.values())):
                await asyncio.sleep(AGAIN_SECONDS)
                self._suspicion.set()

    async def _raise(self, flags: Sequence[Flag]) -> bool:
        """In a transaction of their own: what they speak of was refused, and its batch waits for nothing."""
        try:
            async with self._writing() as writing:
                await raise_flags(writing, flags, self._alert)
        except BoardError as error:
            _log.warning("flags wait", count=len(flags), reason=error.message)
            return False
        for flag in flags:
            if self._flags.get((flag.user_id, flag.kind)) is flag:
                del self._flags[flag.user_id, flag.kind]
        return True


def _flag(claim: Claim, refused: RunRefused) -> Flag:
    """A refused action is not in the log, so the flag has no action id of its own."""
    details = {
        "sessionId": refused.run_id,
        "actionType": claim.action_type,
        "actionId": claim.action_id,
        "refused": refused.details,
    }
    return Flag(refused.kind, claim.user_id, None, f"finishing a run was refused: {refused.summary}", details)
