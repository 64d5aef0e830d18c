"""Looking for anomalies in what was committed: the consumer of the follower `anomalies`."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sse_board.boards.catalog import BoardCatalog
from sse_board.live.events.outbox import Writing
from sse_board.scores.action import Logged
from sse_board.scores.anomalies import (
    EARLIER_VALUES,
    PACE_ACTIONS,
    PACE_WINDOW,
    Anomaly,
    claimed_boards,
    jump,
    outlier,
    pace,
)
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.flags import Alert, Flag, raise_flags
from sse_board.sessions.rules import UNVERIFIED
from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries

_queries = Queries("flags")
_boards = Queries("boards")
_sessions = Queries("sessions")

#: The follower's name.
ANOMALIES = "anomalies"
#: Of a player's latest actions so many are searched for those of one type.
LOOK_BACK_ACTIONS = 500

#: (user, action type) → board → what was fed to it, the oldest first.
Earlier = dict[tuple[str, str], dict[str, list[int]]]


class Scrutiny:
    def __init__(self, boards: BoardCatalog, types: ActionCatalog, alert: Alert) -> None:
        self._boards = boards
        self._types = types
        self._alert = alert

    async def examine(self, writing: Writing, actions: Sequence[Logged]) -> None:
        """Flag what looks wrong. A voided action needs nobody's look any more."""
        standing = [action for action in actions if not action.voided]
        await self._refresh(writing.connection)
        times = await _busy(writing.connection, standing)
        earlier = await _earlier(writing.connection, [one for one in standing if self._claimed(one)])
        flags = [
            Flag(anomaly.kind, action.user_id, action.action_id, anomaly.summary, anomaly.details)
            for action in standing
            for anomaly in self._anomalies(action, times[action.seq], earlier)
        ]
        flags += await _unverified(writing.connection, standing)
        await raise_flags(writing, flags, self._alert)

    async def _refresh(self, connection: Connection) -> None:
        """An action may be of a type, or on a board, that was made this very moment."""
        row = await (await connection.execute(_boards.catalogue_version)).fetchone()
        assert row is not None
        for catalog in (self._boards, self._types):
            if catalog.version != row[0]:
                await catalog.load(connection)

    def _claimed(self, action: Logged) -> frozenset[str]:
        kind = self._types.find(action.action_type)
        return claimed_boards(kind) if kind else frozenset()

    def _anomalies(self, action: Logged, times: int, earlier: Earlier) -> Iterator[Anomaly]:
        """What is found, and what the action fed is remembered for those behind it."""
        usual = earlier[action.user_id, action.action_type]
        claims = {slug: usual[slug][-EARLIER_VALUES:] for slug in self._claimed(action)}
        for found in (
            jump(action, self._boards.find),
            pace(times),
            outlier(action, self._boards.find, claims),
        ):
            if found:
                yield found
        for effect in action.effects:
            usual[effect.board].append(effect.value)


async def _unverified(connection: Connection, actions: Sequence[Logged]) -> list[Flag]:
    """Of those whose run could not be compared with them, because what was told while it lasted had been lost."""
    wanted = {
        "users": [action.user_id for action in actions],
        "action_ids": [action.action_id for action in actions],
    }
    found = await (await connection.execute(_sessions.unverified, wanted)).fetchall()
    summary = "what was told while the run lasted had been lost, so nobody compared it with the claim"
    return [Flag(UNVERIFIED, user, action, summary, {"sessionId": run}) for user, action, run in found]


async def _busy(connection: Connection, actions: Sequence[Logged]) -> dict[int, int]:
    """seq → how many actions its player had done within the hour, no further than `pace` must know."""
    wanted = {
        "seqs": [action.seq for action in actions],
        "seconds": PACE_WINDOW.total_seconds(),
        "enough": PACE_ACTIONS + 1,
    }
    return dict(await (await connection.execute(_queries.busy, wanted)).fetchall())


async def _earlier(connection: Connection, actions: Sequence[Logged]) -> Earlier:
    """What the players did before the first of these of each type."""
    first: dict[tuple[str, str], Logged] = {}
    for action in actions:
        first.setdefault((action.user_id, action.action_type), action)
    wanted = {
        "users": [user for user, _ in first],
        "types": [kind for _, kind in first],
        "seqs": [action.seq for action in first.values()],
        "ats": [action.at for action in first.values()],
        "look_back": LOOK_BACK_ACTIONS,
        "values": EARLIER_VALUES,
    }
    earlier: Earlier = defaultdict(lambda: defaultdict(list))
    for user, kind, effects in await (await connection.execute(_queries.earlier, wanted)).fetchall():
        for effect in effects:
            earlier[user, kind][effect["board"]].append(effect["value"])
    return earlier
