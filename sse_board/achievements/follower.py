"""Awards, decided in commit order by the one active worker: the follower `awards`."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from sse_board.achievements.backfill import Backfill
from sse_board.achievements.catalog import AchievementCatalog
from sse_board.achievements.deed import Commit, Deed, Taken, commits
from sse_board.achievements.grant import Fallen, tell_fallen, write
from sse_board.achievements.judge import TOP_RANK, Judge, fallen
from sse_board.achievements.rulebook import Rulebook
from sse_board.achievements.standings import load_window
from sse_board.achievements.streak import Streak, prolong
from sse_board.achievements.window import DEPTH, Depth, Window
from sse_board.boards.board import Board
from sse_board.boards.catalog import BoardCatalog
from sse_board.live.events.outbox import Writing
from sse_board.scores.action import Effect
from sse_board.scores.catalog import ActionCatalog
from sse_board.scores.flags import Alert, Flag, raise_flags
from sse_board.stores.postgres import Connection, Postgres
from sse_board.stores.queries import Queries
from sse_board.web.bodies import exact

_queries = Queries("achievements")
_followers = Queries("followers")

#: The follower's name.
AWARDS = "awards"
#: Commits in one transaction: more than the largest batch, or it could not be seen whole.
PAGE_ACTIONS = 500
#: (player, achievement) that are remembered as awarded for a rank; forgotten ones cost a look into the table.
SETTLED_LIMIT = 100_000


class AwardsFollower:
    """Goes on where the one before it stopped; what it keeps in memory is as of that place, or thrown away.

    Only the best of each board are kept in order (`Window`), and made again from what is stored where they are
    missing: at the beginning, after a void, and where too many of them fell behind.
    """

    def __init__(
        self,
        postgres: Postgres,
        writing: Callable[[], AbstractAsyncContextManager[Writing]],
        boards: BoardCatalog,
        alert: Alert,
        *,
        page: int = PAGE_ACTIONS,
        depth: Depth = DEPTH,
    ) -> None:
        self._postgres = postgres
        self._writing = writing
        self._boards = boards
        self._types = ActionCatalog(postgres)
        self._achievements = AchievementCatalog(postgres)
        self._alert = alert
        self._page = page
        self._depth = depth
        self._backfill = Backfill(writing, self._achievements)
        self._rulebook = Rulebook((), (), self._types.find)
        self._version = 0
        self._forget()

    def _forget(self) -> None:
        """Whatever is in memory may be ahead of what is stored."""
        self._seq = -1
        self._windows: dict[str, Window] = {}
        #: Who stood in the first `TOP_RANK` of each board when they were last looked at, and who led it.
        self._tops: dict[str, tuple[dict[str, int], str | None]] = {}
        self._settled: set[tuple[str, str]] = set()

    async def step(self) -> bool:
        """Consume the next page; whether there may be more. Raises Unavailable."""
        row = await self._postgres.one(_queries.look, name=AWARDS)
        assert row is not None, f"no migration has made the follower {AWARDS}"
        seq, version, now, has_news, has_backfills = row
        has_new_rules = await self._refresh(version)
        if seq != self._seq:
            self._forget()
            self._seq = seq
        fresh, is_full = await self._load_missing(), False
        if has_news or fresh or has_new_rules:
            is_full = await self._advance(list(self._windows) if has_new_rules else fresh, now)
        if has_backfills and not has_new_rules and self._seq >= seq:  # in turns: there may be news all the time
            await self._backfill.step(self._rulebook, self._seq, now)
        return is_full or bool(has_backfills)

    async def _refresh(self, version: int) -> bool:
        """Whether boards, types or achievements are others than before."""
        if version == self._version:
            return False
        for catalog in (self._boards, self._types, self._achievements):
            await catalog.refresh()
        self._rulebook = Rulebook(self._achievements, self._boards, self._types.find)
        for slug, board in self._rulebook.boards.items():
            if slug in self._windows and self._windows[slug].board != board:
                del self._windows[slug]
        self._version = version
        return True

    async def _load_missing(self) -> list[str]:
        """Heavy reads, before anything is locked. Where one fails all are missing again: none was looked at."""
        missing = [slug for slug in self._rulebook.boards if slug not in self._windows]
        try:
            for slug in missing:
                await self._load(self._rulebook.boards[slug])
        except BaseException:
            self._forget()
            raise
        return missing

    async def _load(self, board: Board) -> None:
        window = await load_window(self._postgres, board, self._seq, self._depth)
        self._windows[board.slug] = window
        self._tops.setdefault(board.slug, (dict(window.first(TOP_RANK)), window.leader))

    async def _advance(self, fresh: Sequence[str], now: datetime) -> bool:
        try:
            async with self._writing() as writing:
                seq, is_full = await self._consume(writing, fresh, now)
            self._seq = seq
        except BaseException:
            self._forget()
            raise
        return is_full

    async def _consume(self, writing: Writing, fresh: Sequence[str], now: datetime) -> tuple[int, bool]:
        """(the place that it came to, whether there may be more)."""
        connection = writing.connection
        position = await (await connection.execute(_followers.position, {"name": AWARDS})).fetchone()
        if position is None or position[0] != self._seq:  # somebody else went on
            return -1, True
        version, page = await self._read_page(connection)
        if version != self._version:  # an action may be on a board that was made this very moment
            return self._seq, True
        taken, found = commits(page, is_full=len(page) == self._page)
        judge = await self._judge(connection, found)
        for slug in fresh:
            judge.see_ranks(slug, self._seq, now, {})
            judge.see_leader(slug, self._tops[slug][1] if slug in self._tops else None)
        seq, short = self._see(judge, found)
        if taken:
            seq = await self._take_back(writing, taken)
        await write(writing, judge.finish())
        await tell_fallen(writing, self._fallen(judge.tops))
        for slug in short:
            self._windows.pop(slug, None)
        if seq != self._seq:
            await connection.execute(_followers.move_on, {"name": AWARDS, "seq": seq})
        is_behind = bool(found) and seq < found[-1][-1].seq
        return seq, is_behind or len(page) > sum(map(len, found))

    async def _read_page(self, connection: Connection) -> tuple[int, list[Deed | Taken]]:
        """(the version of the catalogue then, the page)."""
        wanted = {"seq": self._seq, "limit": self._page}
        rows = await (await connection.execute(_queries.page, wanted)).fetchall()
        return rows[0][0] if rows else self._version, [self._item(row[1:]) for row in rows]

    def _item(self, row: Sequence[Any]) -> Deed | Taken:
        """What was done to boards that are no more is nobody's business."""
        seq, user_id, action_id, action_type, effects, metadata, at, is_void, time_zone = row
        if is_void:
            return Taken(seq, user_id, action_id, tuple(effect["board"] for effect in effects), at)
        fed = tuple(Effect(**effect) for effect in effects if effect["board"] in self._rulebook.boards)
        return Deed(seq, user_id, action_id, action_type, fed, exact(metadata), at, time_zone)

    async def _judge(self, connection: Connection, found: Sequence[Commit]) -> Judge:
        if len(self._settled) > SETTLED_LIMIT:
            self._settled.clear()
        users = sorted({deed.user_id for commit in found for deed in commit})
        streaks = await _read_streaks(connection, users, self._seq)
        return Judge(self._rulebook, self._windows, streaks, self._settled)

    def _see(self, judge: Judge, found: Sequence[Commit]) -> tuple[int, set[str]]:
        """As far as the windows reach; the boards whose windows do not, and must be loaded anew."""
        seq = self._seq
        for commit in found:
            if not judge.can_see(commit):
                return seq, {effect.board for deed in commit for effect in deed.effects}
            judge.see(commit)
            seq = commit[-1].seq
        return seq, set()

    async def _take_back(self, writing: Writing, taken: Taken) -> int:
        """Awards stay, but admins are told of those that the action had earned; the boards are looked at anew."""
        for slug in taken.boards:
            self._windows.pop(slug, None)
        key = {"user_id": taken.user_id, "action_id": taken.action_id}
        rows = await (await writing.connection.execute(_queries.earned_by, key)).fetchall()
        slugs = [row[0] for row in rows]
        if slugs:
            summary = f"is void now, and has earned {', '.join(slugs)}"
            flag = Flag("award_of_void", taken.user_id, taken.action_id, summary, {"achievements": slugs})
            await raise_flags(writing, [flag], self._alert)
        return taken.seq

    def _fallen(self, tops: Mapping[str, Mapping[str, int]]) -> list[Fallen]:
        """Since the last look, and since any commit seen in this one; windows that are missing come later."""
        found = []
        for slug, window in self._windows.items():
            now = dict(window.first(TOP_RANK))
            before = self._tops.get(slug, (now, None))[0]
            was = {**before, **tops.get(slug, {})}
            self._tops[slug] = (now, window.leader)
            leaders = {user: 1 for user, rank in before.items() if rank == 1}
            found += [Fallen(user, window.board, lost) for user, lost in fallen(was | leaders, now)]
        return found


async def _read_streaks(connection: Connection, users: Sequence[str], seq: int) -> dict[str, Streak | None]:
    """Who has none yet may have done something before anybody counted."""
    if not users:
        return {}
    rows = await (await connection.execute(_queries.streaks, {"users": list(users)})).fetchall()
    streaks = {user: Streak(*rest) if rest[0] else None for user, *rest in rows}
    unknown = [user for user, streak in streaks.items() if streak is None]
    if unknown:
        earlier = {"users": unknown, "seq": seq}
        for user, zone, at in await (await connection.execute(_queries.earlier_days, earlier)).fetchall():
            streaks[user] = prolong(streaks[user], at, zone)
    return streaks
