"""A client that only asks: `GET /api/v1/events`, plain or long."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.support.clients import PATIENCE, data_of, eventually, http_client
from tests.support.protocol import check_message


class Poller:
    """Hands its cursor on, and keeps every event."""

    def __init__(self, channels: str, *, token: str = "", wait: int = 0, limit: int = 100, rows: int = 10) -> None:
        self.query: dict[str, str] = {"channels": channels, "limit": str(limit), "rows": str(rows)}
        if wait:
            self.query["wait"] = str(wait)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.cursor = ""
        self.events: list[dict[str, Any]] = []
        self.truncated = 0
        self.boards: dict[str, dict[str, Any]] = {}
        self.standings: dict[str, dict[str, Any]] = {}

    async def ask(self, url: str, **query: str) -> httpx.Response:
        after = {"after": self.cursor} if self.cursor else {}
        async with http_client(url) as http:
            asked = {**self.query, **after, **query}
            return await http.get("/api/v1/events", params=asked, headers=self.headers)

    async def poll(self, url: str, **query: str) -> list[dict[str, Any]]:
        """What came since the last time."""
        data = data_of(await self.ask(url, **query))
        self.cursor = data["cursor"]
        self.truncated += data["truncated"]
        self.events += data["events"]
        for event in data["events"]:
            check_message(event)
            if event["type"] == "leaderboard.update":
                assert event["data"]["snapshot"] is True
                self.boards[event["data"]["board"]] = event["data"]
            elif event["type"] == "standings.updated":
                assert event["data"]["snapshot"] is True
                self.standings[event["data"]["tournamentId"]] = event["data"]
        events: list[dict[str, Any]] = data["events"]
        return events

    def of_type(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == name]

    async def until(self, url: str, holds: Callable[[], object], seconds: float = PATIENCE) -> None:
        async def holds_after_poll() -> object:
            await self.poll(url)
            return holds()

        await eventually(holds_after_poll, seconds)
