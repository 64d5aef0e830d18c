"""Live leaderboards and tournaments over Server-Sent Events."""

from importlib.metadata import version
from pathlib import Path

__version__ = version("sse-board")

#: The checkout: `templates/`, `static/`, `sql/` and `docs/` stand beside the package.
ROOT = Path(__file__).resolve().parent.parent
