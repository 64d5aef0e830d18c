"""The standings and the round under way as people read them: what the templates show. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sse_board.clock import iso
from sse_board.tournaments import wording
from sse_board.tournaments.rules import present
from sse_board.tournaments.standings.row import Row, Table
from sse_board.tournaments.tournament import Game, Participant, Picture, Round, RoundStatus, Tournament

#: Rows of the standings on a live page: the widest window that streams offer.
STANDINGS_ROWS = 100


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the standings; `change` is positive for moved up, None where nothing is known. `key` is the user,
    or the participant where they have no account: pages find their reader's own row by it."""

    rank: int
    change: int | None
    key: str
    participant: Participant
    score: str
    tie_breaks: tuple[str, ...]
    cells: tuple[str | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Standings:
    """`limit`: the rows that were asked for, None for all; `headings`: codes of tie-breaks with their names.
    `is_settled`: the round that they go through is over. `opponents`: whom the cells of a row are against, where
    everybody meets everybody; else cells are rounds."""

    tournament: Tournament
    version: str
    through: int
    is_settled: bool
    limit: int | None
    headings: tuple[tuple[str, str], ...]
    rows: tuple[Place, ...]
    total: int
    updated_at: str
    opponents: tuple[Participant, ...] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """One game: `state` is its result, or what there is instead; `words` explain signs; `winner` white, black or
    None."""

    game: Game
    white: Participant
    black: Participant
    state: str
    words: str
    winner: str | None

    @property
    def keys(self) -> str:
        """Whose game it is: user ids, for pages that know their reader."""
        return " ".join(side.user_id for side in (self.white, self.black) if side.user_id)


@dataclass(frozen=True, slots=True)
class RoundPanel:
    """A round: its boards, of which a screen may show some, who has none and why; how many `games` there are, and
    are `over`. Who had withdrawn, or came later, is not `absent`."""

    number: int
    status: RoundStatus
    boards: tuple[Board, ...]
    byes: tuple[tuple[Participant, str], ...]
    absent: tuple[Participant, ...]
    games: int
    over: int


@dataclass(frozen=True, slots=True)
class Play:
    """What goes on: the newest round, or before the first who takes part."""

    tournament: Tournament
    version: str
    progress: str
    round: RoundPanel | None
    participants: tuple[Participant, ...]


def standings_panel(picture: Picture, table: Table, limit: int | None = None) -> Standings:
    rows = table.rows if limit is None else table.rows[:limit]
    codes = picture.tournament.tie_breaks
    return Standings(
        picture.tournament,
        str(table.version),
        table.through,
        all(round.status == "completed" for round in picture.rounds if round.number == table.through),
        limit,
        tuple((code, wording.TIE_BREAKS[code]) for code in codes),
        tuple(_places(picture, rows)),
        len(table.rows),
        iso(picture.tournament.updated_at),
    )


def _places(picture: Picture, rows: Sequence[Row]) -> list[Place]:
    columns = [wording.column([row.tie_breaks[code] for row in rows]) for code in picture.tournament.tie_breaks]
    return [
        Place(
            row.rank,
            None if row.previous_rank is None else row.previous_rank - row.rank,
            row.participant.user_id or row.participant.id,
            row.participant,
            wording.points(row.score),
            tuple(column[index] for column in columns),
        )
        for index, row in enumerate(rows)
    ]


def play_panel(picture: Picture) -> Play:
    newest = picture.rounds[-1] if picture.rounds else None
    tournament = picture.tournament
    return Play(
        tournament,
        str(picture.version),
        wording.progress(tournament, newest.status if newest else None),
        None if newest is None else round_panel(picture, newest),
        entrants(picture) if newest is None else (),
    )


def round_panel(picture: Picture, round: Round) -> RoundPanel:
    people = {one.id: one for one in picture.participants}
    busy = {id for game in round.games for id in (game.white, game.black)}
    expected = [one for one in picture.participants if one.number is not None and one.plays(round.number)]
    boards = tuple(
        _board(game, people[game.white], people[game.black]) for game in round.games if game.black is not None
    )
    return RoundPanel(
        round.number,
        round.status,
        boards,
        tuple(
            (people[game.white], wording.bye(game.bye, picture.tournament.points))
            for game in round.games
            if game.bye is not None
        ),
        () if round.status == "pairing" else tuple(one for one in expected if one.id not in busy),
        len(boards),
        sum(board.game.status == "completed" for board in boards),
    )


def _board(game: Game, white: Participant, black: Participant) -> Board:
    words = wording.RESULTS[game.result] if game.result in wording.FORFEITS else ""
    winner = None if game.result is None else wording.WINNERS.get(game.result)
    return Board(game, white, black, wording.game_state(game), words, winner)


def entrants(picture: Picture) -> tuple[Participant, ...]:
    """Who takes part, the strongest first: as they will be numbered, nearly."""
    return tuple(sorted(present(picture), key=lambda one: (-(one.rating or 0), one.name.casefold())))


def page_parts(picture: Picture, table: Table, limit: int | None = STANDINGS_ROWS) -> dict[str, Any]:
    """What `fragments/standings_frame.html`, and the page itself, are painted from."""
    return {"standings": standings_panel(picture, table, limit), "play": play_panel(picture)}
