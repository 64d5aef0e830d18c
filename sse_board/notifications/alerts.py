"""Telling admins that something needs their look: an announcement that nobody has written."""

import uuid
from dataclasses import replace

from sse_board.clock import utc_now
from sse_board.live.events.record import NewEvent
from sse_board.notifications.announcement import Announcement


def alert_admins(title: str, message: str) -> NewEvent:
    """For the event log, in the transaction of what it tells of. `title` up to 200 characters, both plain text."""
    announcement = Announcement(
        str(uuid.uuid4()), title, message, "WARNING", "HIGH", ("ADMIN",), None, None, utc_now()
    )
    (event,) = announcement.events()
    return replace(event, entity=("alert", announcement.id))  # kept in the log alone, without receipts
