"""What commits earn their players, decided one after the other, in commit order. Pure."""

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sse_board.achievements.deed import Commit, Deed
from sse_board.achievements.definition import LOWEST_RANK, Achievement
from sse_board.achievements.rulebook import Rulebook
from sse_board.achievements.streak import MILESTONES, Streak, prolong
from sse_board.achievements.window import Window
from sse_board.activity.entry import Entry
from sse_board.boards.board import Board
from sse_board.scores.action import Effect
from sse_board.scores.catalog import app_of
from sse_board.sessions.rules import run_id

#: Whoever falls out of the first so many of a board is told so.
TOP_RANK = 10


@dataclass(frozen=True, slots=True)
class Award:
    """`seq`: the commit that earned it; `action_id`: the player's own action in it, if there was one."""

    user_id: str
    achievement: Achievement
    seq: int
    action_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Milestone:
    user_id: str
    days: int
    time_zone: str


@dataclass(slots=True)
class Outcome:
    """What a page of commits leaves to be written and told. Of several reasons for one award the first counts."""

    awards: dict[tuple[str, str], Award] = field(default_factory=dict)
    milestones: list[Milestone] = field(default_factory=list)
    streaks: dict[str, Streak] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)


class Judge:
    """Takes `windows` and `streaks` along. `settled`: (player, achievement), what was awarded for ranks before."""

    def __init__(
        self,
        rulebook: Rulebook,
        windows: Mapping[str, Window],
        streaks: MutableMapping[str, Streak | None],
        settled: set[tuple[str, str]],
    ) -> None:
        self._rulebook = rulebook
        self._windows = windows
        self._streaks = streaks
        self._settled = settled
        self._ranks_before: dict[tuple[str, str], int | None] = {}
        #: The best rank in the first `TOP_RANK` of each board that anybody had after one of these commits.
        self.tops: dict[str, dict[str, int]] = {}
        self.outcome = Outcome()

    def can_see(self, commit: Commit) -> bool:
        """Whether the windows are there, and long enough to be so afterwards."""
        changes: dict[str, int] = {}
        for deed in commit:
            for effect in deed.effects:
                changes[effect.board] = changes.get(effect.board, 0) + 1
        return all(slug in self._windows and self._windows[slug].has_room_for(n) for slug, n in changes.items())

    def see(self, commit: Commit) -> None:
        """One commit: what is done counts at once, ranks only where they stand when all of it is done."""
        boards = dict.fromkeys(effect.board for deed in commit for effect in deed.effects)
        leaders = {slug: self._windows[slug].leader for slug in boards}
        for deed in commit:
            self._do(deed)
        own = {deed.user_id: deed.action_id for deed in commit}
        for slug in boards:
            self.see_ranks(slug, commit[-1].seq, commit[-1].at, own)
            self.see_leader(slug, leaders[slug])
            self._note_top(slug)

    def _note_top(self, slug: str) -> None:
        top = self.tops.setdefault(slug, {})
        for user, rank in self._windows[slug].first(TOP_RANK):
            top[user] = min(rank, top.get(user, rank))

    def _do(self, deed: Deed) -> None:
        for effect in deed.effects:
            self._move(deed, effect)
            self._award_all(deed, self._rulebook.for_score(effect))
        self._award_all(deed, self._rulebook.for_perfection(deed.action_type, deed.metadata))
        self._prolong(deed)
        self.outcome.entries += _session_entries(deed, self._rulebook)

    def _move(self, deed: Deed, effect: Effect) -> None:
        window, user = self._windows[effect.board], deed.user_id
        if effect.previous is not None:
            self._ranks_before.setdefault((effect.board, user), window.rank(user))
        window.move(user, effect.previous, effect.score, deed.seq)
        if _is_better_best(window.board, effect):
            self.outcome.entries.append(_high_score(user, window.board, effect))

    def _award_all(self, deed: Deed, achievements: Iterator[Achievement]) -> None:
        for one in achievements:
            self._award(Award(deed.user_id, one, deed.seq, deed.action_id, deed.at))

    def _award(self, award: Award) -> None:
        self.outcome.awards.setdefault((award.user_id, award.achievement.slug), award)

    def _prolong(self, deed: Deed) -> None:
        before = self._streaks.get(deed.user_id)
        after = prolong(before, deed.at, deed.time_zone)
        self._streaks[deed.user_id] = self.outcome.streaks[deed.user_id] = after
        if before is not None and after.last_day == before.last_day:
            return
        if after.days in MILESTONES:
            self.outcome.milestones.append(Milestone(deed.user_id, after.days, deed.time_zone))
        self._award_all(deed, self._rulebook.for_streak(after.best))

    def see_ranks(self, slug: str, seq: int, at: datetime, own: Mapping[str, str]) -> None:
        """Award who stands where it is awarded for. `own`: the action of each player in this commit."""
        rules = self._rulebook.for_ranks(slug)
        lowest = max((rank for rank, _ in rules), default=0)
        for user, rank in self._windows[slug].first(lowest) if lowest else ():
            for at_most, achievement in rules:
                key = (user, achievement.slug)
                if rank <= at_most and key not in self._settled:
                    self._settled.add(key)
                    self._award(Award(user, achievement, seq, own.get(user), at))

    def see_leader(self, slug: str, before: str | None) -> None:
        leader = self._windows[slug].leader
        if before is not None and leader is not None and leader != before:
            data = {"previousLeader": before}
            self.outcome.entries.append(Entry("new_leader", leader, slug, data))

    def finish(self) -> Outcome:
        """Who has climbed within the first hundred, from where they stood before the first of these commits."""
        for (slug, user), before in self._ranks_before.items():
            rank = self._windows[slug].rank(user)
            if rank is not None and rank <= LOWEST_RANK and (before is None or rank < before):
                data = {"previousRank": before, "rank": rank}
                self.outcome.entries.append(Entry("rank_improved", user, slug, data))
        return self.outcome


def fallen(was: Mapping[str, int], now: Mapping[str, int]) -> list[tuple[str, str]]:
    """(player, what they lost: `lead` or `top`) between two looks at who stood where in the first `TOP_RANK`."""
    lost_lead = [(user, "lead") for user, rank in was.items() if rank == 1 and now.get(user) != 1]
    out = [(user, "top") for user in was if user not in now and (user, "lead") not in lost_lead]
    return lost_lead + out


def _is_better_best(board: Board, effect: Effect) -> bool:
    """A first score beats nothing."""
    if board.policy != "best" or effect.previous is None:
        return False
    return board.rank_key(effect.score) < board.rank_key(effect.previous)


def _high_score(user_id: str, board: Board, effect: Effect) -> Entry:
    assert effect.previous is not None
    data = {"score": board.shown(effect.score), "previousScore": board.shown(effect.previous)}
    return Entry("high_score", user_id, board.slug, data)


def _session_entries(deed: Deed, rulebook: Rulebook) -> list[Entry]:
    """A run that this action has finished, with what its type knows of the result."""
    kind = rulebook.find_type(deed.action_type)
    if kind is None or not kind.requires_session:
        return []
    result = {name: deed.metadata[name] for name in kind.bounds if name in deed.metadata}
    told: dict[str, Any] = {"sessionId": run_id(deed.metadata), "app": app_of(kind.slug)}
    told["result"] = result
    return [
        Entry("session.ended", deed.user_id, None, {**told, "scored": True}),
        Entry("session_completed", deed.user_id, None, told),
    ]
