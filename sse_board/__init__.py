"""Live leaderboards and tournaments over Server-Sent Events."""

from pathlib import Path

#: The checkout: `templates/`, `static/`, `sql/` and `docs/` stand beside the package.
ROOT = Path(__file__).resolve().parent.parent
