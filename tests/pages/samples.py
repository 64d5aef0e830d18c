"""What the routes hand to the templates, with names that try to break out of them."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from sse_board.activity.api import painted_parts
from sse_board.activity.entry import Told
from sse_board.activity.shown import CHOICES, shown_stories
from sse_board.boards.board import Board, Entry, Standing, Window
from sse_board.boards.place import OwnPlace
from sse_board.notifications.preferences import DEFAULTS
from sse_board.players.course import Change
from sse_board.players.days import last_days
from sse_board.players.pages import Here
from sse_board.players.sheet import board_place, next_steps, squares
from sse_board.sessions.cards import beside, by_app, card
from sse_board.sessions.forms import fields_of
from sse_board.sessions.metrics import LiveRun
from sse_board.sessions.showing import Live
from sse_board.tournaments.showing.played import Played
from sse_board.version import Version, looks
from sse_board.web.codes import code
from tests.pages.admin_samples import admin_contexts
from tests.pages.tournament_samples import tournament_contexts

HOSTILE = "</bdi><script>alert('1')</script>\" onload=\"x"
IDS = tuple(f"0192f000-0000-7000-8000-00000000000{digit}" for digit in range(3))
WHEN = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)
VIEWER = SimpleNamespace(id=IDS[1], username=HOSTILE, role="PARTICIPANT", unread=2)
ORGANISER = SimpleNamespace(id=IDS[2], username=HOSTILE, role="ORGANIZER", unread=0)
ADMIN = SimpleNamespace(id=IDS[1], username=HOSTILE, role="ADMIN", unread=0)
BOARD = {"title": HOSTILE, "unit": "words/min", "policy": "sum", "direction": "desc", "decimals": 1}
OWN_PLACE = OwnPlace(2, "1,240", HOSTILE, "37")


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
        "board": SimpleNamespace(
            slug=slug, title=HOSTILE, unit="words/min", policy="sum", direction="desc", decimals=1
        ),
        "limit": 10,
        "entries": [
            entry(1, rank_change=2, previous_rank=3, velocity=-12),
            entry(2, rank_change=-1, previous_rank=1, avatar_url='/avatars/a?size=32&v="1"'),
            entry(3, rank_change=None, previous_rank=None),
        ],
        "total": 1234,
        "version": "1-42",
        "updated_at": "2026-01-10T10:30:00.000Z",
        "channel": f"leaderboard:{slug}",
        "poll": f"/api/v1/scores/leaderboard?board={slug}&limit=10&format=html",
        "first": 1,
        "pages": SimpleNamespace(before=None, after=None),
    }
    return SimpleNamespace(**fields | changes)


def second_page() -> SimpleNamespace:
    """A window that no stream carries, between two others."""
    pages = SimpleNamespace(before=1, after=3)
    poll = "/api/v1/scores/leaderboard?board=scoreboard&limit=100&offset=100&format=html"
    return panel(limit=100, first=101, channel=None, poll=poll, pages=pages)


def empty_panel(slug: str = "piano_score") -> SimpleNamespace:
    return panel(slug, entries=[], total=0, updated_at=None)


def on_wall(*panels: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    """Boards that take turns."""
    drawn = code("https://example.org/boards/scoreboard")
    screens = [
        SimpleNamespace(panel=panel, url=f'/kiosk/{panel.board.slug}?x="{HOSTILE}', code=drawn) for panel in panels
    ]
    fields: dict[str, Any] = {"viewer": None, "screens": screens, "once": False, "next_url": None, "theme": "auto"}
    return fields | {"seconds": 20, "clock": "2026-01-10T10:30:00.000Z"} | changes


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
        "saved": "preferences" if preferred else None,
        "errors": {},
        **more,
    }


def told(number: int, kind: str = "new_leader") -> Told:
    data = {"userId": IDS[0], "username": HOSTILE, "text": f"{HOSTILE} took the lead of {HOSTILE}"}
    return Told(number, kind, data, WHEN)


def story(number: int) -> dict[str, Any]:
    return shown_stories([told(number)])[0]


def feed(*entries: Told, only: str | None = None) -> dict[str, Any]:
    return {**painted_parts(entries, only, WHEN.date()), "choices": CHOICES}


def live_run(number: int = 0, **changes: Any) -> LiveRun:
    values = {"currentWpm": 72.5, "currentAccuracy": 96, "progress": 40}
    run = LiveRun(IDS[number], IDS[1], HOSTILE, "typing", 1_768_041_000_000, values, (60, 72.5), 2)
    return replace(run, **changes)


def runs(*live: LiveRun, **changes: Any) -> dict[str, Any]:
    lanes = tuple(by_app(live))
    shown = Live(lanes, has_metrics=bool(live), is_full=bool(live), version=looks(lanes))
    return {
        "live": shown,
        "app": None,
        "most": 40,
        "version": shown.version,
        "apps": ["math", "typing"],
        "complaint": None,
        **changes,
    }


def run(live: LiveRun, *others: LiveRun, **changes: Any) -> dict[str, Any]:
    shown = card(live)
    field = beside(live, others) if shown.is_live else None
    return {"card": shown, "beside": field, "fields": None, "values": {}, "complaint": None, **changes}


def player(**changes: Any) -> dict[str, Any]:
    """Somebody of whom there is everything."""
    board = Board("scoreboard", HOSTILE, HOSTILE, "sum", "desc", 1, "first", 1)
    own = Entry(1, 1, IDS[0], HOSTILE, None, 12405, WHEN, 3)
    window = Window(board, Version(1, 42), (own,), 20, 1, 0, WHEN)
    earned = {"icon": HOSTILE, "title": HOSTILE, "description": HOSTILE, "points": 5, "kind": "streak"}
    rung = {"title": HOSTILE, "ladder": "score", "board": "scoreboard", "current": 3, "target": 7}
    rank = {**rung, "ladder": "rank"}
    days = [day.date for day in last_days(WHEN, "Europe/Berlin", 14)]
    return {
        "player": {"id": IDS[0], "username": HOSTILE},
        "avatar_url": '/avatars/a?size=32&v="1"',
        "here": Here(is_here=False, last_seen=WHEN),
        "level": 2,
        "streak": {"days": 3, "best": 9, "today": False},
        "days": squares(days, [11, 12, 13]),
        "places": [board_place(Standing(1, 1, 12405, 10), window, own, [Change(5, 12400)])],
        "earned": [{**earned, "earnedAt": "2026-01-10T10:30:00.000Z"}],
        "steps": next_steps([rung, rank], []),
        "runs": [card(live_run())],
        "tournaments": [Played(IDS[0], HOSTILE, "active", WHEN, IDS[1])],
        "stories": [story(1)],
        "version": Version(7, 0),
        **changes,
    }


def nobody_yet() -> dict[str, Any]:
    """Somebody who has just registered."""
    nothing: dict[str, Any] = dict.fromkeys(("places", "earned", "steps", "runs", "tournaments", "stories"), ())
    return player(**nothing, avatar_url=None, here=None, level=1, streak={"days": 0, "best": 0, "today": False})


def contexts() -> dict[str, tuple[str, dict[str, Any]]]:
    """Every page and fragment, in every state that changes its markup."""
    stream = {"stream_url": "/api/v1/stream?channels=leaderboard:a,leaderboard:b&format=html&limit=10"}
    whole: dict[str, Any] = {"around": None, "missing": None, "own": None}
    refused = {"username": HOSTILE, "email": "Not an address.", "form": HOSTILE}
    wrong = {**refused, "avatar": HOSTILE, "timeZone": HOSTILE}
    filled = {"values": {"username": HOSTILE, "email": HOSTILE}, "errors": refused, "next": f"/?x={HOSTILE}"}
    blank: dict[str, Any] = {"values": {}, "errors": {}, "next": None}
    trouble = {"status": 404, "message": HOSTILE, "request_id": HOSTILE}
    older = {"older_url": "/activity?kind=achievement&before=c1", "newest_url": "/activity"}
    before = {**feed(told(1)), **older}
    asked = {"fields": fields_of("typing"), "values": {"progress": HOSTILE}, "complaint": HOSTILE}
    return {
        "activity": ("activity.html", {"viewer": VIEWER, **feed(told(2), told(1)), **older, **stream}),
        "empty activity": ("activity.html", {"viewer": None, **feed(), "older_url": None, **stream}),
        "older activity": ("older_activity.html", {"viewer": None, **before}),
        "oldest activity": ("older_activity.html", {"viewer": None, **before, "groups": [], "older_url": None}),
        "player": ("player.html", {"viewer": VIEWER, **player(), **stream}),
        "new player": ("player.html", {"viewer": None, **nobody_yet(), **stream}),
        "player fragment": ("fragments/player.html", player()),
        "runs": ("runs.html", {"viewer": VIEWER, **runs(live_run(), live_run(1, values={})), **stream}),
        "no runs": ("runs.html", {"viewer": None, **runs(app="typing", complaint=HOSTILE), **stream}),
        "runs fragment": ("fragments/lanes.html", runs(live_run())),
        "run": ("run.html", {"viewer": None, **run(live_run(), live_run(1), live_run(2, values={})), **stream}),
        "own run": ("run.html", {"viewer": VIEWER, **run(live_run(), **asked), **stream}),
        "ended run": ("run.html", {"viewer": None, **run(live_run(ended=1_768_041_060_000)), **stream}),
        "run frame": ("fragments/lane_frame.html", {"card": card(live_run())}),
        "competitors frame": ("fragments/beside_frame.html", beside(live_run(), [live_run(1)])),
        "feed fragment": ("fragments/feed.html", feed(told(1), only="new_leader")),
        "story fragment": ("fragments/story_frame.html", {"story": story(1)}),
        "home": ("home.html", {"viewer": VIEWER, "panels": [panel(), empty_panel()], **stream}),
        "home, anonymous": ("home.html", {"viewer": None, "panels": [panel()], **stream}),
        "home without boards": ("home.html", {"viewer": None, "panels": [], **stream}),
        "board": (
            "board.html",
            {"viewer": VIEWER, "panel": panel(limit=100), **stream, **whole, "own": OWN_PLACE},
        ),
        "empty board": ("board.html", {"viewer": None, "panel": empty_panel(), **stream, **whole}),
        "second page": (
            "board.html",
            {"viewer": VIEWER, "panel": second_page(), **stream, **whole, "own": OwnPlace(7, "3")},
        ),
        "board around": (
            "board.html",
            {"viewer": VIEWER, "panel": second_page(), **stream, **whole, "around": "me", "own": OWN_PLACE},
        ),
        "board without its reader": (
            "board.html",
            {"viewer": VIEWER, "panel": empty_panel(), **stream, **whole, "missing": "me", "own": OwnPlace()},
        ),
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
        "wall": ("kiosk.html", {**on_wall(panel()), **stream}),
        "embed": (
            "embed.html",
            {
                "viewer": None,
                "panel": panel(),
                "theme": "light",
                "style_url": f"/embed/x/style.css?{HOSTILE}",
                **stream,
            },
        ),
        "wall that turns": (
            "kiosk.html",
            {**on_wall(panel(), empty_panel(), next_url=f"/kiosk/x?{HOSTILE}", once=True, theme="dark"), **stream},
        ),
        "fragment": ("fragments/board.html", {"panel": panel()}),
        "empty fragment": ("fragments/board.html", {"panel": empty_panel()}),
        "frame": ("fragments/frame.html", {"panel": panel()}),
        **tournament_contexts(VIEWER, ORGANISER),
    }
