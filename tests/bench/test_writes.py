"""The benchmarks of the write path run and say what they measured; the machine is too busy to look at figures."""

import contextlib
from collections.abc import Iterator

import psycopg
import pytest

from sse_board.bench.stage import Stage, stage
from tests.bench.printing import VERDICT, check_printed

PROGRAM = "sse_board.bench.server"
#: What is acted before the measuring begins; figures that nobody looks at need less of it.
WARM_UPS = {"actions.WARM_UP_SECONDS": 1, "latency.WARM_UP": 3}


@pytest.fixture(scope="module")
def shared() -> Iterator[Stage]:
    """One for all: it takes longer to set up than what is played on it."""
    with stage(PROGRAM) as shared:
        yield shared


@pytest.fixture
def here(shared: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """As if nobody had acted on it: each benchmark begins to count its actions anew."""
    with psycopg.connect(shared.settings.database_url) as database:
        database.execute("update actions set action_id = 'earlier ' || seq")
    for name, short in WARM_UPS.items():
        monkeypatch.setattr(f"sse_board.bench.{name}", short)
    return shared


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (  # before anybody has earned anything
            "awards --players 4 --load 20",
            [r"quiet +p50 \d+\.\d", r"20 actions/s +p50 \d+\.\d", rf"must be p99 < 200 ms: {VERDICT}"],
        ),
        (
            "latency --actions 5",
            [r"action → answer +p50 \d+\.\d", r"action → frame +p50 \d+\.\d", rf"must be p50 < 10.*: {VERDICT}"],
        ),
        (
            "actions --rounds 1 --seconds 1 --clients 4 --players 200",
            [r"pgbench a second: .* [1-9]\d*\n", r"actions a second: .* [1-9]\d*\n", rf"must 0\.5: {VERDICT}"],
        ),
        (
            "scale --players 3000 --rounds 1 --seconds 0.2",
            [rf"action +\d.*must 1\.5: {VERDICT}", rf"top 10 +\d.*must 1\.5: {VERDICT}", r"\d+ actions counted"],
        ),
    ],
    ids=lambda value: value.partition(" ")[0] if isinstance(value, str) else "",
)
def test_it_prints_its_figures_and_a_verdict(
    here: Stage,
    arguments: str,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def set_up(program: str) -> contextlib.AbstractContextManager[Stage]:
        assert program == PROGRAM
        return contextlib.nullcontext(here)

    monkeypatch.setattr(f"sse_board.bench.{arguments.partition(' ')[0]}.stage", set_up)
    check_printed(arguments, here, said, capsys)
