"""All tournaments at a glance, as people read them. Pure."""

from dataclasses import dataclass
from typing import Any

from sse_board.tournaments import wording
from sse_board.tournaments.showing.listing import Listed, Overview, Page
from sse_board.version import looks


@dataclass(frozen=True, slots=True)
class Entry:
    id: str
    name: str
    status: str
    state: str
    facts: str


def overview_parts(overview: Overview, page: Page) -> dict[str, Any]:
    """What `fragments/tournaments.html` is painted from."""
    figures = {
        "total": overview.total,
        "active": overview.active,
        "upcoming": overview.upcoming,
        "playing": sum(one.playing for one in overview.active_tournaments),
    }
    listed = [_entry(one) for one in page.tournaments]
    return {"figures": figures, "listed": listed, "version": looks(figures, listed)}


def _entry(one: Listed) -> Entry:
    tournament = one.tournament
    facts = [wording.moment(tournament.starts_at), wording.SYSTEMS[tournament.system], _players(one)]
    if one.playing:
        facts.append(f"{one.playing} game{'' if one.playing == 1 else 's'} live")
    return Entry(tournament.id, tournament.name, tournament.status, _state(one), " · ".join(facts))


def _players(one: Listed) -> str:
    return f"{one.participant_count} player{'' if one.participant_count == 1 else 's'}"


def _state(one: Listed) -> str:
    if one.tournament.status != "active":
        return {"upcoming": "Upcoming", "completed": "Completed"}[one.tournament.status]
    return f"Round {max(1, one.round)} of {one.tournament.rounds}"
