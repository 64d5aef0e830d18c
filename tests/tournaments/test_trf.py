"""TRF16: what is written is read again, what is read is written byte for byte, contradictions are refused."""

import random
import subprocess
import sys
import uuid
from itertools import takewhile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from gacrux.trf2json import trf2json
from hypothesis import given, settings
from hypothesis import strategies as st

from sse_board.tournaments.pairing.present import requested_byes, to_be_paired
from sse_board.tournaments.pairing.roundrobin import pair_round_robin
from sse_board.tournaments.tournament import Game, Pairing, Participant, Picture, Points, System
from sse_board.tournaments.trf.cells import cells_by_number, numbers
from sse_board.tournaments.trf.reading import read_trf
from sse_board.tournaments.trf.scoring import USUAL
from sse_board.tournaments.trf.sheet import decode_trf
from sse_board.tournaments.trf.writing import write_trf
from tests.tournaments.simulated import START, begun, played

FILES = Path(__file__).parent / "files"
OPEN = decode_trf((FILES / "harbour-open.trf").read_bytes())

NAMES = st.text("ABCdefÉñß, -'.", min_size=1, max_size=40).filter(lambda name: any(map(str.isalpha, name[:33])))


def new_id() -> str:
    return str(uuid.uuid4())


def read(text: str) -> Picture:
    return read_trf(text, new_id, START)


def shuffled(dice: random.Random) -> Any:
    """Pairs anybody with anybody: a file tells what was played, not whether it should have been."""

    def pair(picture: Picture, number: int) -> tuple[Pairing, ...]:
        if picture.tournament.system == "round_robin":
            return pair_round_robin(picture, number)
        there = [one.id for one in to_be_paired(picture, number)]
        dice.shuffle(there)
        half = len(there) // 2
        left = [Pairing(there[-1], None, "pairing")] if len(there) % 2 else []
        return (*map(Pairing, there[:half], there[half : 2 * half]), *left, *requested_byes(picture, number))

    return pair


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """A tournament after some of its rounds, the last of which may be under way."""
    dice, players = random.Random(draw(st.integers(0, 10_000))), draw(st.integers(2, 12))
    system: System = draw(st.sampled_from(["swiss", "round_robin", "manual"]))
    rounds = draw(st.integers(1, 6))
    picture = begun(dice, players, rounds, system, draw(st.sampled_from([*USUAL, Points(8, 3, 1, 5)])))
    names = draw(st.lists(NAMES, min_size=players, max_size=players))
    people = tuple(
        msgspec.structs.replace(one, name=" ".join(name.split()), title=dice.choice(["GM", "WCM", None]))
        for one, name in zip(picture.participants, names, strict=True)
    )
    picture = msgspec.structs.replace(picture, participants=people)
    withdrawals = 0 if system == "round_robin" else 0.1  # who withdraws there is paired all the same
    stages = [picture, *takewhile(_has_pairs, played(picture, dice, shuffled(dice), withdrawals))]
    chosen = draw(st.sampled_from(stages))
    is_under_way = chosen.rounds and dice.random() < 0.5
    return _under_way(chosen, dice) if is_under_way else _finished(chosen)


def _has_pairs(picture: Picture) -> bool:
    """A round in which everybody has a bye looks like one to come."""
    return any(game.black or game.bye == "pairing" for game in picture.rounds[-1].games)


def _under_way(picture: Picture, dice: random.Random) -> Picture:
    *before, last = picture.rounds
    games = tuple(_opened(game) if dice.random() < 0.5 else _unrated(game) for game in last.games)
    contests = [game for game in games if game.black]
    if not contests or all(game.result for game in contests):
        return _finished(picture)
    if not any(game.result for game in contests):
        waiting = tuple(msgspec.structs.replace(game, status="pending") for game in games)
        last = msgspec.structs.replace(last, status="paired", games=waiting)
    else:
        last = msgspec.structs.replace(last, status="active", games=games)
    return msgspec.structs.replace(picture, rounds=(*before, last))


def _opened(game: Game) -> Game:
    return msgspec.structs.replace(game, result=None, status="active") if game.black else game


def _unrated(game: Game) -> Game:
    is_contest = game.result in ("1-0", "0-1", "1/2-1/2")
    return msgspec.structs.replace(game, rated=False) if is_contest else game


def _finished(picture: Picture) -> Picture:
    if len(picture.rounds) < picture.tournament.rounds:
        return picture
    tournament = msgspec.structs.replace(picture.tournament, status="completed", completed_at=START)
    return msgspec.structs.replace(picture, tournament=tournament)


def told(picture: Picture) -> Any:
    """All that TRF16 can carry of it: no ids, no boards, no byes of who was gone."""
    known, last = numbers(picture), len(picture.rounds)
    people = [_told_of(one, last, cells_by_number(picture)) for one in picture.participants]
    rounds = [
        (round.number, round.status, sorted(_told_game(game, known) for game in round.games))
        for round in picture.rounds
    ]
    plain = {"id": "", "trf": {}, "created_at": START, "updated_at": START, "started_at": START}
    return msgspec.structs.replace(picture.tournament, **plain), people, rounds


def _told_of(one: Participant, last: int, table: Any) -> Any:
    cells = table[one.number]
    byes = {round: bye for round, bye in one.byes.items() if round > last or cells[round - 1]}
    entered = min(one.entered_round, last + 1)
    return one.number, one.name[:33].strip(), one.rating, one.title, entered, one.withdrawn_from, byes


