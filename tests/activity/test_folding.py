"""Much becomes little, and nothing is dropped without a word."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.activity.folding import Pending, Story, fold
from sse_board.activity.kinds import EVENTS
from sse_board.activity.wording import payload, text
from sse_board.clock import EPOCH


def pending(id: int, kind: str, user: str = "Ada", board: str | None = None, **data: Any) -> Pending:
    return Pending(id, kind, user, user, board, (board or "").title(), data, EPOCH)


def test_a_burst_of_one_player_is_one_story() -> None:
    (story,) = fold([pending(n, "session_completed", app="typing", n=n) for n in range(12)], (), 10)
    assert text(story) == "Ada finished 12 typing sessions"
    assert (payload(story)["count"], payload(story)["others"], payload(story)["n"]) == (12, 0, 11)


def test_a_climb_is_told_from_where_it_began() -> None:
    steps = [(9, 7), (7, 4), (4, 2)]
    entries = [
        pending(n, "rank_improved", board="chess", previousRank=one, rank=two)
        for n, (one, two) in enumerate(steps)
    ]
    (story,) = fold(entries, (), 10)
    assert text(story) == "Ada climbed to rank 2 of Chess"
    assert (payload(story)["previousRank"], payload(story)["rank"]) == (9, 2)


def test_what_was_told_a_moment_ago_is_gathered() -> None:
    one, two = pending(1, "achievement", "Ada", title="X"), pending(2, "achievement", "Bob", title="X")
    assert fold([one, two], {one.key}, 10) == [Story((two,))]


def test_too_many_become_crowds_the_largest_first() -> None:
    crowd = [pending(n, "session_completed", f"player {n}", app="typing") for n in range(41)]
    few = [pending(50 + n, "high_score", f"player {n}", "chess", score=n) for n in range(3)]
    stories = fold([*crowd, *few], (), 10)
    assert text(stories[0]) == "player 40 and 40 others finished typing sessions"
    assert len(stories) == 4
    assert payload(stories[0])["others"] == 40


def test_boards_and_apps_are_folded_only_where_that_is_not_enough() -> None:
    entries = [pending(n, "high_score", "Ada", f"board {n}", score=n) for n in range(20)]
    (story,) = fold(entries, (), 3)
    assert text(story) == "Ada has new personal bests on several boards"
    assert "board" not in payload(story)


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("session.started", {"app": "online_chess"}, "Ada started an online_chess session"),
        ("session.ended", {"app": "typing"}, "Ada ended a typing session"),
        ("achievement", {"title": "Flawless", "icon": "🎯"}, "Ada unlocked 🎯 Flawless"),
        ("new_leader", {}, "Ada took the lead of Chess"),
        ("high_score", {"score": 95}, "Ada has a new personal best on Chess: 95"),
    ],
)
def test_a_story_is_a_sentence(kind: str, data: dict[str, Any], said: str) -> None:
    board = None if kind.startswith(("session", "achievement")) else "chess"
    assert text(Story((pending(1, kind, board=board, **data),))) == said


entries = st.lists(
    st.tuples(
        st.sampled_from(sorted(EVENTS)), st.sampled_from(["Ada", "Bob", "Cy", "Di"]), st.sampled_from("xyz")
    ),
    max_size=60,
)


@given(entries, st.integers(0, 12), st.sets(st.integers(0, 59)))
def test_every_entry_is_told_once_or_waits(happened: list[Any], most: int, told: set[int]) -> None:
    waiting = [pending(id, kind, user, board, rank=1) for id, (kind, user, board) in enumerate(happened)]
    held = {one.key for one in waiting if one.id in told}
    stories = fold(waiting, held, most)
    assert len(stories) <= most
    gone = [one.id for story in stories for one in story.entries]
    assert len(gone) == len(set(gone))
    assert not [one for one in waiting if one.id in gone and one.key in held]
    assert all(payload(story)["count"] == len(story.entries) and text(story) for story in stories)
    if most >= len(EVENTS):
        assert {one.id for one in waiting if one.key not in held} == set(gone), "nobody waits for ever"
