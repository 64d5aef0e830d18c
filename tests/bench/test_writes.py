"""The benchmarks of the write path run and say what they measured; the machine is too busy to look at figures."""

import re
import subprocess
import sys

import pytest

from sse_board import ROOT
from tests.support.servers import clean_environment

COMMAND = (sys.executable, "-m", "sse_board", "bench")
VERDICT = r"(reached|missed)"


def run(*arguments: str) -> tuple[int, str]:
    ended = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert not ended.stderr
    return ended.returncode, ended.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("actions", "--rounds", "1", "--seconds", "1", "--clients", "4", "--players", "200"),
            [r"pgbench a second: .* [1-9]\d*\n", r"actions a second: .* [1-9]\d*\n", rf"must 0\.5: {VERDICT}"],
        ),
        (
            ("latency", "--actions", "5"),
            [r"action → answer +p50 \d+\.\d", r"action → frame +p50 \d+\.\d", rf"must be p50 < 10.*: {VERDICT}"],
        ),
        (
            ("awards", "--players", "4", "--load", "20"),
            [r"quiet +p50 \d+\.\d", r"20 actions/s +p50 \d+\.\d", rf"must be p99 < 200 ms: {VERDICT}"],
        ),
        (
            ("scale", "--players", "3000", "--rounds", "1", "--seconds", "0.3"),
            [rf"action +\d.*must 1\.5: {VERDICT}", rf"top 10 +\d.*must 1\.5: {VERDICT}", r"\d+ actions counted"],
        ),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_it_prints_its_figures_and_a_verdict(arguments: tuple[str, ...], said: list[str]) -> None:
    status, printed = run(*arguments)
    assert all(re.search(pattern, printed) for pattern in said), printed
    assert status == bool(re.search(r"must[^:]*: missed", printed))
