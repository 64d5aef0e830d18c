"""Maintenance by plain HTML forms: scheduled, and called off; times are UTC, which the form says."""

import uuid
from collections.abc import Mapping
from typing import Any

from sse_board.admin.site.fields import id_in, moment_in
from sse_board.admin.site.subject import Fields, Form, Subject
from sse_board.clock import Clock
from sse_board.errors import InvalidRequest
from sse_board.notifications.maintenance import Maintenance
from sse_board.notifications.maintenance_api import MESSAGE_LENGTH
from sse_board.notifications.window import Window
from sse_board.web.identity import Identity

#: Maintenance that is over, as far back as it is listed.
PAST_ROWS = 20


class MaintenancePage:
    def __init__(self, maintenance: Maintenance, clock: Clock) -> None:
        self._maintenance = maintenance
        self._clock = clock

    @property
    def subject(self) -> Subject:
        forms = {
            "maintenance": Form(self.schedule, "It is scheduled, and everybody is told."),
            "call-off": Form(self.call_off, "It is called off, and everybody is told."),
        }
        return Subject("maintenance", "Maintenance", self.show, forms)

    async def show(self, query: Fields) -> Mapping[str, Any]:
        """Raises Unavailable."""
        now = self._clock()
        windows = await self._maintenance.recent()
        standing = [one for one in windows if one.status(now) != "ended"]
        past = [one for one in windows if one.status(now) == "ended"]
        return {
            "ahead": [{**one.shown(now), "left": one.left(now)} for one in reversed(standing)],
            "past": [one.shown(now) for one in past[:PAST_ROWS]],
        }

    async def schedule(self, form: Fields, actor: Identity, request_id: str) -> None:
        """Raises InvalidRequest, or Conflict where it overlaps another."""
        message = form.get("maintenanceMessage", "").strip()
        if not 0 < len(message) <= MESSAGE_LENGTH or "\0" in message:
            raise InvalidRequest(f"Say what for, in at most {MESSAGE_LENGTH} characters.")
        window = Window(str(uuid.uuid4()), moment_in(form, "startsAt"), moment_in(form, "endsAt"), message)
        await self._maintenance.schedule(window, actor, request_id)

    async def call_off(self, form: Fields, actor: Identity, request_id: str) -> None:
        """Raises InvalidRequest, NotFound, or Conflict for one that is over."""
        await self._maintenance.call_off(id_in(form, "maintenanceId"), actor, request_id)
