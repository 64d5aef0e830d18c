"""How people read points, results, byes and states. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sse_board.clock import iso
from sse_board.tournaments.standings.row import Cell, Outcome
from sse_board.tournaments.tournament import Bye, Game, Points, Result, RoundStatus, System, TieBreak, Tournament

#: White's side first, with real dashes.
SIGNS: Mapping[Result, str] = {
    "1-0": "1–0",
    "1/2-1/2": "½–½",
    "0-1": "0–1",
    "+/-": "+/–",
    "-/+": "–/+",
    "-/-": "–/–",
}
RESULTS: Mapping[Result, str] = {
    "1-0": "White won",
    "1/2-1/2": "Draw",
    "0-1": "Black won",
    "+/-": "Black is absent",
    "-/+": "White is absent",
    "-/-": "Both are absent",
}
#: What signs alone do not say to who hears them.
FORFEITS: tuple[Result, ...] = ("+/-", "-/+", "-/-")
#: Who won.
WINNERS: Mapping[Result, str] = {"1-0": "white", "+/-": "white", "0-1": "black", "-/+": "black"}
SYSTEMS: Mapping[System, str] = {"swiss": "Swiss system", "round_robin": "Round robin", "manual": "Paired by hand"}
TIE_BREAKS: Mapping[TieBreak, str] = {
    "BH": "Buchholz",
    "BH-C1": "Buchholz without the lowest",
    "SB": "Sonneborn-Berger",
    "SB-C1": "Sonneborn-Berger without the lowest",
    "DE": "Direct encounter",
    "WIN": "Wins",
    "WON": "Games won over the board",
    "PS": "Progressive score",
}
ROUNDS: Mapping[RoundStatus, str] = {
    "pairing": "Being paired",
    "paired": "Paired, not begun",
    "active": "Under way",
    "completed": "Over",
}
#: What a round was for its player.
OUTCOMES: Mapping[Outcome, str] = {
    "1": "1",
    "=": "½",
    "0": "0",
    "+": "won by forfeit",
    "-": "lost by forfeit",
    "U": "bye",
    "F": "full-point bye",
    "H": "half-point bye",
    "Z": "absent",
    "": "in progress",
}
_BYES: Mapping[Bye, str] = {"full": "full-point bye", "half": "half-point bye", "zero": "not playing"}
#: Of a cross-table's cell with an opponent.
_SIGNS: Mapping[str, str] = {"1": "1", "=": "½", "0": "0", "+": "+", "-": "–"}
#: Of one without.
_UNPLAYED: Mapping[str, str] = {"U": "bye", "F": "+1", "H": "½", "Z": "–", "+": "+", "-": "–"}


def points(halves: int) -> str:
    """Half-points as players write them: 3, 3½, ½."""
    whole = str(halves // 2) if halves >= 2 or halves == 0 else ""
    return whole + "½" * (halves % 2)


def places(rank: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank}{'th' if rank % 100 in (11, 12, 13) else ending}"


def column(values: Sequence[int | Decimal]) -> list[str]:
    """The figures of one column with as many decimals as the longest of them has."""
    decimals = max((_decimals(value) for value in values), default=0)
    return [f"{value:.{decimals}f}" for value in values]


def _decimals(value: int | Decimal) -> int:
    exponent = Decimal(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def bye(kind: Bye, worth: Points) -> str:
    """What a round without an opponent is called."""
    return _BYES.get(kind) or f"bye, {points(worth.bye)} {'point' if worth.bye <= 2 else 'points'}"


def game_state(game: Game) -> str:
    """The result, or what there is instead of one."""
    if game.result is not None:
        return SIGNS[game.result]
    return "in progress" if game.status == "active" else "to come"


def cell(one: Cell, numbers: Mapping[str, int | None]) -> str:
    """One round of one player as chess players write it: `12w1`, `3b½`, `7w+`, `bye`; empty while it is open."""
    sign = _SIGNS.get(one.outcome, "")
    if one.opponent is None:
        return _UNPLAYED.get(one.outcome, "")
    return f"{numbers.get(one.opponent) or '?'}{(one.colour or ' ')[0]}{sign}".replace(" ", "")


def against(outcomes: str) -> str:
    """What the games against one opponent were, the first meeting first: `1`, `½0`; empty before the first."""
    return "".join(_SIGNS.get(outcome, "") for outcome in outcomes)


def moment(when: datetime) -> str:
    """A moment as pages show it: UTC, to the minute."""
    text = iso(when)
    return f"{text[:10]} {text[11:16]} UTC"


def progress(tournament: Tournament, status: RoundStatus | None) -> str:
    """Where a tournament is; `status` is that of its newest round."""
    if tournament.status == "upcoming":
        return f"Starts {moment(tournament.starts_at)}"
    if tournament.status == "completed":
        return "The tournament is over"
    return "The first round is to be paired" if status is None else ROUNDS[status]
