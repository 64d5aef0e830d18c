"""What a benchmark prints, and what its verdict makes of it."""

import argparse
import re
from collections.abc import Sequence

import pytest

from sse_board.bench.commands import add_commands
from sse_board.bench.stage import Stage

VERDICT = r"(reached|missed)"


def check_printed(arguments: str, here: Stage, said: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Play it as from the command line: each of these patterns is printed, and the status says what was missed."""
    parser = argparse.ArgumentParser()
    add_commands(parser)
    args = parser.parse_args(arguments.split())
    status = args.func(args, here.settings)
    printed = capsys.readouterr().out
    assert all(re.search(pattern, printed, re.MULTILINE) for pattern in said), printed
    assert status == bool(re.search(r"must[^:]*: missed", printed))
