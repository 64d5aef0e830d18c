"""The README says what is so."""

import re
import subprocess
import sys
from collections.abc import Callable

from sse_board import ROOT
from sse_board.settings import settings_table
from tests.support.servers import Stores, WebServer

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_as_it_is() -> None:
    documented = re.findall(r"^\| `([A-Z][A-Z_]+)` \| (?:`(.*?)`|none) \| (.+?) \|$", README, re.MULTILINE)
    assert documented == settings_table()


def test_the_python_client_scores(serve: Callable[..., WebServer], stores: Stores) -> None:
    snippet = re.findall(r"```python\n(.*?)```", README, re.DOTALL)[0]
    program = snippet.replace("http://127.0.0.1:8000", serve(stores).url)
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert ended.stdout.splitlines() == [
        "typing_wpm: 71.5, rank 1",
        "scoreboard: 10, rank 1",
        "overall: 10, rank 1",
    ]
