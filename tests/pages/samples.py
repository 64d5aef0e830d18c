"""What the routes hand to the templates, with names that try to break out of them."""

from types import SimpleNamespace
from typing import Any

HOSTILE = "</bdi><script>alert('1')</script>\" onload=\"x"
IDS = tuple(f"0192f000-0000-7000-8000-00000000000{digit}" for digit in range(3))
VIEWER = SimpleNamespace(id=IDS[1], username=HOSTILE, role="PARTICIPANT")


def entry(position: int, **changes: Any) -> SimpleNamespace:
    fields: dict[str, Any] = {
        "position": position,
        "rank": position,
        "user_id": IDS[position - 1],
        "username": HOSTILE,
        "avatar_url": None,
        "score": "1,240",
        "achieved_at": "2026-01-10T10:30:00.000Z",
        "previous_rank": position,
        "rank_change": 0,
        "velocity": None,
    }
    return SimpleNamespace(**fields | changes)


def panel(slug: str = "scoreboard", **changes: Any) -> SimpleNamespace:
    fields: dict[str, Any] = {
        "board": SimpleNamespace(slug=slug, title=HOSTILE, unit="words/min", policy="sum", direction="desc"),
        "limit": 10,
        "entries": [
            entry(1, rank_change=2, previous_rank=3, velocity=-12),
            entry(2, rank_change=-1, previous_rank=1, avatar_url='/avatars/a?size=32&v="1"'),
            entry(3, rank_change=None, previous_rank=None),
        ],
        "total": 1234,
        "version": "1-42",
        "updated_at": "2026-01-10T10:30:00.000Z",
    }
    return SimpleNamespace(**fields | changes)


def empty_panel(slug: str = "piano_score") -> SimpleNamespace:
    return panel(slug, entries=[], total=0, updated_at=None)


def contexts() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every page and fragment, in every state that changes its markup."""
    stream = {"stream_url": "/api/v1/stream?channels=leaderboard:a,leaderboard:b&format=html&limit=10"}
    refused = {"username": HOSTILE, "email": "Not an address.", "form": HOSTILE}
    filled = {"values": {"username": HOSTILE, "email": HOSTILE}, "errors": refused, "next": f"/?x={HOSTILE}"}
    blank: dict[str, Any] = {"values": {}, "errors": {}, "next": None}
    trouble = {"status": 404, "message": HOSTILE, "request_id": HOSTILE}
    return {
        "home": ("home.html", {"viewer": VIEWER, "panels": [panel(), empty_panel()], **stream}),
        "home, anonymous": ("home.html", {"viewer": None, "panels": [panel()], **stream}),
        "home without boards": ("home.html", {"viewer": None, "panels": [], **stream}),
        "board": ("board.html", {"viewer": VIEWER, "panel": panel(limit=100), **stream}),
        "empty board": ("board.html", {"viewer": None, "panel": empty_panel(), **stream}),
        "login": ("login.html", {"viewer": None, **blank}),
        "login, refused": ("login.html", {"viewer": None, **filled}),
        "register": ("register.html", {"viewer": None, **blank}),
        "register, refused": ("register.html", {"viewer": None, **filled}),
        "error": ("error.html", {"viewer": VIEWER, **trouble}),
        "error without a request id": ("error.html", {"viewer": None, **trouble, "request_id": None}),
        "fragment": ("fragments/board.html", {"panel": panel()}),
        "empty fragment": ("fragments/board.html", {"panel": empty_panel()}),
        "frame": ("fragments/frame.html", {"panel": panel()}),
    }
