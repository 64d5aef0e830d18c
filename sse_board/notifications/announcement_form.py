"""An announcement from a plain HTML form: to everybody, or to one role."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sse_board.clock import Clock
from sse_board.errors import InvalidRequest
from sse_board.notifications.announce import Announcements
from sse_board.notifications.api import AnnouncementBody, announcement_of
from sse_board.web.bodies import details_of
from sse_board.web.identity import Identity


class AnnouncementForm:
    """The API says what an announcement may be."""

    def __init__(self, announcements: Announcements, clock: Clock) -> None:
        self._announcements = announcements
        self._clock = clock

    async def submit(self, form: Mapping[str, str], actor: Identity, request_id: str) -> None:
        """Raises InvalidRequest."""
        announcement = announcement_of(_body(form), self._clock())
        await self._announcements.publish(announcement, actor, request_id)


def _body(form: Mapping[str, str]) -> AnnouncementBody:
    said: dict[str, Any] = {name: form[name] for name in ("title", "message", "type", "priority") if name in form}
    if form.get("role"):
        said["targetRoles"] = [form["role"]]
    try:
        return msgspec.convert(said, AnnouncementBody)
    except msgspec.ValidationError as error:
        raise InvalidRequest("The form has a wrong field.", details=details_of(error)) from None
