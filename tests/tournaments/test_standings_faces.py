"""Standings and cross-tables as programs, spreadsheets and terminals have them; and what changes between two."""

import csv
import io
import itertools

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.tournaments.showing.crosstable import (
    crosstable_csv,
    crosstable_payload,
    crosstable_text,
    matrix,
)
from sse_board.tournaments.showing.delta import between, payload, whole
from sse_board.tournaments.showing.faces import standings_csv, standings_payload, standings_text
from sse_board.tournaments.showing.lines import change_lines, event_lines
from sse_board.tournaments.showing.sheet import Sheet, sheet_of
from sse_board.tournaments.standings.table import ranks_before, standings
from sse_board.tournaments.tournament import Participant, Picture, Result
from sse_board.web.answers import encode
from tests.support.clients import parse
from tests.support.standings import StandingsReplica
from tests.tournaments.drafts import drafted, tournament

SWISS = "1 +3 =2 | 2 U =1 | 3 -1 F+4 | 4 H F-3"
ROBIN = "1 +2 =3 Z | 2 -1 Z +3 | 3 Z =1 -2"
RESULTS: list[Result | None] = ["1-0", "0-1", "1/2-1/2", "+/-", "-/-", None]


def sheet(text: str = SWISS, system: str = "swiss", name: str = "") -> Sheet:
    picture = drafted(text, tournament(rounds=5, tie_breaks=["BH", "SB"], system=system))  # type: ignore[arg-type]
    if name:
        first = msgspec.structs.replace(picture.participants[0], name=name)
        picture = msgspec.structs.replace(picture, participants=(first, *picture.participants[1:]))
    return sheet_of(picture, standings(picture))


def test_programs_get_rows_by_position() -> None:
    data = parse(encode(standings_payload(sheet(), 1, 2)))
    assert (data["round"], data["version"], data["total"]) == (2, "1-1", 4)
    assert [row["position"] for row in data["standings"]] == [2, 3]
    (first,) = parse(encode(standings_payload(sheet(), 0, 1)))["standings"]
    assert (first["rank"], first["name"], first["score"]) == (1, "Player 2", 1.5)
    assert list(first["tieBreaks"]) == ["BH", "SB"]
    assert first["perRound"][0] == {
        "round": 1, "opponent": None, "opponentNumber": None, "colour": None, "outcome": "U", "points": 1,
    }  # fmt: skip
    assert first["perRound"][1]["opponentNumber"] == 1


def test_a_spreadsheet_has_a_column_for_each_tie_break_and_round() -> None:
    rows = list(csv.DictReader(io.StringIO(standings_csv(sheet(), 0, None))))
    assert list(rows[0])[-4:] == ["BH", "SB", "round 1", "round 2"]
    by_number = {row["number"]: (row["score"], row["round 1"], row["round 2"]) for row in rows}
    assert by_number == {
        "1": ("1.5", "3w1", "2w="),
        "2": ("1.5", "U", "1b="),
        "3": ("1", "1b0", "4w+"),
        "4": ("0.5", "H", "3b-"),
    }


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_a_name_is_no_formula(name: str) -> None:
    for text in (standings_csv(sheet(name=name), 0, None), crosstable_csv(sheet(name=name))):
        assert f"'{name}" in [row["name"] for row in csv.DictReader(io.StringIO(text))]


def test_a_terminal_sees_aligned_columns_and_is_not_told_what_to_do() -> None:
    text = standings_text(sheet(name="\x1b[31mred"), 0, None)
    lines = text.splitlines()
    assert lines[0] == "Open"
    assert lines[2].split() == ["Rank", "No", "Name", "Points", "BH", "SB"]
    assert lines[-1] == "4 players, after round 2 of 5, version 1-1"
    assert len({len(line) for line in lines[2:7]}) == 1
    assert "\x1b" not in text


