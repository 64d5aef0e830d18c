"""Charts stay inside their frame, end at the newest value, and say what they show."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sse_board.web.charts import sparkline

WIDTH, HEIGHT = 120, 32


@given(st.lists(st.floats(-1e15, 1e15), min_size=2, max_size=60))
def test_every_point_is_inside_and_the_highest_value_is_drawn_highest(values: list[float]) -> None:
    drawn = str(sparkline(values, "Scores"))
    points = re.search(r'points="([^"]+)"', drawn)
    assert points
    places = [tuple(map(float, pair.split(","))) for pair in points[1].split()]
    assert len(places) == len(values)
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in places)
    assert min(y for _, y in places) == places[values.index(max(values))][1]


def test_words_are_escaped_and_one_value_is_no_line() -> None:
    assert 'aria-label="&lt;b&gt; &#34;"' in sparkline([1, 2], '<b> "')
    assert sparkline([1], "Scores") == ""
