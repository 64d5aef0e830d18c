"""Where players stand on every board: read for all of them together, as states that can be compared."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sse_board.boards.board import Board, Places, Standing
from sse_board.boards.catalog import BoardCatalog
from sse_board.boards.reader import BoardReader
from sse_board.live.personal import PersonalChannels
from sse_board.scores.movers import Move
from sse_board.scores.touched import Touch, Touched
from sse_board.version import Version


class Standings:
    """One player's, by board.

    `versions` names for each board the newest state in which they are known to be so. It moves on while nothing
    that happens touches them: it is shared by many players, and no part of the state. `read` names the states in
    which boards were read for this, and `movers` who alone led to those, from where on, and what they are called.
    """

    __slots__ = ("movers", "places", "read", "user_id", "versions")

    def __init__(
        self,
        user_id: str,
        versions: Mapping[str, Version],
        places: Mapping[str, Standing],
        read: Mapping[str, Version],
    ) -> None:
        self.user_id = user_id
        self.versions = versions
        self.places = places
        self.read = read
        self.movers: Mapping[str, tuple[Move, str]] = {}


#: To look through so many users and spans costs as much as to read where one player stands on one board.
PARTS_OF_A_READ = 40

#: Who is to be looked for on which board.
Asked = dict[str, list[str]]


class StandingsSource(PersonalChannels):
    """What is not `touched` is not read again."""

    windowed = False
    least_seconds = 0.0

    def __init__(self, suffix: str, catalog: BoardCatalog, reader: BoardReader, touched: Touched) -> None:
        super().__init__(suffix)
        self._catalog = catalog
        self._reader = reader
        self._touched = touched

    async def read(self, channel: str, limit: int) -> Standings:
        return (await self.read_many({channel: None}))[channel]

    async def read_many(self, before: Mapping[str, Standings | None]) -> dict[str, Standings]:
        """Those of all who were not read before, and of whom something touched. The others stay what they are."""
        boards = {board.slug: board for board in self._catalog}
        heard = self._touched.heard()
        asked = self._asked(boards, before)
        found = await self._reader.standings({boards[slug]: users for slug, users in asked.items()}, heard)
        for slug, places in found.items():
            self._touched.read(slug, places.version)
        read = {slug: places.version for slug, places in found.items()}
        return _renewed(before, asked, found, _level(boards, heard, read), read)

    def _asked(self, boards: Mapping[str, Board], before: Mapping[str, Standings | None]) -> Asked:
        asked: defaultdict[str, list[str]] = defaultdict(list)
        sharing = Counter(id(state.versions) for state in before.values() if state is not None)
        touches: dict[int, dict[str, Touch]] = {}
        for channel, state in before.items():
            if state is None:
                for slug in boards:
                    asked[slug].append(user_of(channel))
                continue
            known = id(state.versions)
            touched = touches.get(known)
            if touched is None:
                most = PARTS_OF_A_READ * sharing[known]
                touched = touches[known] = self._touches(boards, state.versions, most)
            for slug, touch in touched.items():
                if _concerns(touch, state.user_id, state.places.get(slug)):
                    asked[slug].append(state.user_id)
        return dict(asked)

    def _touches(
        self, boards: Mapping[str, Board], versions: Mapping[str, Version], most: int
    ) -> dict[str, Touch]:
        """What happened to boards since they had these versions, as far as that costs less than to read them."""
        found = ((slug, self._touched.since(slug, versions.get(slug), most)) for slug in boards)
        return {slug: touch for slug, touch in found if touch}

    def narrow(self, state: Standings, limit: int) -> Standings:
        return state

    def newer(self, before: Standings, after: Standings) -> Standings:
        """Board by board: one may be read from a store that fell behind."""
        if before.versions is after.versions:
            return after
        behind = [slug for slug, version in after.versions.items() if before.versions.get(slug, version) > version]
        for slug in behind:
            after = _with(after, slug, before.versions[slug], before.places.get(slug))
        return after

    def version(self, state: Standings) -> str:
        return self.appearance(state)

    def appearance(self, state: Standings) -> str:
        """In the order of the catalogue, whatever was read when."""
        places = ((board.slug, state.places.get(board.slug)) for board in self._catalog)
        return " ".join(f"{slug}:{self._shown(standing)}" for slug, standing in places if standing)

    def _shown(self, standing: Standing) -> str:
        """All of a standing that this channel tells."""
        raise NotImplementedError

    def _present(self, state: Standings) -> Sequence[tuple[Board, Standing]]:
        """The boards that the player is on."""
        return [(board, state.places[board.slug]) for board in self._catalog if board.slug in state.places]


def user_of(channel: str) -> str:
    return channel.split(":")[1]


def _concerns(touch: Touch, user_id: str, standing: Standing | None) -> bool:
    return touch.acted(user_id) or (standing is not None and touch.moved(standing.rank))


def _level(boards: Iterable[str], heard: Mapping[str, Version], read: Mapping[str, Version]) -> dict[str, Version]:
    """As of when all is so that was read, and all that was not, because nothing touched it."""
    known = ((slug, [one[slug] for one in (heard, read) if slug in one]) for slug in boards)
    return {slug: min(versions) for slug, versions in known if versions}


def _renewed(
    before: Mapping[str, Standings | None],
    asked: Asked,
    found: Mapping[str, Places],
    versions: Mapping[str, Version],
    read: Mapping[str, Version],
) -> dict[str, Standings]:
    news: defaultdict[str, list[str]] = defaultdict(list)
    for slug, users in asked.items():
        for user_id in users:
            news[user_id].append(slug)
    renewed = {}
    for channel, state in before.items():
        user_id = user_of(channel)
        places = _changed(state.places if state else {}, user_id, news.get(user_id, ()), found)
        if state is not None and places is None:
            state.versions = versions
        else:
            renewed[channel] = Standings(user_id, versions, places or {}, read)
    return renewed


def _changed(
    places: Mapping[str, Standing], user_id: str, slugs: Iterable[str], found: Mapping[str, Places]
) -> dict[str, Standing] | None:
    """The places with what was found of these boards; None when that is nothing new."""
    now = {slug: found[slug].standings.get(user_id) for slug in slugs}
    if all(places.get(slug) == standing for slug, standing in now.items()):
        return None
    return {slug: standing for slug, standing in {**places, **now}.items() if standing}


def _with(state: Standings, slug: str, version: Version, standing: Standing | None) -> Standings:
    places = {name: one for name, one in {**state.places, slug: standing}.items() if one}
    return Standings(state.user_id, {**state.versions, slug: version}, places, state.read)
