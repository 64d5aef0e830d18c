"""The benchmark runs and says what it measured; the figures are not looked at: the machine is busy with tests."""

import re
import subprocess
import sys

import pytest

from sse_board import ROOT
from sse_board.bench.rounds import Round, Spread, ratio, spread, verdict
from tests.support.servers import clean_environment

COMMAND = (sys.executable, "-m", "sse_board", "bench", "polling")
READERS = ["bare 304", "anonymous 304", "logged in 304", "bare 200", "anonymous 200"]


def test_polling_prints_rates_ratios_and_a_verdict() -> None:
    ended = subprocess.run(
        [*COMMAND, "--seconds", "0.2", "--rounds", "1", "--connections", "4"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    lines = ended.stdout.splitlines()
    assert lines[0] == "1 rounds of 0.2 s, 4 connections, one web process", ended.stderr
    figures = {line[:14].strip(): re.findall(r"[\d.]+", line[14:]) for line in lines[3:8]}
    assert {name: len(found) for name, found in figures.items()} == dict.fromkeys(READERS, 6)
    assert all(float(figure) > 0 for found in figures.values() for figure in found)
    beside = dict(zip(("anonymous 304", "logged in 304", "anonymous 200"), lines[10:], strict=True))
    assert all(line.startswith(name) for name, line in beside.items())
    assert re.search(r"must 0\.7: (reached|missed), goal 0\.9: (reached|missed)$", beside["anonymous 304"])
    assert ended.returncode == ("must 0.7: missed" in beside["anonymous 304"])


def test_rates_are_compared_round_by_round() -> None:
    """Else a machine that is slow in one round would make the other's figures look good."""
    bare, ours = [[Round(rate, 1.0, 2.0, 50.0) for rate in rates] for rates in ((100, 10, 50), (80, 9, 30))]
    assert ratio(bare, ours) == Spread(0.6, 0.8, 0.9)


@pytest.mark.parametrize(
    ("middle", "said"),
    [
        (0.69, "must 0.7: missed, goal 0.9: missed"),
        (0.7, "must 0.7: reached, goal 0.9: missed"),
        (0.9, "must 0.7: reached, goal 0.9: reached"),
    ],
)
def test_the_middle_decides(middle: float, said: str) -> None:
    assert verdict(spread([0.1, middle, 5.0]), 0.7, 0.9) == said
