"""What organisers may say, judged by itself."""

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sse_board.errors import InvalidRequest
from sse_board.tournaments.running.definition import defined, edition_at, points_of
from sse_board.tournaments.running.forms import NewTournament, PointsForm
from sse_board.tournaments.running.names import checked_name
from sse_board.tournaments.running.notices import standings_notices
from sse_board.tournaments.running.numbering import numbers, numbers_with
from sse_board.tournaments.standings.row import Row, Table
from sse_board.tournaments.tournament import Participant, Points
from sse_board.version import Version
from tests.support.refusals import steady


@steady(300)
@given(st.text(max_size=110))
@example("A\u0308" * 50)
@example("a\u200d")
def test_a_name_is_refused_or_can_be_shown_in_one_line(raw: str) -> None:
    try:
        name = checked_name(raw)
    except InvalidRequest:
        return
    assert 1 <= len(name) <= 100
    assert name.isprintable()
    assert checked_name(name) == name == unicodedata.normalize("NFC", name).strip()


@pytest.mark.parametrize("name", ["Zoë Übel-O'Neill (U18)", "№1 – Пётр & Σοφία", "4", "Đặng  Thị\u00a0Hà"])
def test_names_of_all_scripts_are_names(name: str) -> None:
    assert checked_name(name).split() == name.split()


def test_points_are_halves() -> None:
    assert points_of(PointsForm()) == Points(2, 1, 0, 2)
    assert points_of(PointsForm(win=3, draw=1, bye=Decimal("1.5"))) == Points(6, 2, 0, 3)
    for wrong in (PointsForm(win=Decimal("1e-400")), PointsForm(win=Decimal("1E+999999")), PointsForm(draw=1)):
        with pytest.raises(InvalidRequest):
            points_of(wrong)


def test_the_edition_is_the_one_in_force_when_it_starts() -> None:
    assert [edition_at(datetime(2026, month, 1, tzinfo=UTC)) for month in (2, 3)] == ["2024", "2026"]
    new = NewTournament("Open", datetime(2026, 5, 1, tzinfo=UTC), 5, "swiss", ["BH"], edition="2024")
    assert defined(new).edition == "2024"


def test_numbers_go_by_rating_title_and_name() -> None:
    zoe, amy = Participant("z", None, "Zoe", 2000, None, None), Participant("a", None, "amy", 2000, None, None)
    fay, new = Participant("f", None, "Fay", 2000, "FM", None), Participant("n", None, "New", None, None, None)
    assert numbers([new, zoe, amy, fay]) == {"f": 1, "a": 2, "z": 3, "n": 4}
    late = Participant("l", None, "Late", 2500, None, None)
    numbered = [Participant("f", 1, "Fay", 2000, "FM", None), Participant("a", 2, "amy", 2000, None, None)]
    assert numbers_with(late, numbered, 3) == {"l": 1, "f": 2, "a": 3}
    assert numbers_with(late, numbered, 4) == {"l": 1, "f": 2, "a": 3}, "the fourth is not paired yet"
    assert numbers_with(late, numbered, 5) == {"l": 3}


@pytest.mark.parametrize(
    ("rank", "score", "said"),
    [
        (1, 2, "1st with 1 point"),
        (2, 1, "2nd with ½ point"),
        (13, 5, "13th with 2½ points"),
        (23, 0, "23rd with 0 points"),
    ],
)
def test_players_read_where_they_stand(rank: int, score: int, said: str) -> None:
    known = Participant("a", 1, "Ada", None, None, "user")
    gone = Participant("g", 2, "Gus", None, None, "other", withdrawn_from=2)
    rows = tuple(Row(rank, None, one, score, {}, ()) for one in (known, gone))
    (notice,) = standings_notices("t", "Open", Table(Version(1, 1), 3, rows))
    assert (notice.user_id, notice.message) == ("user", f"After round 3 you are {said}.")
