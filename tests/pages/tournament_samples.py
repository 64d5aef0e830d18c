"""A tournament in every state, whose players called themselves as badly as they can."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from sse_board.errors import Conflict
from sse_board.tournaments.pages.clash import clash
from sse_board.tournaments.pages.desk import desk, rules_of
from sse_board.tournaments.pages.overview import overview_parts
from sse_board.tournaments.pages.own import marked
from sse_board.tournaments.pages.player_panel import PlayerPanel, player_panel
from sse_board.tournaments.pages.tournament_page import facts, stream_url
from sse_board.tournaments.pages.wall import wall
from sse_board.tournaments.showing.crosspanel import crosstable_panel
from sse_board.tournaments.showing.listing import Listed, Overview
from sse_board.tournaments.showing.panel import page_parts, round_panel
from sse_board.tournaments.standings.explain import explain
from sse_board.tournaments.standings.row import Cell, Row, Table
from sse_board.tournaments.tournament import Game, Participant, Picture, Points, Result, Round, Tournament
from sse_board.web.codes import code
from sse_board.web.templates import Templates

TEMPLATES = Templates()
HOSTILE = "</bdi><script>alert('1')</script>\" onload=\"x"
WHEN = datetime(2026, 1, 10, 10, 30, tzinfo=UTC)


def some_id(number: int) -> str:
    return f"0192f000-0000-7000-8000-{number:012d}"


TOURNAMENT = Tournament(
    id=some_id(900),
    name=HOSTILE,
    starts_at=WHEN,
    rounds=5,
    system="swiss",
    tie_breaks=("BH-C1", "BH", "SB", "WIN"),
    edition="2026",
    points=Points(),
    status="active",
    epoch=1,
    seq=42,
    created_at=WHEN,
    updated_at=WHEN,
    started_at=WHEN,
    completed_at=None,
)


def participant(place: int, **changes: Any) -> Participant:
    fields: dict[str, Any] = {
        "id": some_id(place),
        "number": place,
        "name": HOSTILE if place == 1 else f"Player {place}",
        "rating": None if place == 7 else 2400 - 50 * place,
        "title": "GM" if place == 1 else None,
        "user_id": some_id(100 + place) if place < 4 else None,
        **changes,
    }
    return Participant(**fields)


PEOPLE = tuple(participant(number) for number in range(1, 9))


def game(board: int, white: int, black: int, result: Result | None = None, status: Any = None) -> Game:
    return Game(
        id=some_id(200 + board),
        board=board,
        white=some_id(white),
        black=some_id(black),
        bye=None,
        result=result,
        status=status or ("completed" if result else "active"),
        revision=1 if result else 0,
    )


def bye(board: int, white: int, kind: Any) -> Game:
    return Game(some_id(200 + board), board, some_id(white), None, kind, None, "completed")


ROUNDS = (
    Round(1, "completed", (game(11, 1, 5, "1-0"), game(12, 6, 2, "-/+"), game(13, 3, 7, "1/2-1/2"))),
    Round(2, "active", (game(1, 1, 2, "0-1"), game(2, 5, 3), bye(3, 6, "pairing"), bye(4, 7, "half"))),
)


def picture(
    played: tuple[Round, ...] = ROUNDS, people: tuple[Participant, ...] = PEOPLE, **changes: Any
) -> Picture:
    fields = {name: getattr(TOURNAMENT, name) for name in TOURNAMENT.__struct_fields__}
    return Picture(Tournament(**fields | changes), people, played)


def table(picture: Picture) -> Table:
    """Standings that look right; that they are is proven elsewhere."""
    through = max((one.number for one in picture.rounds if one.status in ("active", "completed")), default=0)
    rows = tuple(
        Row(
            rank=position,
            previous_rank=position % len(picture.participants) + 1 if through > 1 else None,
            participant=one,
            score=9 - position,
            tie_breaks=dict.fromkeys(picture.tournament.tie_breaks, position),
            cells=tuple(
                Cell(round, some_id(1 + position % 8), "white", ("1", "=", "0", "+")[position % 4], 2, 2)
                if round < through
                else Cell(round, None, None, ("U", "H", "Z", "")[position % 4], 0, 2)
                for round in range(1, through + 1)
            ),
        )
        for position, one in enumerate(picture.participants, 1)
    )
    return Table(picture.version, through, rows)


def upcoming() -> Picture:
    people = (participant(1, number=None), participant(2, number=None), participant(3, withdrawn_from=1))
    return picture((), people, id=some_id(901), status="upcoming", started_at=None)


def of_status(status: Any, result: Result | None = None) -> Picture:
    """In its second round, which is so far."""
    games = () if status == "pairing" else (game(1, 1, 2, result, "pending" if status == "paired" else None),)
    return picture((ROUNDS[0], Round(2, status, games)))


def completed(**changes: Any) -> Picture:
    over = Round(2, "completed", (game(1, 1, 2, "+/-"), game(2, 3, 4, "-/-")))
    return picture((ROUNDS[0], over), status="completed", completed_at=WHEN, **changes)


def shown(picture: Picture, limit: int | None = None) -> dict[str, Any]:
    parts = page_parts(picture, table(picture), limit)
    return {"tournament": picture.tournament, **parts}


def painted(fragment: str, user: str | None = None, **context: Any) -> Markup:
    """A fragment as pages are handed it."""
    return marked(Markup(TEMPLATES.render(f"fragments/{fragment}.html", **context)), user)


def watched(picture: Picture, user: str | None = None, **changes: bool) -> dict[str, Any]:
    """What the page of a tournament is handed."""
    may = dict.fromkeys(("manages", "may_register", "may_withdraw", "may_log_in"), False) | changes
    return {
        "viewer": None,
        **facts(picture),
        **{name: painted(name, user, **shown(picture, 100)) for name in ("play", "standings")},
        "part": SimpleNamespace(**may),
        "complaint": None,
        "stream_url": stream_url(picture, 100, with_presence=True),
    }


def on_desk(picture: Picture, viewer: Any, **changes: Any) -> dict[str, Any]:
    return {
        "viewer": viewer,
        "tournament": picture.tournament,
        "desk": desk(picture),
        "rules": rules_of(picture.tournament),
        "complaint": None,
        "clash": None,
        "values": {},
        "entered": None,
        "stream_url": "/api/v1/stream?channels=a&format=html",
        **changes,
    }


def player() -> PlayerPanel:
    now = picture()
    return player_panel(now, table(now), table(now).rows[0], explain(now, some_id(1)))


def overview(**changes: Any) -> dict[str, Any]:
    counts = {"upcoming": 1, "active": 1, "completed": 1}
    listed = tuple(Listed(one.tournament, 8, 2, 3) for one in (picture(), upcoming(), completed(id=some_id(902))))
    parts = overview_parts(Overview(**counts, active_tournaments=listed[:1]), listed[1:2], listed[2:])
    return {
        "viewer": None,
        **parts,
        "more": None,
        "manages": False,
        "complaint": None,
        "values": {},
        "starts": "2026-01-10T10:30",
        "systems": [("swiss", "Swiss system")],
        "stream_url": "/api/v1/stream?channels=tournaments:all&format=html",
        **changes,
    }


def on_wall(show: str, page: int, people: int = 30) -> dict[str, Any]:
    crowd = picture(people=tuple(participant(number) for number in range(1, people + 1)))
    screen = wall(crowd, table(crowd), "standings" if show == "standings" else "pairings", page)
    turning = {
        "part_id": f"wall-{page}",
        "channel": "wall",
        "poll": "/kiosk/tournaments/x/part?show=standings&page=2",
    }
    return {
        "viewer": None,
        "tournament": crowd.tournament,
        "theme": "dark",
        "seconds": 15,
        "clock": "2026-01-10T10:30:00.000Z",
        "code": code("https://example.org/tournaments/x"),
        "next_url": "/kiosk/tournaments/x?page=2" if screen.pages > 1 else None,
        "show": {"standings": "standings", "pairings": "play"}[show],
        "stream_url": "/api/v1/stream?channels=a&format=html",
        **screen.parts,
        **(turning if screen.pages > 1 else {}),
    }


def tournament_contexts(viewer: Any, organiser: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every page and fragment of tournaments, in every state that changes its markup."""
    now, before, after = picture(), upcoming(), completed()
    question = clash(
        Conflict(details={"current": {"id": some_id(201), "result": "0-1", "enteredBy": {"name": HOSTILE}}}),
        now,
        "1-0",
    )
    refused = {
        "complaint": HOSTILE,
        "values": {"form": "add", "name": HOSTILE, "rating": HOSTILE, "title": HOSTILE},
    }
    one = {"viewer": viewer, "tournament": now.tournament}
    crossed: dict[str, Any] = {"crosstable": crosstable_panel(now, table(now))}
    everybody = picture(system="round_robin")
    met: dict[str, Any] = {"crosstable": crosstable_panel(everybody, table(everybody))}
    form = {**one, "titles": ("GM", "IM"), "complaint": None, "participants": PEOPLE, "values": {}}
    noted = participant(1, byes={3: "half"}, withdrawn_from=4)
    listed = {**form, "participants": (*PEOPLE[1:], noted)}
    choices = [("1-0", "1–0", "White won"), ("0-1", "0–1", "Black won")]
    round = {**one, "round": round_panel(now, ROUNDS[0]), "newest": 2, "standings": shown(now)["standings"]}
    return {
        "tournament": ("tournament.html", watched(now, some_id(101), manages=True) | {"viewer": viewer}),
        "tournament, upcoming": ("tournament.html", watched(before, may_log_in=True)),
        "tournament, registering": (
            "tournament.html",
            watched(before, may_register=True) | {"complaint": HOSTILE},
        ),
        "tournament, nobody yet": ("tournament.html", watched(picture((), (), status="upcoming"))),
        "tournament, pairing": ("tournament.html", watched(of_status("pairing"), may_withdraw=True)),
        "tournament, paired": ("tournament.html", watched(of_status("paired"))),
        "tournament, completed": ("tournament.html", watched(after)),
        "round": ("tournament_round.html", round),
        "cross-table": ("tournament_crosstable.html", {**one, "crosstable": painted("crosstable", **crossed)}),
        "tournament's player": ("tournament_player.html", {**one, "player": player()}),
        "tournaments": ("tournaments.html", overview()),
        "tournaments, organiser": ("tournaments.html", overview(manages=True, viewer=organiser, more=2)),
        "tournaments, refused": (
            "tournaments.html",
            overview(
                manages=True, viewer=organiser, complaint=HOSTILE, values={"name": HOSTILE, "tieBreaks": HOSTILE}
            ),
        ),
        "no tournaments": ("tournaments.html", overview(groups=[])),
        "older tournaments": ("older_tournaments.html", overview(more=3)),
        "desk": ("tournament_desk.html", on_desk(now, organiser, entered=round_panel(now, ROUNDS[1]).boards[0])),
        "desk, upcoming": ("tournament_desk.html", on_desk(before, organiser)),
        "desk, refused": ("tournament_desk.html", on_desk(before, organiser, **refused)),
        "desk, players": ("tournament_desk_players.html", listed),
        "desk, player refused": ("tournament_desk_players.html", {**form, **refused}),
        "desk, one player": ("tournament_desk_player.html", {**form, "one": noted}),
        "desk, one player refused": ("tournament_desk_player.html", {**form, **refused, "one": PEOPLE[0]}),
        "desk, one game": (
            "tournament_desk_game.html",
            {**one, "round": 2, "board": round_panel(now, ROUNDS[1]).boards[0], "choices": choices},
        ),
        "desk, question": ("tournament_desk.html", on_desk(now, organiser, clash=question)),
        "desk, to pair": ("tournament_desk.html", on_desk(picture((ROUNDS[0],)), organiser)),
        "desk, by hand": ("tournament_desk.html", on_desk(picture((), system="manual"), organiser)),
        "desk, pairing": ("tournament_desk.html", on_desk(of_status("pairing"), organiser)),
        "desk, paired": ("tournament_desk.html", on_desk(of_status("paired"), organiser)),
        "desk, last round": ("tournament_desk.html", on_desk(of_status("completed", "1-0"), organiser)),
        "desk, to complete": ("tournament_desk.html", on_desk(picture(ROUNDS[:1], rounds=1), organiser)),
        "desk, completed": ("tournament_desk.html", on_desk(after, organiser)),
        "wall of standings": ("kiosk_tournament.html", on_wall("standings", 2)),
        "wall of pairings": ("kiosk_tournament.html", on_wall("pairings", 1)),
        "frame of a tournament": ("fragments/standings_frame.html", shown(now)),
        "frame of a change": (
            "fragments/standings_frame.html",
            {**shown(now), "since": "1-41", "rows_moved": (2, 3), "games_moved": ()},
        ),
        "fragment of standings": ("fragments/standings.html", shown(now)),
        "fragment of play": ("fragments/play.html", shown(now)),
        "fragment of a cross-table": ("fragments/crosstable.html", crossed),
        "fragment of a cross-table of all": ("fragments/crosstable.html", met),
        "fragment of the desk": ("fragments/desk.html", {"desk": desk(now)}),
        "fragment of all tournaments": ("fragments/tournaments.html", overview()),
    }
