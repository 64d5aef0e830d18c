"""Live runs as Redis has them: one hash each, and what lists them. Everything here may be lost."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from sse_board.sessions.metrics import FIELDS, TREND_TICKS, LiveRun, metric_of
from sse_board.stores.redis import Line, channel_name

_SCRIPTS = Path(__file__).parent
#: Ticks of one run that are taken in a second: more than eyes follow.
TICKS_A_SECOND = 10
#: A run that nobody tells of any more is forgotten after this: seconds. Much longer than the silence after which
#: the worker ends it: what is missing here counts as lost, so it must not go missing by itself.
KEPT_SECONDS = 3_600
#: So long the last state of a run that has ended is shown: seconds.
ENDED_SECONDS = 600


class Tick(NamedTuple):
    """Progress of a run, by the player who told it; `values` as (field, number as text)."""

    run_id: str
    user_id: str
    values: tuple[tuple[str, str], ...]


class LiveRuns:
    """Each method is one round trip. Raises redis.RedisError; whoever calls knows what to do without Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._line = Line(redis)
        self._begin, self._end, self._tick, self._near = (
            redis.register_script((_SCRIPTS / f"{name}.lua").read_text())
            for name in ("begin", "end", "tick", "near")
        )
        #: Where it is told which runs have changed: `app/run/player app/run/player …`.
        self.hints = channel_name(redis, "runs")

    async def begin(self, runs: Sequence[LiveRun]) -> None:
        """New runs, or such as Redis has lost (`run.lost`). What Redis has already stays."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for run in runs:
                await self._begin(args=[self.hints, KEPT_SECONDS, *_identity(run)], client=pipe)
            await pipe.execute()

    async def tick(self, ticks: Sequence[Tick]) -> list[str]:
        """What became of each: `taken`, `limited`, `forbidden`, `ended`, or `missing`, unknown to Redis.

        The driver's own way of calling a script costs as much as ten ticks.
        """
        head = (self.hints, str(TICKS_A_SECOND), str(KEPT_SECONDS), str(TREND_TICKS))
        arguments = [part for tick in ticks for part in _told(tick)]
        try:
            replies = await self._line.ask("EVALSHA", self._tick.sha, "0", *head, *arguments)
        except NoScriptError:
            replies = await self._tick(args=[*head, *arguments])
        return [reply.decode() for reply in replies]

    async def end(self, runs: Sequence[tuple[str, str, str]]) -> None:
        """(run, player or "" where only Redis knows, app) have ended; those that had are left alone."""
        await self._end(args=[self.hints, ENDED_SECONDS, *(part for run in runs for part in run)])

    async def read(self, ids: Sequence[str]) -> tuple[int, list[LiveRun | None]]:
        """The milliseconds on the clock of Redis, and each of the runs; None for one it does not have."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.time()
            for run_id in ids:
                pipe.hgetall(_key(run_id))
            (seconds, micros), *found = await pipe.execute()
        runs = [_run(run_id, fields) for run_id, fields in zip(ids, found, strict=True)]
        return seconds * 1000 + micros // 1000, runs

    async def of_players(self, user_ids: Sequence[str]) -> list[list[str]]:
        """The ids of each player's latest runs, the newest first; some may have ended, or be forgotten."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for user_id in user_ids:
                pipe.zrevrange(f"sse_board:runs:of:{user_id}", 0, -1)
            return [_texts(found) for found in await pipe.execute()]

    async def newest(self, app: str, most: int) -> list[tuple[int, str]]:
        """(started at, id) of live runs of the app, the newest first; most < 0 for all."""
        found: Any = await self._redis.zrevrange(
            f"sse_board:runs:newest:{app}", 0, most - 1 if most >= 0 else -1, withscores=True
        )
        return [(int(started), run_id.decode()) for run_id, started in found]

    async def near(self, runs: Sequence[tuple[str, str]], side: int) -> list[list[str]]:
        """For each (app, run) the ids of those who stand next to it, `side` of them on each side, and its own."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for app, run_id in runs:
                await self._near(args=[app, run_id, side], client=pipe)
            return [_texts(found) for found in await pipe.execute()]

    async def apps(self) -> list[str]:
        """The apps of which there ever was a live run."""
        found: Any = self._redis.smembers("sse_board:runs:apps")
        return sorted(_texts(await found))


def _key(run_id: str) -> str:
    return f"sse_board:run:{run_id}"


def _identity(run: LiveRun) -> list[str | int]:
    lost = "" if run.lost is None else run.lost
    return [run.id, run.user_id, run.username, run.app, metric_of(run.app), run.started, lost]


def _told(tick: Tick) -> list[str]:
    pairs = [part for pair in tick.values for part in pair]
    return [tick.run_id, tick.user_id, str(len(tick.values)), *pairs]


def _run(run_id: str, fields: dict[bytes, bytes]) -> LiveRun | None:
    if b"user" not in fields:
        return None
    known = {name.decode(): value.decode() for name, value in fields.items()}
    return LiveRun(
        run_id,
        known["user"],
        known["name"],
        known["app"],
        int(known["started"]),
        {field: _number(known[field]) for field in FIELDS if field in known},
        tuple(map(float, known.get("trend", "").split())),
        int(known.get("ticks", 0)),
        at=_moment(known, "at"),
        lost=_moment(known, "lost"),
        ended=_moment(known, "ended"),
    )


def _moment(known: Mapping[str, str], name: str) -> int | None:
    return int(known[name]) if name in known else None


def _number(text: str) -> float:
    """A number without needless decimals stays without."""
    return float(text) if "." in text or "e" in text else int(text)


def _texts(values: Any) -> list[str]:
    return [value.decode() for value in values]
