"""One player of a tournament: their rounds, and how their place came about. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sse_board.tournaments import wording
from sse_board.tournaments.standings.explanation import Account, Explanation, Share
from sse_board.tournaments.standings.row import Cell, Row, Table
from sse_board.tournaments.tournament import Participant, Picture


@dataclass(frozen=True, slots=True)
class Line:
    """One round; `total`: points after it."""

    round: int
    opponent: Participant | None
    colour: str
    result: str
    total: str


@dataclass(frozen=True, slots=True)
class Step:
    """What one round adds to a tie-break: `value` is empty where it does not count."""

    round: int
    words: str
    value: str
    is_cut: bool


@dataclass(frozen=True, slots=True)
class TieBreakAccount:
    code: str
    name: str
    value: str
    words: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PlayerPanel:
    """`place` as people say it: 3rd of 34."""

    participant: Participant
    place: str
    score: str
    through: int
    lines: tuple[Line, ...]
    accounts: tuple[TieBreakAccount, ...]


def player_panel(picture: Picture, table: Table, row: Row, explanation: Explanation) -> PlayerPanel:
    people = {one.id: one for one in picture.participants}
    return PlayerPanel(
        row.participant,
        f"{wording.places(row.rank)} of {len(table.rows)}",
        wording.points(row.score),
        table.through,
        tuple(_line(cell, people) for cell in row.cells),
        tuple(_account(one) for one in explanation.tie_breaks),
    )


def _line(cell: Cell, people: Mapping[str, Participant]) -> Line:
    opponent = None if cell.opponent is None else people[cell.opponent]
    return Line(
        cell.round,
        opponent,
        (cell.colour or "").capitalize(),
        wording.OUTCOMES[cell.outcome],
        wording.points(cell.total),
    )


def _account(account: Account) -> TieBreakAccount:
    values = wording.column([account.value, *(share.value for share in account.rounds if share.value is not None)])
    return TieBreakAccount(
        account.code,
        wording.TIE_BREAKS[account.code],
        values[0],
        account.words,
        _steps(account.rounds, values[1:]),
    )


def _steps(shares: Sequence[Share], values: Sequence[str]) -> tuple[Step, ...]:
    written = iter(values)
    return tuple(
        Step(share.round, share.words, "" if share.value is None else next(written), share.is_cut)
        for share in shares
    )
