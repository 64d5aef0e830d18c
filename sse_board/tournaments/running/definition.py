"""What a tournament is to be, as its organisers say: checked whole, at its creation and at each change. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from msgspec import UNSET

from sse_board.errors import Conflict, InvalidRequest
from sse_board.tournaments.pairing.berger import cycle_length, is_reordered
from sse_board.tournaments.running.forms import NewTournament, PointsForm, TournamentEdit, Value
from sse_board.tournaments.running.names import checked_name
from sse_board.tournaments.standings.rules import check_tie_breaks
from sse_board.tournaments.tournament import Edition, Picture, Points, System, TieBreak, Tournament

#: From this day on tournaments begin under the edition of 2026 (FIDE C.07).
EDITION_2026 = date(2026, 3, 1)
#: Points of one game, at the most: more says nothing that fewer do not, and tables stay narrow.
POINTS_LIMIT = 50
#: Years in which tournaments start: what lies outside is a slip of the keyboard.
YEARS = range(1850, 2200)


@dataclass(frozen=True, slots=True)
class Definition:
    name: str
    starts_at: datetime
    rounds: int
    system: System
    tie_breaks: tuple[TieBreak, ...]
    edition: Edition
    points: Points


def defined(new: NewTournament) -> Definition:
    """Raises InvalidRequest naming the field."""
    return _checked(
        Definition(
            checked_name(new.name),
            new.starts_at,
            new.rounds,
            new.system,
            tuple(new.tie_breaks),
            new.edition or edition_at(new.starts_at),
            points_of(new.points),
        )
    )


def redefined(picture: Picture, edit: TournamentEdit) -> Definition:
    """As it is after the edit. Raises InvalidRequest, or Conflict for what the rounds played do not allow."""
    old = definition_of(picture.tournament)
    new = Definition(
        old.name if edit.name is UNSET else checked_name(edit.name),
        old.starts_at if edit.starts_at is UNSET else edit.starts_at,
        old.rounds if edit.rounds is UNSET else edit.rounds,
        old.system if edit.system is UNSET else edit.system,
        old.tie_breaks if edit.tie_breaks is UNSET else tuple(edit.tie_breaks),
        old.edition if edit.edition is UNSET else edit.edition,
        old.points if edit.points is UNSET else points_of(edit.points),
    )
    _require_possible(picture, old, new)
    return _checked(new)


def definition_of(tournament: Tournament) -> Definition:
    return Definition(
        tournament.name,
        tournament.starts_at,
        tournament.rounds,
        tournament.system,
        tournament.tie_breaks,
        tournament.edition,
        tournament.points,
    )


def changes_rules(old: Definition, new: Definition) -> bool:
    """Whether standings of the one say something else than those of the other."""
    return (old.tie_breaks, old.edition, old.points) != (new.tie_breaks, new.edition, new.points)


def edition_at(starts_at: datetime) -> Edition:
    return "2026" if starts_at.date() >= EDITION_2026 else "2024"


def points_of(form: PointsForm) -> Points:
    """Raises InvalidRequest."""
    win, draw, loss = (_halves(name, getattr(form, name)) for name in ("win", "draw", "loss"))
    bye = win if form.bye is None else _halves("bye", form.bye)
    if not win > draw >= loss:
        details = {"points": "a win must be worth more than a draw, and a draw not less than a loss"}
        raise InvalidRequest("These points make no sense.", details=details)
    return Points(win, draw, loss, bye)


def _halves(name: str, value: Value) -> int:
    is_in_range = 0 <= value <= POINTS_LIMIT
    if not is_in_range or (doubled := Decimal(value) * 2) != doubled.to_integral_value():
        details = {f"points.{name}": f"0 to {POINTS_LIMIT}, in halves"}
        raise InvalidRequest("Points are counted in halves.", details=details)
    return int(doubled)


def _checked(definition: Definition) -> Definition:
    """Raises InvalidRequest for what does not go together."""
    try:
        check_tie_breaks(definition.system, definition.edition, definition.tie_breaks)
    except ValueError as error:
        raise InvalidRequest("These tie-breaks do not do.", details={"tieBreaks": str(error)}) from None
    if definition.starts_at.year not in YEARS:
        raise InvalidRequest("That is not now.", details={"startsAt": f"{YEARS[0]} to {YEARS[-1]}"})
    return definition


def _require_possible(picture: Picture, old: Definition, new: Definition) -> None:
    """Raises Conflict."""
    status, paired = picture.tournament.status, len(picture.rounds)
    if status != "upcoming" and new.system != old.system:
        raise Conflict("The system cannot change any more.", details={"status": status})
    if status == "completed" and new.rounds != old.rounds:
        raise Conflict("The tournament is over.", details={"status": status})
    if new.rounds < paired:
        raise Conflict("There are more rounds than that already.", details={"rounds": paired})
    if picture.tournament.system == "round_robin" and status == "active":
        _require_same_tables(picture, old, new)


def _require_same_tables(picture: Picture, old: Definition, new: Definition) -> None:
    """How many rounds there are decides which of the last two of the first cycle comes first. Once one of them is
    paired, and until both are over, another order would be one round twice. Raises Conflict."""
    players = sum(one.number is not None for one in picture.participants)
    cycle, rounds = cycle_length(players), picture.rounds
    is_settled = len(rounds) >= cycle - 1 and sum(one.status == "completed" for one in rounds) < cycle
    if is_settled and is_reordered(players, old.rounds) != is_reordered(players, new.rounds):
        message = f"Rounds {cycle - 1} and {cycle} rest on how many there are: change that when they are over."
        raise Conflict(message, details={"rounds": len(rounds)})
