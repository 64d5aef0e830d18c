"""Maintenance from a plain HTML form; its times are UTC, which the form says."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime

from sse_board.errors import InvalidRequest
from sse_board.notifications.maintenance import Maintenance
from sse_board.notifications.maintenance_api import MESSAGE_LENGTH
from sse_board.notifications.window import Window
from sse_board.web.identity import Identity


class MaintenanceForm:
    def __init__(self, maintenance: Maintenance) -> None:
        self._maintenance = maintenance

    async def submit(self, form: Mapping[str, str], actor: Identity, request_id: str) -> None:
        """Raises InvalidRequest."""
        message = form.get("maintenanceMessage", "").strip()
        if not 0 < len(message) <= MESSAGE_LENGTH or "\0" in message:
            raise InvalidRequest(f"Say what for, in at most {MESSAGE_LENGTH} characters.")
        window = Window(str(uuid.uuid4()), _moment(form, "startsAt"), _moment(form, "endsAt"), message)
        await self._maintenance.schedule(window, actor, request_id)


def _moment(form: Mapping[str, str], name: str) -> datetime:
    """As a `datetime-local` field sends it, or somebody types it. Raises InvalidRequest."""
    try:
        moment = datetime.fromisoformat(form.get(name, "").strip())
    except ValueError:
        raise InvalidRequest("Times are such as 2026-01-10T10:30.", details={name: "is no time"}) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
