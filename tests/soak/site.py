"""Where something happens: boards that move and a log that grows."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from itertools import cycle
from random import Random

from tests.soak.announcer import Announcer
from tests.soak.reader import Heard
from tests.soak.scale import SEED
from tests.support.clients import Api, Player, data_of
from tests.support.servers import Stores, WebServer

#: More than a window of ten rows shows.
PLAYERS = 12
POINTS = 100
ACTION = "move"


class Site:
    """`api`: the process through which everything happens, which need not be the one whose readers hear of it."""

    def __init__(self, api: Api, players: Sequence[Player], slugs: Sequence[str], log: Announcer) -> None:
        self.api = api
        self.slugs = slugs
        self.log = log
        self._turns = cycle(players)
        self._dice = Random(SEED)

    def heard(self, server: WebServer) -> Heard:
        """For readers of all of it there."""
        return Heard(server.port, self.slugs, self.log.numbers)

    async def move(self) -> None:
        """One player scores on every board."""
        await next(self._turns).score(ACTION, self._dice.randrange(POINTS))


@contextlib.asynccontextmanager
async def site(
    server: WebServer, stores: Stores, *, boards: int = 2, characters: int = 100
) -> AsyncIterator[Site]:
    """`boards` that one type of action feeds; announcements of so many `characters`."""
    async with Api(server.url) as api:
        admin = await api.admin(stores)
        slugs = [f"board_{number}" for number in range(boards)]
        await _make(admin, slugs)
        players = [await api.register() for _ in range(PLAYERS)]
        site = Site(api, players, slugs, Announcer(admin, characters))
        for _ in players:
            await site.move()
        yield site


async def _make(admin: Player, slugs: Sequence[str]) -> None:
    for slug in slugs:
        board = {"slug": slug, "title": slug, "policy": "latest"}
        data_of(await admin.request("POST", "/api/v1/admin/boards", board), 201)
    points = {"field": "points", "min": 0, "max": POINTS}
    kind = {"slug": ACTION, "points": points, "boards": [{"board": slug} for slug in slugs]}
    data_of(await admin.request("POST", "/api/v1/admin/action-types", kind), 201)
