"""Channels that are read together: when each of them is looked at. The clock comes in."""

from typing import Any

import pytest

from sse_board.live.states.group import Group
from sse_board.live.states.watched import Watched

PAUSE = 1.0
HINT = 100.0
AT_ONCE = 0.001


def a_channel(read_at: float) -> Watched:
    """Somebody listens to it, and knows its state."""
    watched = Watched("channel", Any, None)  # type: ignore[arg-type]
    watched.topics[0] = _Known()  # type: ignore[assignment]
    watched.read_at = read_at
    return watched


class _Known:
    state = "known"


def a_group(*members: Watched) -> Group:
    group = Group(Any, PAUSE)  # type: ignore[arg-type]
    group.members = dict.fromkeys(members)
    return group


def looks(group: Group, until: float = HINT + 20) -> list[tuple[float, Watched]]:
    """Who is looked at when, as long as nothing else happens. Reading begins at once, and takes no time."""
    found = []
    while group.due is not None and group.due < until:
        now = group.due
        group.begin(now)
        for watched in group.take():
            watched.read_at, watched.is_busy = now + AT_ONCE, False
            found.append((round(now - HINT, 3), watched))
        group.rest(now, 0.0)
    return found


def test_after_a_hint_each_is_looked_at_once_and_then_nobody() -> None:
    """Whenever they were read before."""
    quiet, recent, later = a_channel(HINT - 50), a_channel(HINT - 0.3), a_channel(HINT - 0.1)
    group = a_group(quiet, recent, later)
    group.stir(HINT)
    assert looks(group) == [(0.0, quiet), (0.7, recent), (0.95, later)]
    assert group.due is None


def test_who_was_read_between_two_hints_is_looked_at_again() -> None:
    quiet, recent = a_channel(HINT - 50), a_channel(HINT - 0.3)
    group = a_group(quiet, recent)
    group.stir(HINT)
    first = looks(group, HINT + 0.1)
    group.stir(HINT + 0.2)
    assert first == [(0.0, quiet)]
    assert looks(group) == [(0.7, recent), (1.0 + AT_ONCE, quiet)]


@pytest.mark.parametrize("is_busy", [True, False])
def test_what_is_being_told_from_before_the_hint_is_looked_at_when_that_is_over(is_busy: bool) -> None:
    telling = a_channel(HINT - 0.5)
    telling.is_busy = is_busy
    group = a_group(telling)
    group.stir(HINT)
    group.begin(HINT)
    assert not group.is_asked
    telling.is_busy = False
    assert looks(group) == [(0.5, telling)]
