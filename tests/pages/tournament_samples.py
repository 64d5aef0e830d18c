"""A tournament in every state, whose players called themselves as badly as they can."""

from datetime import UTC, datetime
from typing import Any

from sse_board.tournaments.standings.row import Cell, Row, Table
from sse_board.tournaments.tournament import Game, Participant, Picture, Points, Result, Round, Tournament

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
    rounds: tuple[Round, ...] = ROUNDS, people: tuple[Participant, ...] = PEOPLE, **changes: Any
) -> Picture:
    fields = {name: getattr(TOURNAMENT, name) for name in TOURNAMENT.__struct_fields__}
    return Picture(Tournament(**fields | changes), people, rounds)


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
    return picture((), people, status="upcoming", started_at=None)


def of_status(status: Any, result: Result | None = None) -> Picture:
    """In its second round, which is so far."""
    games = () if status == "pairing" else (game(1, 1, 2, result, "pending" if status == "paired" else None),)
    return picture((ROUNDS[0], Round(2, status, games)))


def completed() -> Picture:
    over = Round(2, "completed", (game(1, 1, 2, "+/-"), game(2, 3, 4, "-/-")))
    return picture((ROUNDS[0], over), status="completed", completed_at=WHEN)
