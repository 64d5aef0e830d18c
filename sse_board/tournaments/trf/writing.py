"""A tournament as TRF16 (FIDE C.04, annex 2). Pure.

A file that came in is said again as it was: `tournament.trf` keeps its other lines and their order, and what it
wrote otherwise than we do, for as long as that means the same. See `keeping.py`.
"""

from collections.abc import Mapping

import msgspec

from sse_board.tournaments.pairing.colour import initial_colour
from sse_board.tournaments.pairing.question import points_line
from sse_board.tournaments.running.numbering import numbers as initial_numbers
from sse_board.tournaments.standings.table import standings
from sse_board.tournaments.tournament import Participant, Picture, Points, System, Tournament
from sse_board.tournaments.trf.cells import BYE_LETTERS, Cells, cells_by_number, paired_rounds, score
from sse_board.tournaments.trf.keeping import compose, kept_lines
from sse_board.tournaments.trf.layout import PlayerLine, player_line
from sse_board.tournaments.trf.remark import remark_line

_SYSTEMS: Mapping[System, str] = {
    "swiss": "Individual: Swiss-System (FIDE Dutch)",
    "round_robin": "Individual: Round-Robin (Berger)",
    "manual": "Individual",
}


def write_trf(picture: Picture) -> str:
    """Who has no number is left out; before the start everybody has the one that they would be given.

    Raises Conflict where points do not fit the columns.
    """
    picture = _numbered(picture)
    lines = kept_lines(picture, trf_lines(picture))
    return compose(picture, lines, needless(picture.tournament.points))


def trf_lines(picture: Picture) -> dict[str, str]:
    """What we have to say, line by line, each under its key (`keeping.key_of`)."""
    tournament = picture.tournament
    listed = [one for one in picture.participants if one.number is not None]
    return {
        "012": f"012 {tournament.name}",
        "042": f"042 {tournament.starts_at:%Y/%m/%d}",
        "062": f"062 {len(listed)}",
        "072": f"072 {sum(one.rating is not None for one in listed)}",
        "092": f"092 {_SYSTEMS[tournament.system]}",
        "142": f"142 {tournament.rounds}",
        "162": points_line(tournament.points),
        "XXR": f"XXR {tournament.rounds}",
        **_colour_line(picture),
        "###": remark_line(tournament),
        **_player_lines(picture, listed),
        **_asked_lines(picture, listed),
        **_absent_line(tournament, listed),
    }


def needless(points: Points) -> set[str]:
    """Keys of what is only said where a file said it before: TRF16 does not know these records."""
    return {"142", "162"} if points == Points() else {"142"}


def _numbered(picture: Picture) -> Picture:
    if picture.tournament.status != "upcoming":
        return picture
    taking_part = [one for one in picture.participants if one.withdrawn_from is None]
    given = initial_numbers(taking_part)
    people = (msgspec.structs.replace(one, number=given[one.id]) for one in taking_part)
    return msgspec.structs.replace(picture, participants=tuple(sorted(people, key=lambda one: one.number or 0)))


def _colour_line(picture: Picture) -> dict[str, str]:
    """What pairing programs besides ours understand."""
    return {"XXC": f"XXC {initial_colour(picture)}1"} if picture.tournament.system == "swiss" else {}


def _player_lines(picture: Picture, listed: list[Participant]) -> dict[str, str]:
    table, points = cells_by_number(picture), picture.tournament.points
    ranks = {row.participant.id: row.rank for row in standings(picture).rows}
    lines = (_player_line(one, table[one.number or 0], points, ranks.get(one.id)) for one in listed)
    return {f"001 {one.number}": line for one, line in zip(listed, lines, strict=True)}


def _player_line(participant: Participant, cells: Cells, points: Points, rank: int | None) -> str:
    details = participant.trf
    return player_line(
        PlayerLine(
            participant.number or 0,
            sex=details.get("sex", ""),
            title=participant.title or "",
            name=participant.name,
            rating=participant.rating,
            federation=details.get("federation", ""),
            fide_id=details.get("fideId", ""),
            born=details.get("born", ""),
            points=score(cells, points),
            rank=rank,
            cells=cells,
        )
    )


def _asked_lines(picture: Picture, listed: list[Participant]) -> dict[str, str]:
    """Byes in rounds to come, as record 240 of TRF-2026: in a player's line programs would count their points."""
    rounds = paired_rounds(picture)
    last = rounds[-1].number if rounds else 0
    asking: dict[tuple[int, str], list[int]] = {}
    for one in listed:
        for round, bye in one.byes.items():
            if round > last:
                asking.setdefault((round, BYE_LETTERS[bye]), []).append(one.number or 0)
    return {
        f"240 {letter} {round:>3}": f"240 {letter} {round:>3} " + " ".join(f"{number:>4}" for number in numbers)
        for (round, letter), numbers in sorted(asking.items())
    }


def _absent_line(tournament: Tournament, listed: list[Participant]) -> dict[str, str]:
    """Who is not to be paired any more, as pairing programs want it said."""
    gone = [str(one.number) for one in listed if one.withdrawn_from is not None]
    return {"XXZ": f"XXZ {' '.join(gone)}"} if gone and tournament.status != "completed" else {}
