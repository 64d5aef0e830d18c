"""Jinja2 pages and fragments; the build id that names one state of templates and static files."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse

from sse_board import ROOT
from sse_board.clock import iso
from sse_board.web.following import followed, told_channels
from sse_board.web.noting import Since
from sse_board.web.theme import Themes

TEMPLATES = ROOT / "templates"
STATIC = ROOT / "static"


class Templates:
    """Renders `templates/`; every name escaped, every unknown variable an error."""

    def __init__(self, cursor: Callable[[], str] = str, **shared: Any) -> None:
        """`cursor` tells how far the event log is; empty where there is none."""
        self.themes, since = Themes(), Since(cursor)
        self.notes = (self.themes.note, since.note)
        self.build = build_id(TEMPLATES, STATIC)
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(shared, static=self.static, build=self.build, iso=iso)
        self._environment.globals.update(reader_theme=self.themes.chosen, told_since=since.cursor)
        self._environment.globals.update(followed=followed, told_channels=told_channels)

    def static(self, path: str) -> str:
        """The address of a static file; it changes with the build, so browsers may keep it for ever."""
        return f"/static/{self.build}/{path}"

    def render(self, name: str, **context: Any) -> str:
        return self._environment.get_template(name).render(context)

    def page(self, name: str, status: int = 200, /, **context: Any) -> HTMLResponse:
        """A page that knows its reader is for them alone."""
        kept = "private, no-cache" if context.get("viewer") else "no-cache"
        return HTMLResponse(self.render(name, **context), status, {"Cache-Control": kept})


def build_id(*directories: Path) -> str:
    """Twelve hex digits over every template and static file."""
    digest = hashlib.sha256()
    for directory in directories:
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(directory).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
