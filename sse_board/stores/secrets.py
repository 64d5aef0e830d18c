"""Keys that are made once and kept beside the data they protect."""

import base64
import os
import secrets
from pathlib import Path

from sse_board.settings import KEY_BYTES


def kept_key(path: Path) -> str:
    """The `id:base64` key in this file, made at the first call; mode 0600. For one process at a time."""
    if not path.exists():
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        _write(draft, f"k1:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n")
        draft.rename(path)  # a half-written key would lock everybody out for good
    return path.read_text(encoding="ascii").strip()


def _write(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
