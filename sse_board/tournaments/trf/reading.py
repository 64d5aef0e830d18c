"""A TRF16 file as a tournament (FIDE C.04, annex 2). Pure.

What contradicts itself is refused with its line, never guessed at; what only others understand is kept, see
`keeping.py`.
"""

from datetime import datetime
from typing import Any

import msgspec

from sse_board.tournaments.pairing.colour import initial_colour, shown_colour
from sse_board.tournaments.tournament import Participant, Picture, Points, Round, Tournament
from sse_board.tournaments.trf.contents import Contents, read_contents
from sse_board.tournaments.trf.keeping import form_of, key_of, said_instead
from sse_board.tournaments.trf.layout import contradiction
from sse_board.tournaments.trf.meetings import NewId, check_meetings, last_paired_round, rounds_of
from sse_board.tournaments.trf.people import participants_of
from sse_board.tournaments.trf.records import Headers, absentees, read_headers
from sse_board.tournaments.trf.scoring import points_told
from sse_board.tournaments.trf.seating import seated
from sse_board.tournaments.trf.sheet import Sheet
from sse_board.tournaments.trf.writing import needless, trf_lines, write_trf


def read_trf(text: str, new_id: NewId, now: datetime) -> Picture:
    """Completed, if all its rounds are there and decided, else active: its starting numbers hold.

    Raises InvalidRequest, with `details` `line` and `reason`, for the first contradiction.
    """
    contents = read_contents(text)
    headers = read_headers(contents.records, now)
    check_meetings(contents.players)
    picture = _coloured(_picture(contents, headers, new_id, now), headers)
    return picture if write_trf(picture) == contents.sheet.text() else _with_form(picture, contents.sheet)


def _picture(contents: Contents, headers: Headers, new_id: NewId, now: datetime) -> Picture:
    players = contents.players
    last = last_paired_round(players)
    planned = _planned(contents, headers, last)
    points = points_told(players, last, headers.points)
    ids = {number: new_id() for number in sorted(players)}
    rounds = rounds_of(players, ids, new_id)
    is_over = last == planned and all(round.status == "completed" for round in rounds)
    gone = absentees(contents.records)
    people = participants_of(players, last, is_over, gone, contents.asked, ids)
    tournament = _tournament(headers, points, planned, is_over, new_id(), now)
    return _arranged(tournament, people, rounds)


def _planned(contents: Contents, headers: Headers, last: int) -> int:
    """How many rounds there are to be."""
    if headers.rounds is None:
        return max(last, 1, *(len(player.cells) for _, player in contents.players.values()))
    if headers.rounds < last:
        line = contents.records["142" if "142" in contents.records else "XXR"][0]
        raise contradiction(line, f"there are to be {headers.rounds} rounds, but {last} are paired")
    return headers.rounds


def _tournament(
    headers: Headers, points: Points, rounds: int, is_over: bool, id: str, now: datetime
) -> Tournament:
    return Tournament(
        id=id,
        name=headers.name,
        starts_at=headers.starts_at,
        rounds=rounds,
        system=headers.system,
        tie_breaks=headers.tie_breaks,
        edition=headers.edition,
        points=points,
        status="completed" if is_over else "active",
        epoch=1,
        seq=1,
        created_at=now,
        updated_at=now,
        started_at=now,
        completed_at=now if is_over else None,
    )


def _arranged(tournament: Tournament, people: tuple[Participant, ...], rounds: tuple[Round, ...]) -> Picture:
    """In a round-robin nobody asks for a bye: who is free is free by the tables."""
    if tournament.system == "round_robin":
        people = tuple(msgspec.structs.replace(one, byes={}) for one in people)
    picture = Picture(tournament, people, rounds)
    return msgspec.structs.replace(picture, rounds=seated(picture))


def _coloured(picture: Picture, headers: Headers) -> Picture:
    """The initial colour goes on with the tournament: the next rounds may rest on it."""
    if picture.tournament.system != "swiss":
        return picture
    colour = headers.colour or shown_colour(picture) or initial_colour(picture)
    return _with_trf(picture, {"colour": colour})


def _with_trf(picture: Picture, more: dict[str, Any]) -> Picture:
    tournament = picture.tournament
    trf = {**tournament.trf, **more}
    return msgspec.structs.replace(picture, tournament=msgspec.structs.replace(tournament, trf=trf))


def _with_form(picture: Picture, sheet: Sheet) -> Picture:
    """With what it takes to write the file again as it was."""
    theirs = {key_of(line): line for line in reversed(sheet.lines)}
    unsaid = needless(picture.tournament.points) - theirs.keys()
    ours = {key: line for key, line in trf_lines(picture).items() if key not in unsaid}
    said = said_instead(ours, theirs)
    people = tuple(_with_line(one, said.pop(f"001 {one.number}", None)) for one in picture.participants)
    form: dict[str, Any] = {"form": form_of(sheet.lines, ours), "said": said}
    if sheet.newline != "\n":
        form["newline"] = sheet.newline
    if not sheet.is_ended:
        form["isEnded"] = False
    if sheet.is_marked:
        form["isMarked"] = True
    return _with_trf(msgspec.structs.replace(picture, participants=people), form)


def _with_line(participant: Participant, said: tuple[str, str | None] | None) -> Participant:
    if said is None:
        return participant
    return msgspec.structs.replace(participant, trf={**participant.trf, "said": said})
