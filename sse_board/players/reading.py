"""Reads what the page of a player shows: once for all who ask for it at the same time."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sse_board.achievements.players import Player, Players
from sse_board.activity.feed import Feed
from sse_board.activity.shown import shown_stories
from sse_board.boards.board import Board, Standing
from sse_board.boards.reader import BoardReader
from sse_board.clock import Clock
from sse_board.players.course import Change
from sse_board.players.days import last_days
from sse_board.players.sheet import BoardPlace, board_place, next_steps, squares
from sse_board.sessions.cards import Card, card
from sse_board.sessions.listing import Listings
from sse_board.shared_reads import SharedReads
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.tournaments.showing.played import played
from sse_board.version import Version, looks

_queries = Queries("players")

#: Entries of the feed on a player's page.
RECENT_ROWS = 20
#: Actions that the courses of all scores together are drawn from: some hundred bytes each, read at once.
COURSE_ACTIONS = 200
#: What is older is no news about anybody: days.
COURSE_DAYS = 30
#: Squares in the row of days: two weeks fit on a phone.
DAYS = 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """`parts`: what the fragment is painted from."""

    player: Player
    parts: Mapping[str, Any]
    version: Version


class Sheets:
    def __init__(
        self,
        postgres: Postgres,
        players: Players,
        reader: BoardReader,
        runs: Listings,
        clock: Clock,
    ) -> None:
        self._postgres = postgres
        self._players = players
        self._reader = reader
        self._runs = runs
        self._feed = Feed(postgres)
        self._clock = clock
        self._reads: SharedReads[Sheet] = SharedReads()

    async def read(self, id: str) -> Sheet:
        """Raises NotFound, Unavailable."""
        return await self._reads.get(id, lambda: self._read(id))

    async def _read(self, id: str) -> Sheet:
        player = await self._players.find(id)
        progress = await self._players.progress(player)
        reversed_boards = [board.slug for board, _ in player.standings if board.direction == "asc"]
        parts = {
            "player": {"id": player.id, "username": player.username},
            "level": progress["level"],
            "streak": progress["streak"],
            "days": await self._days(player),
            "places": await self._places(player),
            "earned": progress["earned"],
            "steps": next_steps(progress["progress"], reversed_boards),
            "runs": await self._live(player),
            "tournaments": await played(self._postgres, player.id),
            "stories": shown_stories(await self._feed.of_user(player.id, RECENT_ROWS)),
        }
        return Sheet(player, parts, looks(parts))

    async def _days(self, player: Player) -> Any:
        days = last_days(self._clock(), player.time_zone, DAYS)
        bounds = {"begins": [day.begins for day in days], "ends": [day.ends for day in days]}
        rows = await self._postgres.all(_queries.active_days, user_id=player.id, **bounds)
        return squares([day.date for day in days], [number for (number,) in rows])

    async def _places(self, player: Player) -> list[BoardPlace]:
        changes = await self._changes(player.id)
        return await asyncio.gather(
            *(
                self._place(player.id, board, standing, changes[board.slug])
                for board, standing in player.standings
                if standing
            )
        )

    async def _changes(self, user_id: str) -> Mapping[str, list[Change]]:
        since = self._clock() - timedelta(days=COURSE_DAYS)
        rows = await self._postgres.all(_queries.changes, user_id=user_id, since=since, limit=COURSE_ACTIONS)
        changes: defaultdict[str, list[Change]] = defaultdict(list)
        for board, value, previous in rows:
            changes[board].append(Change(value, previous))
        return changes

    async def _place(
        self, user_id: str, board: Board, standing: Standing, changes: Sequence[Change]
    ) -> BoardPlace:
        """The row itself is looked up for its movement; who has moved meanwhile goes without."""
        window = await self._reader.window(board.slug, 1, standing.position - 1)
        own = next((entry for entry in window.entries if entry.user_id == user_id), None)
        return board_place(standing, window, own, changes)

    async def _live(self, player: Player) -> list[Card]:
        return [card(run) for run in await self._runs.of_player(player.id)]
