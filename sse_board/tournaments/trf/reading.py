"""A TRF16 file as a tournament (FIDE C.04, annex 2). Pure.

What contradicts itself is refused with its line, never guessed at; what only others understand is kept (`keeping.py`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from sse_board.errors import InvalidRequest
from sse_board.tournaments.pairing.berger import berger_round
from sse_board.tournaments.pairing.colour import initial_colour, shown_colour
from sse_board.tournaments.pairing.order import in_board_order
from sse_board.tournaments.tournament import (
    PARTICIPANTS_LIMIT,
    Game,
    GameStatus,
    Participant,
    Picture,
    Points,
    Round,
    Tournament,
)
from sse_board.tournaments.trf.cells import cells_by_number, numbers, worth
from sse_board.tournaments.trf.keeping import form_of, key_of, said_instead
from sse_board.tournaments.trf.layout import contradiction, parse_player
from sse_board.tournaments.trf.meetings import NewId, Players, check_meetings, last_paired_round, rounds_of
from sse_board.tournaments.trf.people import participants_of
from sse_board.tournaments.trf.records import Headers, Records, absentees, asked_byes, read_headers
from sse_board.tournaments.trf.scoring import points_told
from sse_board.tournaments.trf.sheet import Sheet, read_sheet
from sse_board.tournaments.trf.writing import needless, trf_lines, write_trf


def read_trf(text: str, new_id: NewId, now: datetime) -> Picture:
    """Completed, if all its rounds are there and decided, else active: its starting numbers hold.

    Raises InvalidRequest with `details` `line` and `reason` for the first contradiction.
    """
    sheet = read_sheet(text)
    records = _records(sheet)
    players = _players(sheet)
    headers = read_headers(records, now)
    check_meetings(players)
    picture = _picture(sheet, records, players, headers, new_id, now)
    return picture if write_trf(picture) == sheet.text() else _with_form(picture, sheet)


def _records(sheet: Sheet) -> Records:
    """Headers by their keys; the first of those that others may repeat."""
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(sheet.lines, start=1):
        key = key_of(line)
        if key in found and key in _SINGLE:
            raise contradiction(number, f"record {key} stands twice (line {found[key][0]})")
        found.setdefault(key, (number, line))
    return found


_SINGLE = {"012", "042", "062", "072", "092", "142", "152", "162", "XXR", "XXC", "XXZ", "###"}


def _players(sheet: Sheet) -> Players:
    """With the numbers of their lines, in the order of the file."""
    found = {}
    for number, line in enumerate(sheet.lines, start=1):
        if line[:3] == "001":
            player = parse_player(number, line)
            if player.number in found:
                first = found[player.number][0]
                raise contradiction(number, f"two players have the number {player.number} (line {first})")
            found[player.number] = number, player
    if not 0 < len(found) <= PARTICIPANTS_LIMIT:
        raise InvalidRequest(f"The file has {len(found)} players; 1 to {PARTICIPANTS_LIMIT} are taken.")
    return found


def _picture(
    sheet: Sheet, records: Records, players: Players, headers: Headers, new_id: NewId, now: datetime
) -> Picture:
    last = last_paired_round(players)
    planned = _planned(records, players, headers, last)
    ids = {number: new_id() for number in sorted(players)}
    rounds = rounds_of(players, ids, new_id)
    is_over = last == planned and all(round.status == "completed" for round in rounds)
    asked = asked_byes((n, line) for n, line in enumerate(sheet.lines, start=1) if line[:3] == "240")
    people = participants_of(players, last, is_over, absentees(records), asked, iter(ids.values()).__next__)
    tournament = _tournament(headers, points_told(players, last, headers.points), planned, is_over, new_id(), now)
    return _coloured(Picture(tournament, _asking(tournament, people), rounds), headers)


def _planned(records: Records, players: Players, headers: Headers, last: int) -> int:
    if headers.rounds is None:
        return max(last, 1, *(len(player.cells) for _, player in players.values()))
    if headers.rounds < last:
        line = records["142" if "142" in records else "XXR"][0]
        raise contradiction(line, f"there are to be {headers.rounds} rounds, but {last} are paired")
    return headers.rounds


def _tournament(
    headers: Headers, points: Points, rounds: int, is_over: bool, id: str, now: datetime
) -> Tournament:
    return Tournament(
        id=id, name=headers.name, starts_at=headers.starts_at, rounds=rounds, system=headers.system,
        tie_breaks=headers.tie_breaks, edition=headers.edition, points=points,
        status="completed" if is_over else "active", epoch=1, seq=1, created_at=now, updated_at=now,
        started_at=now, completed_at=now if is_over else None,
    )  # fmt: skip


def _asking(tournament: Tournament, people: Iterable[Participant]) -> tuple[Participant, ...]:
    """In a round-robin nobody asks for a bye: who is free is free by the tables."""
    if tournament.system != "round_robin":
        return tuple(people)
    return tuple(msgspec.structs.replace(one, byes={}) for one in people)


def _coloured(picture: Picture, headers: Headers) -> Picture:
    """With boards and the initial colour, neither of which a result tells by itself."""
    picture = msgspec.structs.replace(picture, rounds=_seated(picture))
    colour = headers.colour or shown_colour(picture) or initial_colour(picture)
    trf = {"colour": colour} if picture.tournament.system == "swiss" else {}
    return msgspec.structs.replace(picture, tournament=msgspec.structs.replace(picture.tournament, trf=trf))


def _seated(picture: Picture) -> tuple[Round, ...]:
    known, points = numbers(picture), picture.tournament.points
    cells, scores = cells_by_number(picture), dict.fromkeys(known.values(), 0)
    seated = []
    for round in picture.rounds:
        games = in_board_order(round.games, known, scores)
        if picture.tournament.system == "round_robin":
            games = _in_table_order(games, picture, round.number)
        seated.append(msgspec.structs.replace(round, games=_on_boards(games, round)))
        scores = {who: sum_ + worth(cells[who][round.number - 1], points) for who, sum_ in scores.items()}
    return tuple(seated)


def _in_table_order(games: Sequence[Game], picture: Picture, round: int) -> tuple[Game, ...]:
    """That of the Berger tables; what they do not have comes later."""
    places = {id: place for place, id in enumerate(sorted(numbers(picture), key=numbers(picture).__getitem__), 1)}
    pairs = berger_round(len(places), round, picture.tournament.rounds)
    boards = {frozenset(pair): board for board, pair in enumerate(pairs)}
    seats = {game.id: frozenset((places[game.white], places.get(game.black or "", 0))) for game in games}
    return tuple(sorted(games, key=lambda game: boards.get(seats[game.id], len(boards))))


def _on_boards(games: Iterable[Game], round: Round) -> tuple[Game, ...]:
    return tuple(
        msgspec.structs.replace(game, board=board, status=_status(game, round))
        for board, game in enumerate(games, start=1)
    )


def _status(game: Game, round: Round) -> GameStatus:
    if round.status == "paired":
        return "pending"
    return "active" if game.black is not None and game.result is None else "completed"


def _with_form(picture: Picture, sheet: Sheet) -> Picture:
    """With what it takes to write the file again as it was."""
    theirs = {key_of(line): line for line in reversed(sheet.lines)}
    ours = _spoken(picture, theirs)
    said = said_instead(ours, theirs)
    people = (_with_line(one, said.pop(f"001 {one.number}", None)) for one in picture.participants)
    people_kept = tuple(people)
    form: dict[str, Any] = {"form": form_of(sheet.lines, ours), "said": said}
    if sheet.newline != "\n":
        form["newline"] = sheet.newline
    if not sheet.is_ended:
        form["isEnded"] = False
    tournament = msgspec.structs.replace(picture.tournament, trf={**picture.tournament.trf, **form})
    return Picture(tournament, people_kept, picture.rounds)


def _spoken(picture: Picture, theirs: dict[str, str]) -> dict[str, str]:
    """Our lines, without those that nobody misses."""
    unsaid = needless(picture.tournament.points) - theirs.keys()
    return {key: line for key, line in trf_lines(picture).items() if key not in unsaid}


def _with_line(participant: Participant, said: tuple[str, str | None] | None) -> Participant:
    if said is None:
        return participant
    return msgspec.structs.replace(participant, trf={**participant.trf, "said": said})
