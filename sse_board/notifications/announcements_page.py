"""Announcements by a plain HTML form, to everybody or to one role; and how far the last ones came."""

from collections.abc import Mapping
from typing import Any, get_args

from sse_board.admin.site.fields import converted, moment_in
from sse_board.admin.site.subject import Fields, Form, Subject
from sse_board.clock import Clock, iso
from sse_board.notifications.announce import Announcements
from sse_board.notifications.api import AnnouncementBody, announcement_of
from sse_board.notifications.notice import Kind, Priority
from sse_board.web.identity import Identity

#: Announcements that are listed.
PAGE_ROWS = 20


class AnnouncementsPage:
    """The API says what an announcement may be."""

    def __init__(self, announcements: Announcements, clock: Clock) -> None:
        self._announcements = announcements
        self._clock = clock

    @property
    def subject(self) -> Subject:
        forms = {"announcements": Form(self.publish, "It is announced.")}
        return Subject("announcements", "Announcements", self.show, forms)

    async def show(self, query: Fields) -> Mapping[str, Any]:
        """Raises Unavailable."""
        recent = await self._announcements.recent(PAGE_ROWS)
        now = iso(self._clock())
        return {
            "recent": [echo.payload() for echo in recent],
            "now": now,
            "kinds": get_args(Kind),
            "priorities": get_args(Priority),
        }

    async def publish(self, form: Fields, actor: Identity, request_id: str) -> None:
        """Raises InvalidRequest."""
        announcement = announcement_of(converted(_said(form), AnnouncementBody), self._clock())
        await self._announcements.publish(announcement, actor, request_id)


def _said(form: Fields) -> dict[str, Any]:
    said: dict[str, Any] = {name: form[name] for name in ("title", "message", "type", "priority") if name in form}
    if form.get("role"):
        said["targetRoles"] = [form["role"]]
    if form.get("expiresAt"):
        said["expiresAt"] = moment_in(form, "expiresAt")
    return said
