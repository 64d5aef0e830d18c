"""What pages of tournaments are painted from."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from sse_board.errors import Conflict, InvalidRequest, NotFound
from sse_board.tournaments import wording
from sse_board.tournaments.pages.access import access
from sse_board.tournaments.pages.clash import clash
from sse_board.tournaments.pages.desk import desk
from sse_board.tournaments.pages.own import marked
from sse_board.tournaments.pages.posted import (
    Entry,
    bye_edit,
    entry_of,
    new_tournament,
    participant_edit,
)
from sse_board.tournaments.pages.posted import given as given_pairings
from sse_board.tournaments.pages.wall import WALL_ROWS, wall
from sse_board.tournaments.showing.crosspanel import crosstable_panel
from sse_board.tournaments.showing.panel import play_panel, round_panel, standings_panel
from sse_board.tournaments.tournament import Pairing, Points, Round
from sse_board.web.identity import Identity
from tests.pages.tournament_samples import (
    ROUNDS,
    bye,
    completed,
    game,
    of_status,
    participant,
    picture,
    some_id,
    table,
    upcoming,
)


def known(number: int, role: Any = "PARTICIPANT") -> Identity:
    return Identity(some_id(number), role, "login", 1, 0.0)


@pytest.mark.parametrize(("halves", "written"), [(0, "0"), (1, "½"), (2, "1"), (7, "3½"), (20, "10")])
def test_points_are_written_as_players_write_them(halves: int, written: str) -> None:
    assert wording.points(halves) == written


def test_the_figures_of_a_column_have_as_many_decimals_as_one_of_them_needs() -> None:
    assert wording.column([3, Decimal("12.5"), Decimal("0.25")]) == ["3.00", "12.50", "0.25"]
    assert wording.column([10, 2]) == ["10", "2"]
    assert wording.column([]) == []


def test_a_game_shows_its_result_or_how_far_it_is() -> None:
    games = (game(1, 1, 2, "1/2-1/2"), game(2, 3, 4), game(3, 5, 6, status="pending"), game(4, 7, 8, "+/-"))
    boards = round_panel(picture(), Round(2, "active", games)).boards
    assert [board.state for board in boards] == ["½–½", "in progress", "to come", "+/–"]
    assert [board.winner for board in boards] == [None, None, None, "white"]
    assert [board.words for board in boards] == ["", "", "", "Black is absent"]


def test_who_has_no_game_is_listed_with_the_reason_and_who_never_began_is_not() -> None:
    people = (*picture().participants, participant(9, number=None, withdrawn_from=1))
    kinds = (bye(1, 1, "pairing"), bye(2, 2, "half"), bye(3, 3, "full"), bye(4, 4, "zero"))
    sheet = round_panel(picture(people=people, points=Points(bye=1)), Round(2, "active", kinds))
    assert [what for _, what in sheet.byes] == ["bye, ½ point", "half-point bye", "full-point bye", "not playing"]
    assert [one.number for one in sheet.absent] == [5, 6, 7, 8]
    assert round_panel(picture(), Round(2, "pairing")).absent == ()


def test_who_had_left_or_came_later_is_not_listed_as_absent() -> None:
    people = (*picture().participants[:2], participant(3, withdrawn_from=2), participant(4, entered_round=3))
    panels = [round_panel(picture(people=people), Round(number, "active")) for number in (1, 2, 3)]
    assert [[one.number for one in panel.absent] for panel in panels] == [[1, 2, 3], [1, 2], [1, 2, 4]]


def test_before_the_first_round_the_strongest_are_listed_first_without_those_who_withdrew() -> None:
    panel = play_panel(upcoming())
    assert [one.rating for one in panel.participants] == [2350, 2300]
    assert panel.progress == "Starts 2026-01-10 10:30 UTC"


def test_movement_counts_upwards_and_is_not_known_before_the_second_round() -> None:
    now = picture()
    assert [row.change for row in standings_panel(now, table(now)).rows][:2] == [1, 1]
    first = picture(ROUNDS[:1])
    assert {row.change for row in standings_panel(first, table(first)).rows} == {None}
    assert standings_panel(first, table(first)).is_settled
    assert not standings_panel(now, table(now), 3).is_settled


def test_a_cross_table_has_opponent_colour_and_result_of_each_round() -> None:
    now = picture()
    assert crosstable_panel(now, table(now)).rows[0].cells == ("2w½", "½")


@pytest.mark.parametrize(
    ("state", "step", "number"),
    [
        (upcoming(), "start", 0),
        (picture(()), "pair", 1),
        (picture(ROUNDS[:1]), "pair", 2),
        (of_status("pairing"), "pairing", 2),
        (of_status("paired"), "paired", 2),
        (picture(), "playing", 2),
        (picture(ROUNDS[:1], rounds=1), "complete", 1),
        (completed(), "over", 2),
    ],
)
def test_the_desk_knows_what_comes_next(state: Any, step: str, number: int) -> None:
    found = desk(state)
    assert (found.step, found.number) == (step, number)


def test_the_desk_looks_at_an_older_round_and_at_the_newest_where_there_is_no_such() -> None:
    for asked, shown in ((1, 1), (2, 2), (9, 2), (None, 2)):
        found = desk(picture(), asked)
        assert found.round
        assert (found.round.number, found.rounds) == (shown, (1, 2))


def test_readers_may_do_what_their_role_and_the_state_allow() -> None:
    stranger, player, viewer = known(300), known(101), known(300, "VIEWER")
    before, now = upcoming(), picture()
    assert access(None, before).may_log_in
    assert access(stranger, before).may_register
    assert not access(viewer, before).may_register
    assert access(player, before).may_withdraw
    assert not access(player, before).may_register
    assert access(player, now).may_withdraw
    assert not access(stranger, now).may_register
    assert not access(player, completed()).may_withdraw
    assert [access(known(300, role), now).manages for role in ("ADMIN", "ORGANIZER", "PARTICIPANT")] == [
        True,
        True,
        False,
    ]


def test_a_conflict_of_results_is_a_question_and_any_other_is_none() -> None:
    there = {"id": some_id(201), "result": "0-1", "enteredBy": None, "enteredAt": "2026-01-10T10:30:05.000Z"}
    question = clash(Conflict(details={"current": there}), picture(), "1-0")
    assert question
    assert (question.who, question.at, question.current, question.wanted) == (
        "somebody",
        "10:30:05 UTC",
        "0–1",
        "1–0",
    )
    assert (question.replaces, question.round, question.board.game.board) == ("0-1", 2, 1)
    assert clash(Conflict("The round has not begun."), picture(), "1-0") is None


def test_a_bye_is_noted_beside_the_others_and_forgotten_again() -> None:
    player = participant(1, byes={2: "half", 4: "zero"})
    assert bye_edit({"round": "3", "bye": "full"}, player).byes == {2: "half", 4: "zero", 3: "full"}
    assert bye_edit({"round": "2", "bye": ""}, player).byes == {4: "zero"}


def test_a_button_says_which_game_what_was_shown_and_what_is_entered() -> None:
    assert entry_of({"result": f"{some_id(1)} none 1-0"}) == Entry(some_id(1), None, "1-0")
    assert entry_of({"result": f"{some_id(1)} 1/2-1/2 -/+"}) == Entry(some_id(1), "1/2-1/2", "-/+")
    for wrong in ("", "x none 1-0", f"{some_id(1)} 1-0", f"{some_id(1)} 1-0 2-0"):
        with pytest.raises((InvalidRequest, NotFound)):
            entry_of({"result": wrong})


def test_a_page_marks_its_readers_own_rows_and_games_and_nobody_elses() -> None:
    page = Markup(
        '<tr data-user="a1"></tr><tr data-user="b"></tr><li data-players="b a1"></li><li data-players="b c"></li>'
    )
    assert marked(page, None) == page
    assert marked(page, "a1").count("data-own") == 2
    assert 'data-user="a1" data-own' in marked(page, "a1")
    assert 'data-players="b a1" data-own' in marked(page, "a1")


def test_what_is_left_empty_is_taken_away_from_a_player() -> None:
    edit = participant_edit({"name": " Ada ", "rating": "", "title": ""})
    assert (edit.name, edit.rating, edit.title) == ("Ada", None, None)


def test_times_of_forms_are_in_utc() -> None:
    form = {"name": "Open", "rounds": "5", "system": "swiss", "tieBreaks": "bh sb,,DE"}
    for starts in ("2026-05-01T10:00", "2026-05-01T10:00:30"):
        new = new_tournament({**form, "startsAt": starts})
        assert new.starts_at.isoformat()[:16] == "2026-05-01T10:00"
        assert new.starts_at.utcoffset() == timedelta(0)
        assert new.tie_breaks == ["BH", "SB", "DE"]
    with pytest.raises(InvalidRequest):
        new_tournament({**form, "startsAt": ""})


boards = st.lists(
    st.tuples(st.integers(1, 8), st.one_of(st.integers(1, 8), st.sampled_from(["bye", "FULL", "half", "zero"]))),
    max_size=8,
)


@settings(max_examples=50, deadline=None)
@given(boards, st.sampled_from([" ", "-", " – ", " : "]))
def test_written_pairings_are_read_as_they_were_meant(lines: list[tuple[int, Any]], between: str) -> None:
    text = "\r\n\r\n".join(f"{white}{between}{other}" for white, other in lines)
    kinds: dict[str, Any] = {"bye": "pairing", "full": "full", "half": "half", "zero": "zero"}
    meant = [
        Pairing(some_id(white), some_id(other))
        if isinstance(other, int)
        else Pairing(some_id(white), None, kinds[other.lower()])
        for white, other in lines
    ]
    assert given_pairings({"pairings": text}, picture()) == meant


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.sampled_from(["standings", "pairings"]))
def test_the_screens_of_a_wall_show_every_row_once_and_never_too_many(people: int, show: Any) -> None:
    crowd = tuple(participant(number) for number in range(1, people + 1))
    games = tuple(game(board, 2 * board - 1, 2 * board) for board in range(1, people // 2 + 1))
    state = picture((Round(1, "active", games),), crowd)
    first = wall(state, table(state), show, 1)
    seen = []
    for page in range(1, first.pages + 1):
        screen = wall(state, table(state), show, page)
        rows = screen.parts["standings"].rows if show == "standings" else screen.parts["play"].round.boards
        assert len(rows) <= WALL_ROWS
        seen += rows
    assert len(seen) == (people if show == "standings" else people // 2)
    assert wall(state, table(state), show, first.pages + 1).page == 1
    assert wall(state, table(state), show, first.pages).following == 1
