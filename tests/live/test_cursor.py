"""Cursors: opaque to clients, exact to us."""

from hypothesis import given
from hypothesis import strategies as st

from sse_board.live.cursor import from_cursor, mark, marks_of, to_cursor

positions = st.integers(min_value=0, max_value=36**12 - 1)
marks = st.lists(st.builds(mark, st.text(), st.text()), unique=True, max_size=60)


@given(positions, marks)
def test_what_goes_in_comes_out(position: int, given_marks: list[str]) -> None:
    cursor = to_cursor(position, given_marks)
    assert from_cursor(cursor) == position
    assert marks_of(cursor) == frozenset(given_marks)
    assert cursor.isascii()


@given(st.text())
def test_any_text_is_read_without_harm(text: str) -> None:
    position = from_cursor(text)
    if position is None:
        assert marks_of(text) == frozenset()
    else:
        assert from_cursor(to_cursor(position)) == position
