"""Much that happens becomes little that is told, and nothing is dropped without a word. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

#: (kind, player, subject): what one player does again within a moment is told as one.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Pending:
    """An entry that waits: `subject` is the board or the app that it is about, `title` what that is called."""

    id: int
    kind: str
    user_id: str
    username: str
    board: str | None
    title: str
    data: Mapping[str, Any]
    at: datetime

    @property
    def subject(self) -> str:
        return self.board or self.data.get("app") or ""

    @property
    def key(self) -> Key:
        return self.kind, self.user_id, self.subject


@dataclass(frozen=True, slots=True)
class Story:
    """Entries of one kind that are told as one, the oldest first; the last one's player is named."""

    entries: tuple[Pending, ...]

    @property
    def last(self) -> Pending:
        return self.entries[-1]

    @property
    def others(self) -> int:
        """Players besides the one who is named."""
        return len({one.user_id for one in self.entries}) - 1

    @property
    def subject(self) -> str:
        """Empty where they are about several."""
        subjects = {one.subject for one in self.entries}
        return subjects.pop() if len(subjects) == 1 else ""


def fold(pending: Sequence[Pending], held: Collection[Key], most: int) -> list[Story]:
    """What is told now, in at most so many stories; the rest goes on waiting.

    `held`: what was told a moment ago, so that what follows is gathered for a while. Where there are too many
    stories, those of one kind and subject become one, the largest crowd first; then those of one kind.
    """
    stories = [story for story in _grouped(pending, lambda one: one.key) if story.last.key not in held]
    for crowd in (_kind_and_subject, _kind):
        stories = _crowded(stories, crowd, most)
    stories.sort(key=lambda story: story.entries[0].id)
    return sorted(stories[: max(0, most)], key=lambda story: story.last.id)


def _grouped(pending: Sequence[Pending], key: Callable[[Pending], Hashable]) -> list[Story]:
    groups: defaultdict[Hashable, list[Pending]] = defaultdict(list)
    for one in pending:
        groups[key(one)].append(one)
    return [Story(tuple(group)) for group in groups.values()]


def _crowded(stories: list[Story], crowd: Callable[[Pending], Hashable], most: int) -> list[Story]:
    """Whole crowds become one story each, until there are few enough or every crowd is one."""
    crowds: defaultdict[Hashable, list[Story]] = defaultdict(list)
    for story in stories:
        crowds[crowd(story.last)].append(story)
    excess = len(stories) - most
    told: list[Story] = []
    for members in sorted(crowds.values(), key=len, reverse=True):
        if excess > 0 and len(members) > 1:
            excess -= len(members) - 1
            entries = sorted((one for story in members for one in story.entries), key=lambda one: one.id)
            told.append(Story(tuple(entries)))
        else:
            told += members
    return told


def _kind_and_subject(one: Pending) -> Hashable:
    return one.kind, one.subject


def _kind(one: Pending) -> Hashable:
    return one.kind
