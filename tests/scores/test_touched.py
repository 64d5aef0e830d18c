"""Which standings changes may have touched, told from what hints say."""

from hypothesis import given
from hypothesis import strategies as st

from sse_board.boards.hint import Hint
from sse_board.scores.touched import ANYBODY, REMEMBERED, Touched
from sse_board.version import Version

SPANS = st.tuples(st.integers(1, 30), st.none() | st.integers(0, 10)).map(
    lambda pair: (pair[0], None if pair[1] is None else pair[0] + pair[1])
)


def at(seq: int) -> Version:
    return Version(1, seq)


def hint(start: int, end: int, *spans: tuple[int, int | None], users: tuple[str, ...] = ()) -> Hint:
    return Hint(at(end), users, at(start), spans)


@given(st.lists(st.lists(SPANS, max_size=4), min_size=1, max_size=5), st.integers(1, 45))
def test_a_rank_is_touched_where_any_change_since_names_it(
    changes: list[list[tuple[int, int | None]]], rank: int
) -> None:
    touched = Touched()
    for seq, spans in enumerate(changes):
        touched.changed("board", hint(seq, seq + 1, *spans))
    for since in range(len(changes)):
        touch = touched.since("board", at(since))
        named = any(
            first <= rank and (last is None or rank <= last) for spans in changes[since:] for first, last in spans
        )
        assert touch is not None
        assert touch.moved(rank) == named


def test_nothing_happened_since_the_newest_version() -> None:
    touched = Touched()
    touched.changed("board", hint(4, 5, (1, None)))
    assert touched.since("board", at(5)) is None


def test_who_acted_is_touched_whatever_their_rank() -> None:
    touched = Touched()
    touched.changed("board", hint(4, 5, users=("ada",)))
    touch = touched.since("board", at(4))
    assert touch is not None
    assert touch.acted("ada")
    assert not touch.acted("bob")
    assert not touch.moved(1)


def test_a_gap_between_hints_may_have_touched_anybody() -> None:
    touched = Touched()
    touched.changed("board", hint(4, 5))
    touched.changed("board", hint(6, 7))
    assert touched.since("board", at(5)) is ANYBODY
    assert touched.since("board", at(6)) != ANYBODY


def test_what_is_told_without_names_or_was_never_read_may_be_anybody() -> None:
    for told in (Hint(at(5), None), Hint(at(5), ["ada"])):
        touched = Touched()
        touched.changed("board", hint(3, 4))
        touched.changed("board", told)
        assert touched.since("board", at(4)) is ANYBODY
        assert touched.since("board", None) is ANYBODY
        assert touched.since("other", at(4)) is ANYBODY


def test_after_hints_were_missed_a_board_is_believed_again_once_it_was_read() -> None:
    touched = Touched()
    touched.changed("board", hint(4, 5))
    touched.forget()
    assert touched.since("board", at(5)) is ANYBODY
    touched.read("board", at(6))
    assert (touched.since("board", at(5)), touched.since("board", at(6))) == (ANYBODY, None)


def test_only_so_much_is_remembered() -> None:
    touched = Touched()
    for seq in range(REMEMBERED):
        touched.changed("board", hint(seq, seq + 1, users=("ada",)))
    assert touched.since("board", at(0)) is ANYBODY
    assert touched.since("board", at(REMEMBERED - 1)) != ANYBODY


def test_more_than_is_worth_looking_through_may_have_touched_anybody() -> None:
    """Each of these changes has three parts: itself, who acted, and a span."""
    touched = Touched()
    for seq in range(10):
        touched.changed("board", hint(seq, seq + 1, (3, 5), users=("ada",)))
    assert touched.since("board", at(9), most=2) is ANYBODY
    near = touched.since("board", at(9), most=3)
    assert near is not None
    assert (near.acted("ada"), near.acted("bob"), near.moved(4), near.moved(6)) == (True, False, True, False)
