"""An organiser who runs tournaments over HTTP, as somebody would write it who has read only the API's document."""

from collections.abc import Sequence
from typing import Any

import httpx

from tests.support.clients import Api, Player, data_of, error_of

PATH = "/api/v1/tournaments"

Pairs = Sequence[tuple[str, str | None]]


class Organiser:
    """`user`: anybody; what they may not do is refused."""

    def __init__(self, user: Player) -> None:
        self.user = user

    async def ask(self, method: str, path: str, body: Any = None, api: Api | None = None) -> httpx.Response:
        return await self.user.request(method, f"{PATH}{path}", body, api)

    async def create(self, name: str = "Open", **more: Any) -> "Event":
        """A new one of three rounds whose pairings are given, unless told otherwise."""
        body = {
            "name": name, "startsAt": "2026-05-01T10:00:00Z", "rounds": 3, "system": "manual",
            "tieBreaks": ["BH-C1", "BH", "SB"], **more,
        }  # fmt: skip
        return Event(self, data_of(await self.ask("POST", "", body), 201)["id"])


class Event:
    """One tournament."""

    def __init__(self, organiser: Organiser, id: str) -> None:
        self.organiser = organiser
        self.id = id

    async def ask(self, method: str, path: str = "", body: Any = None, api: Api | None = None) -> httpx.Response:
        return await self.organiser.ask(method, f"/{self.id}{path}", body, api)

    async def do(self, method: str, path: str = "", body: Any = None, status: int = 200) -> Any:
        """The `data` of what must be done."""
        return data_of(await self.ask(method, path, body), status)

    async def refused(self, method: str, path: str = "", body: Any = None) -> tuple[int, str]:
        return error_of(await self.ask(method, path, body))

    async def add(self, *names: str, **more: Any) -> list[str]:
        """Participants by their names: their ids."""
        return [(await self.do("POST", "/participants", {"name": name, **more}, 201))["id"] for name in names]

    async def shown(self) -> dict[str, Any]:
        shown: dict[str, Any] = await self.do("GET")
        return shown

    async def participants(self) -> dict[str, dict[str, Any]]:
        """By name."""
        return {one["name"]: one for one in (await self.do("GET", "/participants"))["participants"]}

    async def pair(self, *pairs: tuple[str, str | None], bye: str = "pairing") -> dict[str, Any]:
        """The round as it is paired: by these, `(id, None)` being a bye, or by the system."""
        given = [{"white": white, "black": black, **({} if black else {"bye": bye})} for white, black in pairs]
        body = {"pairings": given} if pairs else None
        round: dict[str, Any] = await self.do("POST", "/rounds", body, 201)
        return round

    async def begin(self, number: int) -> dict[str, Any]:
        round: dict[str, Any] = await self.do("POST", f"/rounds/{number}/start")
        return round

    async def enter(self, game: str, result: str, api: Api | None = None, **more: Any) -> httpx.Response:
        return await self.ask("PUT", f"/games/{game}/result", {"result": result, **more}, api)

    async def play(self, *pairs: tuple[str, str | None], result: str = "1-0") -> dict[str, Any]:
        """A whole round, paired, begun, with one result for all games."""
        round = await self.pair(*pairs)
        await self.begin(round["number"])
        for game in round["games"]:
            if game["black"]:
                data_of(await self.enter(game["id"], result))
        return await self.round(round["number"])

    async def round(self, number: int) -> dict[str, Any]:
        round: dict[str, Any] = await self.do("GET", f"/rounds/{number}")
        return round
