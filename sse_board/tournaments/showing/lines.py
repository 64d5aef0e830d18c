"""Changes of a tournament as lines for a terminal. Pure."""

from collections.abc import Callable, Mapping
from typing import Any

from sse_board.tournaments.showing.delta import Change
from sse_board.tournaments.showing.faces import points_text
from sse_board.tournaments.standings.row import Row


def change_lines(change: Change) -> list[str]:
    """`City Open    3.  Ada Lovelace  4.5  ▲2`; the version where no row is another."""
    name = change.sheet.picture.tournament.name
    rows = [change.sheet.table.rows[position - 1] for position in change.positions]
    return [_line(name, row) for row in rows] or [f"{name}  version {change.sheet.version}"]


def _line(name: str, row: Row) -> str:
    line = f"{name}  {row.rank:>3}.  {row.participant.name}  {points_text(row.score)}  {_move(row)}"
    return line.rstrip()


def _move(row: Row) -> str:
    """Places gained since the round before."""
    if row.previous_rank is None or row.previous_rank == row.rank:
        return ""
    gained = row.previous_rank - row.rank
    return f"▲{gained}" if gained > 0 else f"▼{-gained}"


def event_lines(type: str, data: Mapping[str, Any]) -> list[str]:
    """What happened: `round 3 started`, `round 3  Ada – Bob  1-0`."""
    family, _, what = type.partition(".")
    what = what.replace("_", " ")
    return [_LINES[family](what, data) if family in _LINES else f"{family} {what}"]


def _tournament_line(what: str, data: Mapping[str, Any]) -> str:
    return f"{data['name']}  {what}  {data['participantCount']} participants"


def _participant_line(what: str, data: Mapping[str, Any]) -> str:
    return f"{data['name']}  {what}"


def _round_line(what: str, data: Mapping[str, Any]) -> str:
    return f"round {data['round']}  {what}  {len(data['games'])} boards"


def _game_line(what: str, data: Mapping[str, Any]) -> str:
    players = " – ".join(data[side]["name"] for side in ("white", "black") if data.get(side))
    return f"round {data['round']}  {players}  {data.get('result') or what}"


_LINES: Mapping[str, Callable[[str, Mapping[str, Any]], str]] = {
    "tournament": _tournament_line,
    "participant": _participant_line,
    "pairing": _round_line,
    "round": _round_line,
    "game": _game_line,
}
