"""Wires the write path together; `app.py` asks for one of these."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from starlette.routing import BaseRoute

from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.commits import BoardFolder
from sse_board.scores.answers import Answers
from sse_board.scores.api import ACTION, ScoresApi, SignatureCheck
from sse_board.scores.batch import Batches
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.committer import Committer
from sse_board.scores.counts import Counts
from sse_board.scores.finishes import Finishes
from sse_board.scores.plan import Rules
from sse_board.scores.refusals import Refusals
from sse_board.settings import Settings
from sse_board.stores.postgres import LOOK_UPS, Postgres
from sse_board.stores.pulse import Pulse
from sse_board.web.direct import Handler
from sse_board.web.identity import Authenticator

#: One connection commits; the other is for looking after a commit whose answer was lost.
POOL_SIZE = 2


@dataclass(frozen=True, slots=True)
class Scores:
    """`work` is to be kept running between `start` and `stop`; `handlers` are for `web.direct`."""

    counts: Counts
    routes: list[BaseRoute]
    handlers: Mapping[str, Handler]
    work: Mapping[str, Callable[[], Coroutine[Any, Any, None]]]
    postgres: Postgres

    async def start(self) -> None:
        """The pool fills by itself: who acts before that waits a moment."""
        await self.postgres.open(wait=False)

    async def stop(self) -> None:
        await self.postgres.close()


def build_scores(
    settings: Settings,
    pulse: Pulse,
    boards: BoardCatalog,
    types: ActionCatalog,
    folder: BoardFolder,
    authenticator: Authenticator,
    is_signed: SignatureCheck,
    finishes: Finishes,
) -> Scores:
    """Connections of its own: readers who wait for theirs are not in the way of actions."""
    postgres = Postgres(settings.database_url, size=POOL_SIZE, planner=LOOK_UPS, pulse=pulse)
    least_run = timedelta(seconds=settings.session_min_seconds)
    rules = Rules(types.find, boards.find, settings.actions_per_minute, least_run)
    counts = Counts()
    committer = Committer(Batches(postgres, boards, types, rules, Refusals()), folder, finishes, counts)
    api = ScoresApi(committer, finishes, authenticator, is_signed, Answers(boards.get), counts)
    work = {"commits": committer.commit_forever, "folds": committer.fold_forever, **finishes.work}
    return Scores(counts, list(api.routes()), {ACTION: api.act}, work, postgres)