def test_a_round_robin_is_everybody_against_everybody() -> None:
    robin = sheet(ROBIN, "round_robin")
    assert crosstable_payload(robin)["matrix"] == [[None, "1", "="], ["0", None, "1"], ["=", "0", None]]
    lines = crosstable_text(robin).splitlines()
    assert lines[2].split() == ["No", "Name", "1", "2", "3", "Points", "Rank"]
    assert lines[3].split()[3:] == ["x", "1", "=", "1.5", "1"]
    assert "matrix" not in crosstable_payload(sheet())


def test_who_met_twice_has_both_results_in_one_cell() -> None:
    assert matrix(sheet("1 +2 =2 | 2 -1 =1").table.rows) == [[None, "1="], ["0=", None]]


def test_a_terminal_is_told_what_happens() -> None:
    sides = {"white": {"id": "1", "name": "Ada"}, "black": {"id": "2", "name": "Bob"}}
    assert event_lines("game.result_submitted", {"round": 3, **sides, "result": "1-0"}) == [
        "round 3  Ada – Bob  1-0"
    ]
    assert event_lines("game.started", {"round": 3, **sides}) == ["round 3  Ada – Bob  started"]
    assert event_lines("round.started", {"round": 3, "games": [1, 2]}) == ["round 3  started  2 boards"]
    assert event_lines("participant.withdrew", {"name": "Ada"}) == ["Ada  withdrew"]
    assert change_lines(whole(sheet().top(1))) == ["Open    1.  Player 2  1.5"]


# -- changes --


def played(results: list[Result | None], seq: int, renamed: bool) -> Sheet:
    """After a round of six boards, and another that is under way, with these results there."""
    whole = msgspec.structs.replace(tournament(rounds=5, tie_breaks=["BH", "DE"]), seq=seq)
    rounds = "".join(f"| {n} {'+' if n < 7 else '-'}{n + 6 if n < 7 else n - 6} ?{13 - n} " for n in range(1, 13))
    picture = drafted(rounds.removeprefix("|"), whole)
    games = picture.rounds[1].games
    entered = tuple(msgspec.structs.replace(game, result=one) for game, one in zip(games, results, strict=True))
    second = msgspec.structs.replace(picture.rounds[1], games=entered)
    people = [_named(one) if renamed and one.number == 3 else one for one in picture.participants]
    picture = Picture(whole, tuple(people), (picture.rounds[0], second))
    return sheet_of(picture, standings(picture))


def _named(one: Participant) -> Participant:
    return msgspec.structs.replace(one, name="Somebody Else")


STATES = st.tuples(st.lists(st.sampled_from(RESULTS), min_size=6, max_size=6), st.booleans())


@given(st.lists(STATES, min_size=2, max_size=4), st.sampled_from([3, 10, 25]))
def test_applying_the_deltas_gives_the_last_state(
    steps: list[tuple[list[Result | None], bool]], limit: int
) -> None:
    sheets = [played(results, seq, renamed).top(limit) for seq, (results, renamed) in enumerate(steps, 1)]
    replica = StandingsReplica(limit)
    replica.apply(parse(encode(payload(whole(sheets[0]), ""))))
    for before, after in itertools.pairwise(sheets):
        change = between(before, after)
        assert change is not None
        replica.apply(parse(encode(payload(change, ""))))
        assert replica.rows == parse(encode(after.rows))


@given(STATES, STATES)
def test_rows_that_are_kept_are_those_that_would_be_made(
    first: tuple[list[Result | None], bool], second: tuple[list[Result | None], bool]
) -> None:
    before, fresh = played(first[0], 1, first[1]), played(second[0], 2, second[1])
    ranks = ranks_before(before.table, before.picture, fresh.picture)
    assert (ranks is None) == (first[1] != second[1])
    kept = sheet_of(fresh.picture, standings(fresh.picture, None, ranks), before)
    assert [bytes(row) for row in kept.rows] == [bytes(row) for row in fresh.rows]
