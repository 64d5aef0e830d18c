"""What organisers see of their tournament, and what they can do next. Pure."""

from dataclasses import dataclass
from typing import Literal

from sse_board.tournaments import wording
from sse_board.tournaments.rules import PLAYERS_AT_LEAST, present
from sse_board.tournaments.showing.panel import RoundPanel, round_panel
from sse_board.tournaments.tournament import Participant, Picture, Round, RoundStatus, Tournament

#: What comes next: `start` the tournament, `pair` a round, wait for the `pairing`, start a `paired` round, enter
#: results while it is `playing`, `complete` the tournament; nothing any more.
Step = Literal["start", "pair", "pairing", "paired", "playing", "complete", "over"]

_NEXT: dict[RoundStatus, Step] = {"pairing": "pairing", "paired": "paired", "active": "playing"}


@dataclass(frozen=True, slots=True)
class Desk:
    """`number`: of the round that the step is about; `round` the one that is shown, of all that there are."""

    tournament: Tournament
    version: str
    progress: str
    step: Step
    number: int
    may_start: bool
    round: RoundPanel | None
    rounds: tuple[int, ...]
    participants: tuple[Participant, ...]


def desk(picture: Picture, number: int | None = None) -> Desk:
    """`number`: the round that is looked at, the newest where it is None or there is no such."""
    newest = picture.rounds[-1] if picture.rounds else None
    shown = (picture.round(number) if number is not None else None) or newest
    step = step_of(picture.tournament, newest)
    return Desk(
        picture.tournament,
        str(picture.version),
        wording.progress(picture.tournament, newest.status if newest else None),
        step,
        (newest.number if newest else 0) + (step == "pair"),
        len(present(picture)) >= PLAYERS_AT_LEAST,
        None if shown is None else round_panel(picture, shown),
        tuple(round.number for round in picture.rounds),
        picture.participants,
    )


def step_of(tournament: Tournament, newest: Round | None) -> Step:
    if tournament.status != "active":
        return "start" if tournament.status == "upcoming" else "over"
    if newest is None:
        return "pair"
    if newest.status == "completed":
        return "pair" if newest.number < tournament.rounds else "complete"
    return _NEXT[newest.status]


def rules_of(tournament: Tournament) -> dict[str, str]:
    """What the form for the settings shows of them."""
    points = tournament.points
    values = {"win": points.win, "draw": points.draw, "loss": points.loss, "bye": points.bye}
    return {"edition": tournament.edition, **{name: wording.points(value) for name, value in values.items()}}
