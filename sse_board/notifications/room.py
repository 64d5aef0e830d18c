"""Wires the notifications together; `app.py` asks for one of these."""

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.routing import BaseRoute

from sse_board.admin.site.subject import Subject
from sse_board.clock import utc_now
from sse_board.live.events.outbox import Outbox
from sse_board.live.source import LogSource
from sse_board.notifications.announce import Announcements
from sse_board.notifications.announcements_page import AnnouncementsPage
from sse_board.notifications.api import AnnouncementsApi
from sse_board.notifications.bulletin import Bulletin
from sse_board.notifications.channels import NotificationsLog, SystemLog
from sse_board.notifications.inbox import Inbox
from sse_board.notifications.inbox_api import InboxApi
from sse_board.notifications.maintenance import Maintenance
from sse_board.notifications.maintenance_api import MaintenanceApi
from sse_board.notifications.maintenance_page import MaintenancePage
from sse_board.notifications.preferences import Preferences
from sse_board.notifications.receipts import Receipts
from sse_board.notifications.told import ToldEvents
from sse_board.notifications.told_api import ToldApi
from sse_board.stores.postgres import Postgres
from sse_board.web.identity import Authenticator


class Notifications:
    """Built before the engine, which reports to it and follows its logs; its routes come last."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self.inbox = Inbox(postgres, utc_now)
        self.preferences = Preferences(postgres)
        self.receipts = Receipts(postgres)
        self.bulletin = Bulletin(postgres, utc_now)
        self.logs: list[LogSource] = [SystemLog(self.bulletin.stir), NotificationsLog()]

    def routes(self, authenticator: Authenticator, outbox: Outbox) -> list[BaseRoute]:
        announcements = Announcements(self._postgres, outbox, utc_now)
        maintenance = Maintenance(self._postgres, outbox, utc_now)
        return [
            *AnnouncementsApi(authenticator, announcements, utc_now).routes(),
            *InboxApi(authenticator, self.inbox, self.preferences, self.receipts).routes(),
            *ToldApi(authenticator, ToldEvents(self._postgres)).routes(),
            *MaintenanceApi(authenticator, maintenance, self.bulletin, utc_now).routes(),
        ]

    def subjects(self, outbox: Outbox) -> list[Subject]:
        """What the pages for admins have of this."""
        announcements = Announcements(self._postgres, outbox, utc_now)
        maintenance = Maintenance(self._postgres, outbox, utc_now)
        return [
            AnnouncementsPage(announcements, utc_now).subject,
            MaintenancePage(maintenance, utc_now).subject,
        ]

    @property
    def work(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What runs in the background, by name."""
        return {"receipts": self.receipts.run, "maintenance": self.bulletin.run}

    async def start(self) -> None:
        """Raises Unavailable."""
        await self.bulletin.refresh()

    async def stop(self) -> None:
        await self.receipts.close()