def _told_game(game: Game, known: dict[str, int]) -> Any:
    return (
        known[game.white],
        known.get(game.black or "", 0),
        game.bye or "",
        game.result or "",
        game.status,
        game.rated,
    )


@settings(max_examples=150, deadline=None)
@given(pictures())
def test_what_is_written_is_read_again_and_written_the_same(picture: Picture) -> None:
    text = write_trf(picture)
    again = read(text)
    assert told(again) == told(picture)
    assert write_trf(again) == text


@settings(max_examples=40, deadline=None)
@given(pictures())
def test_gacrux_reads_what_is_written(picture: Picture) -> None:
    file = trf2json()
    file.parse_file(write_trf(picture), 0)
    assert file.chessjson["status"]["code"] == 0, file.chessjson["status"]
    assert len(file.get_tournament(1)["competitors"]) == len(picture.participants)


def test_a_file_of_another_program_comes_back_byte_for_byte() -> None:
    picture = read(OPEN)
    assert picture.tournament.status == "completed"
    assert picture.tournament.edition == "2024"
    assert [len(round.games) for round in picture.rounds] == [6, 6, 6, 6, 6]
    moreau = picture.participants[3]
    assert (moreau.name, moreau.rating, moreau.trf["federation"]) == ("Moreau, Étienne", 2204, "FRA")
    assert write_trf(picture) == OPEN


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\r\n", "\n"),
        lambda text: text.replace("\r\n", "\r"),
        lambda text: text.removesuffix("\r\n"),
        lambda text: "\ufeff" + text,
        lambda text: text.replace("012 Harbour Weekend Open 2023\r\n", ""),
        lambda text: text.replace("w 1", "w W").replace("b 0", "b L"),
        lambda text: text.replace("w 1", "w W").replace("b 0", "b L").lower(),
        lambda text: text + "013 Team                             1    2\r\n### a remark\r\n\r\n",
        lambda text: "\r\n".join(reversed(text.split("\r\n"))),
        lambda text: "\r\n".join(map(str.rstrip, text.split("\r\n"))),
        lambda text: text.replace("0000 - Z", "        "),
        lambda text: text.replace("0000 - Z", "0000 - -"),
        lambda text: text.replace("1799/", ""),
    ],
)  # fmt: skip
def test_so_do_its_variants(change: Any) -> None:
    text = change(OPEN)
    assert write_trf(read(text)) == text


def test_latin_1_is_understood() -> None:
    assert decode_trf(OPEN.encode("latin-1")) == OPEN
    assert decode_trf(OPEN.encode()) == OPEN


def test_files_of_the_generator_come_back_byte_for_byte(tmp_path: Path) -> None:
    options = ["-N", "5", "-n", "5", "-p", "24", "-g", "1", "2", "-S", "0.05", "0.10", "0.06"]
    command = [sys.executable, "-m", "gacrux.tournamentgenerator", *options, "-o", f"{tmp_path}/T%d.trf"]
    subprocess.run(command, check=True, capture_output=True)
    files = sorted(tmp_path.glob("*.trf"))
    assert len(files) == 2
    for file in files:
        text = file.read_text()
        assert write_trf(read(text)) == text


def test_what_changes_after_an_import_is_written_and_the_rest_stays() -> None:
    """A result is corrected: two players' points, and ranks, are others now."""
    picture = read(OPEN)
    *before, last = picture.rounds
    games = tuple(
        msgspec.structs.replace(game, result="0-1") if game.result == "1-0" else game for game in last.games
    )
    round = msgspec.structs.replace(last, games=games)
    text = write_trf(msgspec.structs.replace(picture, rounds=(*before, round)))
    corrected = {line[4:8].strip() for line in text.split("\r\n") if line not in OPEN.split("\r\n")}
    assert {"8", "11"} <= corrected < {str(number) for number in range(1, 12)}
    assert text.split("\r\n")[:13] == OPEN.split("\r\n")[:13]


def test_players_who_left_or_came_late_are_told_by_blanks() -> None:
    text = "\r\n".join(line for line in OPEN.split("\r\n") if not line.startswith("001"))
    blank, gap = f"{'':62}", f"{'':10}"
    players = [
        f"001    1      One{blank}  2.0    1     2 w 1     3 b 1",
        f"001    2      Two{blank}  0.0    2     1 b 0{gap}",
        f"001    3      Six{blank}  0.0    3{gap}     1 w 0",
    ]
    picture = read(text + "\r\n".join(players))
    assert [(one.entered_round, one.withdrawn_from) for one in picture.participants] == [
        (1, None),
        (1, 2),
        (2, None),
    ]


def test_before_the_start_everybody_has_the_number_that_they_would_be_given() -> None:
    picture = begun(random.Random(1), 4, 3)
    people = tuple(
        msgspec.structs.replace(one, number=None, rating=rating, byes={}, entered_round=1)
        for one, rating in zip(picture.participants, (1500, 2000, None, 1800), strict=True)
    )
    tournament = msgspec.structs.replace(picture.tournament, status="upcoming", started_at=None)
    text = write_trf(Picture(tournament, people, ()))
    assert [one.rating for one in read(text).participants] == [2000, 1800, 1500, None]
