"""How processes were in the last minutes, and what is drawn of it."""

import re
from datetime import UTC, datetime
from typing import Any

from sse_board.admin.site.health_page import gauges
from sse_board.admin.trends import BEATS_KEPT, Trends
from sse_board.web.charts import columns

NOW = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)


def process(name: str = "a", streams: int = 1, delivery: float | None = None) -> dict[str, Any]:
    return {
        "process": name,
        "streams": {"sse": streams, "websocket": 0, "poll": 9},
        "rates": {"frames": 2.5, "requests": 14.0, "actions": 0},
        "latencies": {"delivery": {"p99": delivery}},
        "memory": 2**20,
    }


def test_numbers_of_processes_are_added_up_and_of_the_latency_the_worst_counts() -> None:
    trends = Trends()
    trends.add(NOW, [process("a", 2, 5.0), process("b", 3)], is_complete=True)
    together = trends.together()
    assert (together["streams"], together["delivery"], together["memory"]) == ([5], [5.0], [2**21])
    assert trends.of("b")["streams"] == [3]


def test_what_was_not_known_is_a_gap_and_no_fall() -> None:
    trends = Trends()
    trends.add(NOW, [process("a"), process("b")], is_complete=True)
    trends.add(NOW, [process("a")], is_complete=False)
    assert trends.together()["streams"] == [2, None]
    assert trends.of("b")["streams"] == [1, None]


def test_so_many_beats_are_kept_and_a_new_process_has_none() -> None:
    trends = Trends()
    assert trends.since is None
    assert [gauge.now for gauge in gauges(trends.together())] == ["–"] * 6
    for _ in range(BEATS_KEPT + 5):
        trends.add(NOW, [process()], is_complete=True)
    assert len(trends.together()["memory"]) == BEATS_KEPT


def test_numbers_are_written_as_people_read_them() -> None:
    trends = Trends()
    trends.add(NOW, [process("a", 12_345, 2.5)], is_complete=True)
    assert [gauge.now for gauge in gauges(trends.together())] == [
        "12,345",
        "2.5/s",
        "14/s",
        "0/s",
        "2.5 ms",
        "1 MiB",
    ]


def test_columns_stand_on_nought_at_the_right_edge_with_gaps_where_nothing_is_known() -> None:
    drawn = columns([4, None, 2, 2, 0], 'a "word"', slots=10, height=40)
    (path,) = re.findall(r' d="([^"]*)"', drawn)
    assert path == "M5 40V0H6V40zM7 40V20H9V40z"
    assert 'aria-label="a &#34;word&#34;"' in drawn
    assert ' d=""' in columns([], "nothing", slots=10)
    assert ' d=""' in columns([0, 0], "still nothing", slots=10)
