"""All tournaments at a glance, as people read them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sse_board.tournaments import wording
from sse_board.tournaments.showing.listing import Listed, Overview
from sse_board.version import looks

#: Rounds that a row of lamps is drawn for; more would not fit a phone.
LAMPS_LIMIT = 15


@dataclass(frozen=True, slots=True)
class Entry:
    """`lamps`: for each round whether it was begun; none where they are too many, or nothing goes on."""

    id: str
    name: str
    status: str
    state: str
    facts: str
    lamps: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """`rest`: how many there are besides, that are not listed."""

    title: str
    status: str
    listed: Sequence[Entry]
    rest: int = 0


def overview_parts(overview: Overview, upcoming: Sequence[Listed], over: Sequence[Listed]) -> dict[str, Any]:
    """What `fragments/tournaments.html` is painted from: what goes on, what begins next, what is over."""
    figures = {
        "total": overview.total,
        "active": overview.active,
        "upcoming": overview.upcoming,
        "playing": sum(one.playing for one in overview.active_tournaments),
    }
    soon = sorted(upcoming, key=lambda one: one.tournament.starts_at)
    active = overview.active_tournaments
    groups = [
        Group("Live now", "active", _entries(active), max(0, overview.active - len(active))),
        Group("Upcoming", "upcoming", _entries(soon), max(0, overview.upcoming - len(soon))),
        Group("Finished", "completed", _entries(over)),
    ]
    shown = [group for group in groups if group.listed]
    return {"figures": figures, "groups": shown, "version": looks(figures, shown)}


def _entries(listed: Sequence[Listed]) -> list[Entry]:
    return [_entry(one) for one in listed]


def _entry(one: Listed) -> Entry:
    tournament = one.tournament
    facts = [wording.moment(tournament.starts_at), wording.SYSTEMS[tournament.system], _players(one)]
    if one.playing:
        facts.append(f"{one.playing} game{'' if one.playing == 1 else 's'} live")
    return Entry(tournament.id, tournament.name, tournament.status, _state(one), " · ".join(facts), _lamps(one))


def _lamps(one: Listed) -> tuple[bool, ...]:
    tournament = one.tournament
    if tournament.status != "active" or tournament.rounds > LAMPS_LIMIT:
        return ()
    return tuple(number <= one.round for number in range(1, tournament.rounds + 1))


def _players(one: Listed) -> str:
    return f"{one.participant_count} player{'' if one.participant_count == 1 else 's'}"


def _state(one: Listed) -> str:
    if one.tournament.status != "active":
        return {"upcoming": "Upcoming", "completed": "Completed"}[one.tournament.status]
    return f"Round {max(1, one.round)} of {one.tournament.rounds}"
