"""Pages of the administration, in every state, with names that try to break out of them."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from sse_board.admin.site.catalogue_fields import written
from sse_board.admin.site.health_page import gauges
from sse_board.admin.site.subject import Subject
from sse_board.admin.trends import Trends
from sse_board.boards.board import Board
from sse_board.scores.action import ActionType, Bound, Points, Target

HOSTILE = "</bdi><script>alert('1')</script>\" onload=\"x"
IDS = tuple(f"0192f000-0000-7000-8000-00000000000{digit}" for digit in range(3))
SUBJECTS = [
    Subject(name, title, show=None, channel=channel)  # type: ignore[arg-type]  # nobody asks
    for name, title, channel in (
        ("health", "Health", "admin:health"),
        ("connections", "Connections", "admin:connections"),
        ("flags", "Flags", None),
        ("users", "Users", None),
        ("boards", "Boards", None),
        ("announcements", "Announcements", None),
        ("maintenance", "Maintenance", None),
        ("audit", "Audit log", None),
    )
]
WHEN = "2026-01-10T10:30:00.000Z"


def of_admin(viewer: Any, name: str, **changes: Any) -> dict[str, Any]:
    """What a page of the administration is handed when there is something of everything, and people called
    themselves as badly as they can."""
    (subject,) = [one for one in SUBJECTS if one.name == name]
    return {
        "viewer": viewer,
        "subject": subject,
        "subjects": SUBJECTS,
        "done": None,
        "complaint": None,
        "values": {},
        "is_known": True,
        "query": {},
        "question": "",
        "roles": ("ADMIN", "VIEWER"),
        "poll": subject.part,
        "version": "1-0",
        "stream_url": "/api/v1/stream?channels=admin:health&format=html",
        **ADMINISTRATION[name],
        **changes,
    }


def _health() -> dict[str, Any]:
    process: dict[str, Any] = {"process": "a3f09c11", "index": 0, "since": WHEN, "draining": True, "people": 17}
    process |= {"streams": {"sse": 40, "websocket": 2, "poll": 0}, "memory": 2**27}
    process |= {"rates": {"frames": 120.5, "requests": 14.2, "actions": 1}}
    process |= {"latencies": {"delivery": {"p50": 2.5, "p99": None}}}
    trends = Trends()
    for _ in range(3):
        trends.add(datetime(2026, 1, 10, 10, 30, tzinfo=UTC), [process], is_complete=True)
    return {
        "health": {"status": "degraded", "complete": False, "people": 17},
        "stores": [("PostgreSQL", True), ("Redis", False)],
        "gauges": gauges(trends.together()),
        "processes": [(process, gauges(trends.of("a3f09c11")))],
        "answering": "a3f09c11",
        "since": WHEN,
        "beat_seconds": "2",
        "reach": "5 minutes",
    }


def _connections() -> dict[str, Any]:
    one = {"sessionId": IDS[0], "userId": IDS[1], "username": HOSTILE, "transport": "sse", "channels": ["system"]}
    one |= {"address": HOSTILE, "agent": HOSTILE, "since": WHEN}
    page = SimpleNamespace(
        connections=[{**one, "sessionId": IDS[1], "userId": None, "username": None}, one],
        more=True,
        unanswered=["a3f09c12"],
        complete=False,
    )
    return {
        "whose": HOSTILE,
        "found": page,
        "live": 2,
        "streams": {"sse": 1, "websocket": 1, "poll": 1},
        "query": {"after": IDS[2], "user": HOSTILE},
    }


def _flags() -> dict[str, Any]:
    flag: dict[str, Any] = {"id": IDS[0], "userId": IDS[1], "username": HOSTILE, "kind": "outlier"}
    flag |= {"summary": HOSTILE, "createdAt": WHEN, "actionId": HOSTILE, "resolution": None}
    resolved = {
        **flag,
        "id": IDS[1],
        "actionId": None,
        "resolution": "dismissed",
        "resolvedAt": WHEN,
        "note": HOSTILE,
    }
    return {
        "status": "open",
        "statuses": ["open", "resolved", "all"],
        "flags": [flag, resolved],
        "more": [1],
        "values": {"userId": HOSTILE, "actionId": HOSTILE, "reason": HOSTILE},
    }


def _users() -> dict[str, Any]:
    user = {"id": IDS[0], "username": HOSTILE, "email": HOSTILE, "role": "VIEWER", "blocked": False}
    user |= {"createdAt": WHEN}
    return {"sought": HOSTILE, "users": [user, {**user, "id": IDS[1], "blocked": True}], "more": [1]}


def _boards() -> dict[str, Any]:
    board = Board("lap", HOSTILE, HOSTILE, "best", "asc", 3, "first", 1)
    kind = ActionType("lap", Points(field="time"), (Target("lap", "time"),), {"time": Bound(1)}, 5, 3, True)
    return {"boards": [board], "types": [written(kind)], "values": {"form": "new-board", "title": HOSTILE}}


def _announcements() -> dict[str, Any]:
    one: dict[str, Any] = {
        "id": IDS[0],
        "title": HOSTILE,
        "message": HOSTILE,
        "priority": "CRITICAL",
        "createdAt": WHEN,
    }
    one |= {"reached": 3, "read": 1}
    return {
        "recent": [
            one,
            {**one, "id": IDS[1], "targetRoles": ["ADMIN"], "expiresAt": WHEN},
            {**one, "id": IDS[2], "targetUsers": IDS, "reached": 0, "read": 0},
        ],
        "now": WHEN,
        "kinds": ("INFO", "ERROR"),
        "priorities": ("LOW", "NORMAL"),
        "values": {"title": HOSTILE, "message": HOSTILE, "type": HOSTILE},
    }


def _maintenance() -> dict[str, Any]:
    one = {"id": IDS[0], "message": HOSTILE, "startsAt": WHEN, "endsAt": WHEN, "status": "started", "left": "1 h"}
    return {
        "ahead": [one, {**one, "id": IDS[1], "status": "scheduled"}],
        "past": [{**one, "id": IDS[2], "status": "ended"}],
        "values": {"startsAt": HOSTILE, "maintenanceMessage": HOSTILE},
    }


def _audit() -> dict[str, Any]:
    change: dict[str, Any] = {"id": 7, "createdAt": WHEN, "actor": None, "action": "user.block"}
    change |= {"entityType": "user", "entityId": HOSTILE, "details": {"title": HOSTILE, "no": None, "all": [1]}}
    return {
        "asked": {"actor": HOSTILE, "action": HOSTILE, "entity": HOSTILE},
        "changes": [change, {**change, "id": 6, "actor": IDS[1], "details": None}],
        "names": {IDS[1]: HOSTILE},
        "more": [1],
        "query": {"actor": HOSTILE},
    }


#: What there is of each subject, and what there is of it when there is nothing.
ADMINISTRATION = {
    "health": _health(),
    "connections": _connections(),
    "flags": _flags(),
    "users": _users(),
    "boards": _boards(),
    "announcements": _announcements(),
    "maintenance": _maintenance(),
    "audit": _audit(),
}
EMPTY: dict[str, dict[str, Any]] = {
    "health": {"gauges": gauges(Trends().together()), "processes": [], "since": None},
    "connections": {"found": None, "whose": "", "query": {}},
    "flags": {"flags": [], "more": []},
    "users": {"users": [], "more": []},
    "boards": {"boards": [], "types": [], "values": {"form": "new-type", "slug": HOSTILE}},
    "announcements": {"recent": []},
    "maintenance": {"ahead": [], "past": []},
    "audit": {"changes": [], "more": [], "query": {}},
}


def admin_contexts(viewer: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    templates = {one.name: "admin_live.html" if one.channel else "admin.html" for one in SUBJECTS}
    told = {"done": "Done.", "complaint": HOSTILE}
    alone = {one.name: f"fragments/admin/{one.name}_part.html" for one in SUBJECTS if one.channel}
    return {
        **{f"admin, {name}": (template, of_admin(viewer, name, **told)) for name, template in templates.items()},
        **{
            f"admin, no {name}": (template, of_admin(viewer, name, **EMPTY[name]))
            for name, template in templates.items()
        },
        **{f"fragment of {name}": (template, of_admin(viewer, name)) for name, template in alone.items()},
        "admin without a database": ("admin.html", of_admin(viewer, "users", is_known=False)),
    }
