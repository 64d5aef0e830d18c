"""What the routes hand to the templates, with names that try to break out of them."""

from types import SimpleNamespace
from typing import Any

from sse_board.notifications.preferences import DEFAULTS
from tests.pages.admin_samples import admin_contexts
from tests.pages.tournament_samples import tournament_contexts

HOSTILE = "</bdi><script>alert('1')</script>\" onload=\"x"
IDS = tuple(f"0192f000-0000-7000-8000-00000000000{digit}" for digit in range(3))
VIEWER = SimpleNamespace(id=IDS[1], username=HOSTILE, role="PARTICIPANT", unread=2)
ORGANISER = SimpleNamespace(id=IDS[2], username=HOSTILE, role="ORGANIZER", unread=0)
ADMIN = SimpleNamespace(id=IDS[1], username=HOSTILE, role="ADMIN", unread=0)


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


def own(*, preferred: bool = True, picture: str | None = None, **more: Any) -> dict[str, Any]:
    """What `/me` is handed."""
    times = {"createdAt": "2026-01-10T10:30:00.000Z", "readAt": None}
    item = {"id": IDS[0], "title": HOSTILE, "message": HOSTILE, "type": "INFO", "priority": "HIGH", **times}
    read = {**item, "id": IDS[1], "link": "/boards/overall", "readAt": times["createdAt"]}
    return {
        "viewer": VIEWER,
        "profile": {"username": HOSTILE, "timeZone": "Europe/Berlin", "avatarUrl": picture},
        "inbox": {"items": [item, read, {**item, "id": IDS[2], "link": "javascript:alert(1)"}], "unread": 2},
        "preferences": dict.fromkeys(DEFAULTS, preferred),
        "errors": {},
        **more,
    }


def story(number: int) -> dict[str, Any]:
    return {"id": f"c{number}", "userId": IDS[0], "text": HOSTILE, "timestamp": "2026-01-10T10:30:00.000Z"}


def player() -> dict[str, Any]:
    board = SimpleNamespace(slug="scoreboard", title=HOSTILE, unit="points")
    earned = {"icon": HOSTILE, "title": HOSTILE, "description": HOSTILE, "points": 5}
    return {
        "player": SimpleNamespace(id=IDS[0], username=HOSTILE, avatar_url='/avatars/a?size=32&v="1"'),
        "places": [{"board": board, "rank": 1, "score": "1,240"}],
        "progress": {
            "level": 2,
            "streak": {"days": 3, "best": 9, "today": False},
            "earned": [{**earned, "earnedAt": "2026-01-10T10:30:00.000Z"}],
            "progress": [{"title": HOSTILE, "ladder": "rank", "current": 3, "target": 7}],
        },
        "stories": [story(1)],
    }


def contexts() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every page and fragment, in every state that changes its markup."""
    stream = {"stream_url": "/api/v1/stream?channels=leaderboard:a,leaderboard:b&format=html&limit=10"}
    refused = {"username": HOSTILE, "email": "Not an address.", "form": HOSTILE}
    wrong = {**refused, "avatar": HOSTILE, "timeZone": HOSTILE}
    filled = {"values": {"username": HOSTILE, "email": HOSTILE}, "errors": refused, "next": f"/?x={HOSTILE}"}
    blank: dict[str, Any] = {"values": {}, "errors": {}, "next": None}
    trouble = {"status": 404, "message": HOSTILE, "request_id": HOSTILE}
    feed = {"stories": [story(1), story(2)], "version": "0-2", "older": "c1"}
    return {
        "activity": ("activity.html", {"viewer": VIEWER, **feed, **stream}),
        "empty activity": ("activity.html", {"viewer": None, **feed, "stories": [], "older": None, **stream}),
        "older activity": ("older_activity.html", {"viewer": None, **feed}),
        "player": ("player.html", {"viewer": VIEWER, **player()}),
        "feed fragment": ("fragments/feed.html", feed),
        "story fragment": ("fragments/story_frame.html", {"story": story(1)}),
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
        **admin_contexts(ADMIN),
        "me": ("me.html", own()),
        "me, refused": ("me.html", own(preferred=False, picture="/avatars/a", errors=wrong)),
        "inbox fragment": ("fragments/inbox.html", {"inbox": {"items": [], "unread": 0}}),
        "fragment": ("fragments/board.html", {"panel": panel()}),
        "empty fragment": ("fragments/board.html", {"panel": empty_panel()}),
        "frame": ("fragments/frame.html", {"panel": panel()}),
        **tournament_contexts(VIEWER, ORGANISER),
    }
