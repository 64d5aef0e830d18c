"""A browser's page loses no update and ends with what REST answers; how busy it was is not looked at here."""

import re
import subprocess
import sys

from sse_board import ROOT
from tests.support.servers import clean_environment


def test_a_page_shows_every_version_it_is_told_and_ends_with_what_rest_answers() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "sse_board", "bench", "page", "--seconds", "3", "--rate", "30"],
        cwd=ROOT,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert not ended.stderr
    assert re.search(r"main thread busy +\d+\.\d %", ended.stdout), ended.stdout
    assert re.search(r"versions told +[1-9]\d*, of which the page left out 0\n", ended.stdout), ended.stdout
    assert "the last table is what REST answers" in ended.stdout
    assert ended.returncode == ("busy: missed" in ended.stdout)
