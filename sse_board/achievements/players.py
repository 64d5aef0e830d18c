"""What anybody may see of a player."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sse_board.achievements.catalog import AchievementCatalog, read_rule
from sse_board.achievements.definition import Achievement
from sse_board.achievements.progress import Ground, level, next_rungs
from sse_board.achievements.streak import Streak, standing
from sse_board.boards.board import Board, Standing
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.reader import BoardReader
from sse_board.clock import Clock, iso
from sse_board.errors import NotFound
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

_queries = Queries("achievements")


@dataclass(frozen=True, slots=True)
class Player:
    id: str
    username: str
    avatar_url: str | None
    time_zone: str
    streak: Streak | None
    earned: Mapping[str, datetime]
    standings: Sequence[tuple[Board, Standing | None]]


class Players:
    def __init__(self, postgres: Postgres, boards: BoardCatalog, reader: BoardReader, clock: Clock) -> None:
        self._postgres = postgres
        self._boards = boards
        self._reader = reader
        self._clock = clock
        self.achievements = AchievementCatalog(postgres)

    async def listed(self) -> list[dict[str, Any]]:
        """Every achievement with its rule, and how many players have it."""
        return [with_holders(row) for row in await self._postgres.all(_queries.listed)]

    async def find(self, id: str) -> Player:
        """Raises NotFound, or Unavailable."""
        row = await self._postgres.one(_queries.player, id=id)
        if row is None:
            raise NotFound("There is no such player.")
        earned = await self._postgres.all(_queries.earned, id=id)
        boards = list(self._boards)
        places = await self._reader.places(boards, id)
        streak = Streak(*row[4:]) if row[4] else None
        standings = [(board, place.standing) for board, place in zip(boards, places, strict=True)]
        _, username, avatar_url, time_zone = row[:4]
        return Player(id, username, avatar_url, time_zone, streak, dict(earned), standings)

    async def progress(self, player: Player) -> dict[str, Any]:
        """What the player has earned, and how far the next of each ladder is. Raises Unavailable."""
        await self.achievements.refresh()
        days, is_today = standing(player.streak, self._clock(), player.time_zone)
        ranked = {board.slug: (board, place) for board, place in player.standings if place}
        ground = Ground(
            days,
            {slug: board.shown(place.score) for slug, (board, place) in ranked.items()},
            {slug: place.rank for slug, (_, place) in ranked.items()},
        )
        rungs = next_rungs(self.achievements, player.earned, ground)
        return {
            "userId": player.id,
            "username": player.username,
            "level": level(self.achievements, player.earned),
            "streak": {"days": days, "best": player.streak.best if player.streak else 0, "today": is_today},
            "earned": [
                {**one.payload(), "earnedAt": iso(at)}
                for slug, at in player.earned.items()
                if (one := self.achievements.find(slug))
            ],
            "progress": [rung.payload() for rung in rungs],
        }


def with_holders(row: Sequence[Any]) -> dict[str, Any]:
    slug, title, description, icon, points, rule, holders = row
    achievement = Achievement(slug, title, description, icon, points, read_rule(rule))
    return {**achievement.payload(), "rule": achievement.rule, "holders": holders}
