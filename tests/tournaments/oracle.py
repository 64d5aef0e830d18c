"""What gacrux, which others keep up with FIDE's rules, says of a tournament."""

import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from gacrux.tiebreak import tiebreak
from gacrux.trf2json import trf2json

from sse_board.tournaments.standings.row import Cell, Row, Table
from sse_board.tournaments.standings.table import standings
from sse_board.tournaments.tournament import Edition, Picture, Points, TieBreak

#: From TRF16 to what `drafts` reads.
WORDS = {"1": "+", "=": "=", "0": "-", "+": "F+", "-": "F-"}

#: The rank and the values of one participant.
Verdict = tuple[int, dict[TieBreak, Decimal]]


def verdicts(picture: Picture, through: int | None = None) -> dict[str, Verdict]:
    """By participants' ids."""
    table = standings(picture)
    whole = picture.tournament
    text = written(table, whole.rounds, whole.points)
    is_round_robin = whole.system == "round_robin"
    found = verdicts_of(
        text, through or table.through, whole.tie_breaks, whole.edition, is_round_robin=is_round_robin
    )
    return {str(number): verdict for number, verdict in found.items()}


def verdicts_of(
    text: str, through: int, tie_breaks: Sequence[TieBreak], edition: Edition, *, is_round_robin: bool = False
) -> dict[int, Verdict]:
    """Of a TRF16 file, by starting numbers."""
    file = trf2json()
    file.parse_file(text, 0)
    contest = file.get_tournament(1)
    params = {
        "tiebreak": ["PTS", *(f"{code.replace('-', '/')}/V{edition}" for code in tie_breaks)],
        "check": False,
        "pre_determined": is_round_robin,
        "swiss": not is_round_robin,
        "unrated": None,
    }
    found = tiebreak(contest, through, params).compute_tiebreaks(contest, params)
    return {one["cid"]: _verdict(one, tie_breaks) for one in found["competitors"]}


def generated(directory: Path, count: int, *, players: int, rounds: int) -> list[str]:
    """Tournaments that gacrux paired by the Dutch rules and played by lot, as `drafts` writes them."""
    sizes = ["-N", str(rounds), "-n", str(rounds), "-p", str(players), "-g", str(count)]
    command = [sys.executable, "-m", "gacrux.tournamentgenerator", *sizes, "-S", "0.05", "0.1", "0.06"]
    subprocess.run([*command, "-o", str(directory / "%d.trf")], check=True, timeout=600, stdout=subprocess.DEVNULL)
    return [_draft(file.read_text(), rounds) for file in sorted(directory.glob("*.trf"))]


def _draft(text: str, rounds: int) -> str:
    lines = [line for line in text.splitlines() if line.startswith("001")]
    return " | ".join(" ".join([line[4:8], *(_word(line, round) for round in range(rounds))]) for line in lines)


def _word(line: str, round: int) -> str:
    opponent, outcome = line[91 + 10 * round : 95 + 10 * round].strip(), line[98 + 10 * round : 99 + 10 * round]
    if opponent in ("", "0000"):
        return outcome.strip() or "Z"
    return WORDS[outcome] + opponent


def _verdict(competitor: dict[str, Any], codes: Sequence[TieBreak]) -> Verdict:
    values = dict(zip(codes, competitor["tiebreakScore"][1:], strict=True))
    return competitor["rank"], {code: Decimal(value) for code, value in values.items()}


def own(table: Table) -> dict[str, Verdict]:
    """What this project says, in the same form."""
    return {
        row.participant.id: (row.rank, {code: Decimal(value) for code, value in row.tie_breaks.items()})
        for row in table.rows
    }


def written(table: Table, rounds: int, points: Points) -> str:
    """A TRF16 file of what tie-breaks need; points that are not 1, ½ and 0 by record 162 of its successor."""
    head = ["012 Open", "042 2026-04-01", "052 2026-04-09", f"XXR {rounds}"]
    if points != Points():
        worth = zip("WDLP", (points.win, points.draw, points.loss, points.bye), strict=True)
        head.append("162 " + "".join(f" {sign}{halves / 2:4.1f}   " for sign, halves in worth))
    rows = sorted(table.rows, key=lambda row: row.participant.number or 0)
    numbers = {row.participant.id: row.participant.number for row in rows}
    return "\n".join([*head, *(_line(row, numbers) for row in rows), ""])


def _line(row: Row, numbers: dict[str, int | None]) -> str:
    one = row.participant
    who = f"001 {one.number:4} m    {one.name:33} {one.rating or 0:4} FID {'':11} {'':10}"
    return f"{who} {row.score / 2:4.1f} {row.rank:4}" + "".join(_cell(cell, numbers) for cell in row.cells)


def _cell(cell: Cell, numbers: dict[str, int | None]) -> str:
    if cell.opponent is None:
        return f"  0000 - {cell.outcome}"
    return f"  {numbers[cell.opponent]:4} {(cell.colour or '-')[0]} {cell.outcome or ' '}"
