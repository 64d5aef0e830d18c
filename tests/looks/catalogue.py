"""ONE list of all pages: whoever looks at pages looks at these. A page that is missing here fails a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.looks.showcase import Showcase, Who


@dataclass(frozen=True, slots=True)
class Shown:
    """`path` has placeholders, which a showcase fills. A `wall` is looked at from afar, on a big screen.

    `works` is what can be done there without script: forms that must be there, by their action.
    """

    name: str
    path: str
    who: Who = "anonymous"
    wall: bool = False
    status: int = 200

    def at(self, showcase: Showcase) -> str:
        return self.path.format_map(showcase.names)


_DESK = "/tournaments/{active}/desk"

PAGES: tuple[Shown, ...] = (
    Shown("home", "/"),
    Shown("home-player", "/", "player"),
    Shown("board", "/boards/scoreboard"),
    Shown("board-player", "/boards/typing_wpm", "player"),
    Shown("board-around", "/boards/scoreboard?around=me", "player"),
    Shown("board-second", "/boards/scoreboard?page=2"),
    Shown("board-huge", "/boards/lottery"),
    Shown("board-ties", "/boards/crazy_golf"),
    Shown("board-empty", "/boards/quiet_corner"),
    Shown("player", "/players/{player}"),
    Shown("player-new", "/players/{newcomer}"),
    Shown("activity", "/activity"),
    Shown("activity-kind", "/activity?kind=achievement"),
    Shown("runs", "/runs"),
    Shown("runs-player", "/runs?app=typing", "player"),
    Shown("run", "/runs/{run}"),
    Shown("run-ended", "/runs/{ended}"),
    Shown("tournaments", "/tournaments"),
    Shown("tournaments-organiser", "/tournaments", "organiser"),
    Shown("tournament-active", "/tournaments/{active}"),
    Shown("tournament-active-player", "/tournaments/{active}", "player"),
    Shown("tournament-upcoming", "/tournaments/{upcoming}", "player"),
    Shown("tournament-completed", "/tournaments/{completed}"),
    Shown("tournament-round", "/tournaments/{active}/rounds/2"),
    Shown("tournament-crosstable", "/tournaments/{active}/crosstable"),
    Shown("tournament-roundrobin-crosstable", "/tournaments/{completed}/crosstable"),
    Shown("tournament-player", "/tournaments/{active}/players/{participant}"),
    Shown("desk", _DESK, "organiser"),
    Shown("desk-game", _DESK + "/games/{game}", "organiser"),
    Shown("desk-players", _DESK + "/players", "organiser"),
    Shown("desk-player", _DESK + "/players/{participant}", "organiser"),
    Shown("me", "/me", "player"),
    Shown("login", "/login"),
    Shown("register", "/register"),
    Shown("admin", "/admin", "admin"),
    Shown("admin-connections", "/admin/connections", "admin"),
    Shown("admin-flags", "/admin/flags", "admin"),
    Shown("admin-users", "/admin/users", "admin"),
    Shown("admin-boards", "/admin/boards", "admin"),
    Shown("admin-announcements", "/admin/announcements", "admin"),
    Shown("admin-maintenance", "/admin/maintenance", "admin"),
    Shown("admin-audit", "/admin/audit", "admin"),
    Shown("not-found", "/boards/nowhere", status=404),
    Shown("kiosk", "/kiosk/scoreboard", wall=True),
    Shown("kiosk-dark", "/kiosk/typing_wpm?rotate=typing_wpm,scoreboard&seconds=3600&theme=dark", wall=True),
    Shown("kiosk-standings", "/kiosk/tournaments/{active}", wall=True),
    Shown("kiosk-pairings", "/kiosk/tournaments/{active}?show=pairings", wall=True),
    Shown("embed", "/embed/scoreboard"),
)

#: One of each kind: what the suite opens in a browser. `make audit` opens all of them.
KINDS = frozenset(
    (
        "home",
        "board-player",
        "player",
        "runs-player",
        "tournament-active-player",
        "tournament-crosstable",
        "desk",
        "me",
        "login",
        "admin",
        "kiosk-pairings",
        "embed",
    )
)

#: Paths that answer HTML and are no pages: parts of them that scripts ask for.
PARTS = ("/me/inbox", "/play", "/part", "/beside", "/style.css")


def opened(everything: bool) -> Sequence[Shown]:
    return [page for page in PAGES if everything or page.name in KINDS]


def by_name() -> Mapping[str, Shown]:
    return {page.name: page for page in PAGES}
