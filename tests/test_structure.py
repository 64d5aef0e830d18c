"""Who may import whom: the whole graph, so that a new arrow is a decision and not an accident."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from sse_board import ROOT

PACKAGE = ROOT / "sse_board"

BASE = {"errors", "settings", "clock", "log", "tasks", "tally", "version", "shared_reads", "gathering", "__init__"}
#: room → what it may import besides itself and the base.
ALLOWED: dict[str, set[str]] = {
    "stores": set(),
    "web": {"stores"},
    "live": {"stores", "web"},
    "boards": {"stores", "web", "live"},
    "presence": {"stores", "web", "live"},
    "accounts": {"stores", "web"},
    "activity": {"stores", "web", "live"},
    "sessions": {"stores", "web", "live", "accounts", "activity"},
    "scores": {"stores", "web", "live", "boards", "sessions"},
    "admin": {"stores", "web", "live", "accounts", "boards", "scores", "metrics"},
    "notifications": {"stores", "web", "live", "admin"},
    "achievements": {
        "stores",
        "web",
        "live",
        "boards",
        "scores",
        "sessions",
        "activity",
        "admin",
        "notifications",
    },
    "tournaments": {"stores", "web", "live", "presence", "admin", "accounts", "notifications"},
    "me": {"web", "accounts", "notifications"},
    "players": {
        "stores",
        "web",
        "live",
        "boards",
        "presence",
        "activity",
        "sessions",
        "achievements",
        "tournaments",
    },
    "metrics": {"web", "live", "scores"},
    "worker": {
        "stores",
        "accounts",
        "admin",
        "boards",
        "live",
        "scores",
        "notifications",
        "sessions",
        "achievements",
        "activity",
        "tournaments",
    },
    "app": {
        "stores",
        "web",
        "live",
        "boards",
        "accounts",
        "sessions",
        "scores",
        "admin",
        "notifications",
        "achievements",
        "activity",
        "me",
        "metrics",
        "players",
        "presence",
        "tournaments",
    },
    "asgi": {"app", "web", "boards"},
    "processes": {"stores", "web", "asgi", "accounts"},
    "demo": set(),
    "terminal": set(),
    "bench": {"stores", "accounts", "demo", "processes"},
    "__main__": {"stores", "processes", "worker", "accounts", "terminal", "bench"},
}
#: What a pure module must not touch: it decides, others do.
IMPURE = {"asyncio", "time", "random", "os", "socket", "psycopg", "redis", "starlette", "uvicorn", "httpx"}
PURE = [
    "boards/board.py",
    "boards/rules.py",
    "boards/delta.py",
    "boards/faces.py",
    "boards/lines.py",
    "boards/hint.py",
    "boards/velocity.py",
    "terminal/paint.py",
    "bench/rounds.py",
    "scores/action.py",
    "scores/rules.py",
    "scores/plan.py",
    "scores/anomalies.py",
    "scores/replay.py",
    "sessions/rules.py",
    "sessions/metrics.py",
    "sessions/shown.py",
    "accounts/rules.py",
    "live/ways/commands.py",
    "notifications/announcement.py",
    "notifications/notice.py",
    "notifications/window.py",
    "scores/movers.py",
    "presence/rules.py",
    "scores/touched.py",
    "achievements/definition.py",
    "achievements/streak.py",
    "achievements/window.py",
    "achievements/deed.py",
    "achievements/rulebook.py",
    "achievements/judge.py",
    "achievements/progress.py",
    "activity/folding.py",
    "activity/wording.py",
    "activity/entry.py",
    "activity/kinds.py",
    "activity/shown.py",
    "sessions/cards.py",
    "sessions/forms.py",
    "players/course.py",
    "players/days.py",
    "players/sheet.py",
    "tournaments/tournament.py",
    "tournaments/hint.py",
    "tournaments/payloads.py",
    "tournaments/running/forms.py",
    "tournaments/running/names.py",
    "tournaments/running/definition.py",
    "tournaments/running/numbering.py",
    "tournaments/rules.py",
    "tournaments/running/events.py",
    "tournaments/running/notices.py",
    "tournaments/ids.py",
    "tournaments/showing/recent.py",
    "tournaments/showing/sheet.py",
    "tournaments/showing/delta.py",
    "tournaments/showing/lines.py",
    "tournaments/showing/faces.py",
    "tournaments/showing/crosstable.py",
    "web/columns.py",
    *(
        f"tournaments/pairing/{name}.py"
        for name in (
            "berger",
            "colour",
            "given",
            "order",
            "present",
            "question",
            "roundrobin",
            "swiss",
        )
    ),
    *(
        f"tournaments/trf/{name}.py"
        for name in (
            "cells",
            "contents",
            "keeping",
            "layout",
            "meetings",
            "people",
            "reading",
            "records",
            "remark",
            "scoring",
            "seating",
            "sheet",
            "writing",
        )
    ),
    "tournaments/standings/row.py",
    "tournaments/pages/access.py",
    "tournaments/pages/clash.py",
    "tournaments/pages/desk.py",
    "tournaments/pages/overview.py",
    "tournaments/pages/own.py",
    "tournaments/pages/posted.py",
    "tournaments/showing/panel.py",
    "tournaments/pages/player_panel.py",
    "tournaments/pages/wall.py",
    "tournaments/wording.py",
    "tournaments/standings/rules.py",
    "tournaments/standings/cells.py",
    "tournaments/standings/field.py",
    "tournaments/standings/opponents.py",
    "tournaments/standings/encounter.py",
    "tournaments/standings/tallies.py",
    "tournaments/standings/ranking.py",
    "tournaments/standings/table.py",
    "tournaments/standings/explain.py",
    "tournaments/standings/explain_opponents.py",
    "tournaments/standings/explain_encounter.py",
    "tournaments/standings/explain_tallies.py",
    "tournaments/standings/explanation.py",
    "tournaments/standings/wording.py",
    "tournaments/standings/wire.py",
]


def room_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def own_rooms(path: Path) -> set[str]:
    names = (name.split(".") for name in imports(path) if name.startswith("sse_board"))
    return {parts[1] if len(parts) > 1 else "__init__" for parts in names}


SOURCES = sorted(PACKAGE.rglob("*.py"))


def test_every_room_is_in_the_graph() -> None:
    assert {room_of(path) for path in SOURCES} - BASE == set(ALLOWED)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_follow_the_graph(path: Path) -> None:
    room = room_of(path)
    allowed = BASE if room in BASE else BASE | ALLOWED[room] | {room}
    assert own_rooms(path) <= allowed


@pytest.mark.parametrize("name", PURE)
def test_rules_are_pure(name: str) -> None:
    assert not {module.partition(".")[0] for module in imports(PACKAGE / name)} & IMPURE


def test_only_the_settings_read_the_environment() -> None:
    """Supervisors hand it on to their children, unread."""
    touching = {room_of(path) for path in SOURCES if "os.environ" in path.read_text()}
    assert touching <= {"settings", "processes"}


def test_no_module_is_longer_than_300_lines() -> None:
    long = {path.name: lines for path in SOURCES if (lines := len(path.read_text().splitlines())) > 300}
    assert not long


def test_sql_stays_in_sql_files() -> None:
    words = ("select ", "insert into", "update ", "delete from")
    strings = (
        (path.name, node.value)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    )
    found = [name for name, text in strings if str(text).removeprefix("b'").lower().startswith(words)]
    assert not found
