"""Achievements for those who had earned them before there were any, from what can still be known."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

from sse_board.achievements.catalog import AchievementCatalog
from sse_board.achievements.definition import (
    LEVEL_BOARD,
    Achievement,
    LevelRule,
    PerfectRule,
    ScoreRule,
    StreakRule,
)
from sse_board.achievements.grant import grant
from sse_board.achievements.judge import Award
from sse_board.achievements.rulebook import Rulebook, is_perfect
from sse_board.live.events.outbox import Writing
from sse_board.stores.postgres import Connection
from sse_board.stores.queries import Queries
from sse_board.web.bodies import exact

_queries = Queries("achievements")

#: Players, or actions, that are looked at in one transaction: commits wait for their awards so long.
PAGE_ROWS = 1_000

#: Who has earned it, and where the search goes on; None when it is over.
Found = tuple[list[Award], str | None]


class Backfill:
    """How far it came is stored with what it gave, so whoever goes on with it repeats nothing.

    Nothing is missed between the search and the follower: whoever calls this knows the achievement already, and
    what was committed before is in what is searched. The feed is told nothing: it is old news.
    """

    def __init__(
        self, writing: Callable[[], AbstractAsyncContextManager[Writing]], achievements: AchievementCatalog
    ) -> None:
        self._writing = writing
        self._achievements = achievements

    async def step(self, rulebook: Rulebook, seq: int, now: datetime) -> None:
        """One page of one achievement, up to the commit `seq`. Raises Unavailable."""
        async with self._writing() as writing:
            connection = writing.connection
            row = await (await connection.execute(_queries.next_backfill)).fetchone()
            achievement = self._achievements.find(row[0]) if row else None
            if row is None or achievement is None:
                return
            awards, cursor = await _search(connection, rulebook, achievement, row[1], seq, now)
            await grant(writing, awards)
            query = _queries.done if cursor is None else _queries.go_on
            await connection.execute(query, {"slug": achievement.slug, "cursor": cursor})


async def _search(
    connection: Connection, rulebook: Rulebook, achievement: Achievement, cursor: str, seq: int, now: datetime
) -> Found:
    """A rank is awarded to whoever holds it as soon as its rule is known."""
    rule = achievement.rule
    if isinstance(rule, PerfectRule):
        return await _perfect(connection, rulebook, achievement, rule.field, int(cursor or 0), seq)
    wanted: dict[str, object] = {"after": cursor or str(UUID(int=0)), "limit": PAGE_ROWS}
    if isinstance(rule, StreakRule):
        query, wanted = _queries.long_streaks, {**wanted, "days": rule.days}
    elif isinstance(rule, ScoreRule | LevelRule):
        slug = rule.board if isinstance(rule, ScoreRule) else LEVEL_BOARD
        bars = [one.score for one in rulebook.thresholds(slug) if one.achievement.slug == achievement.slug]
        if not bars:
            return [], None
        rank_key = rulebook.boards[slug].rank_key(bars[0])
        query, wanted = _queries.at_least, {**wanted, "board": slug, "rank_key": rank_key}
    else:
        return [], None
    rows = await (await connection.execute(query, wanted)).fetchall()
    awards = [Award(row[0], achievement, seq, None, now) for row in rows]
    return awards, rows[-1][0] if len(rows) == PAGE_ROWS else None


async def _perfect(
    connection: Connection, rulebook: Rulebook, achievement: Achievement, field: str, after: int, seq: int
) -> Found:
    wanted = {"after": after, "until": seq, "limit": PAGE_ROWS}
    rows = await (await connection.execute(_queries.done_before, wanted)).fetchall()
    awards: dict[str, Award] = {}
    for own, user, action, type, metadata, at, is_void in rows:
        kind = rulebook.find_type(type)
        if kind and not is_void and is_perfect(kind, field, exact(metadata)):
            awards.setdefault(user, Award(user, achievement, own, action, at))
    return list(awards.values()), str(rows[-1][0]) if len(rows) == PAGE_ROWS else None
