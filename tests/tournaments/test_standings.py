"""Who stands where: what the table promises, whatever happened."""

import random
from collections.abc import Mapping

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sse_board.tournaments.standings.explain import explain
from sse_board.tournaments.standings.row import Row, Table
from sse_board.tournaments.standings.table import standings
from sse_board.tournaments.tournament import Edition, Picture, Points, TieBreak
from tests.tournaments.chance import swiss
from tests.tournaments.drafts import Told, drafted, participant, round_of, tournament

CODES: tuple[TieBreak, ...] = ("BH-C1", "BH", "SB", "SB-C1", "DE", "WIN", "WON", "PS")


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Whole tournaments, and some whose last round is under way."""
    dice = random.Random(draw(st.integers(0, 2**32)))
    edition: Edition = draw(st.sampled_from(("2024", "2026")))
    codes = draw(st.lists(st.sampled_from(CODES), unique=True))
    points = draw(st.sampled_from((Points(), Points(6, 2, 0, 6), Points(4, 2, 1, 2))))
    players, rounds = draw(st.integers(1, 24)), draw(st.integers(1, 7))
    picture = swiss(dice, edition=edition, tie_breaks=codes, players=players, rounds=rounds, points=points)
    return under_way(dice, picture) if draw(st.booleans()) else picture


def under_way(dice: random.Random, picture: Picture) -> Picture:
    *before, last = picture.rounds
    games = tuple(
        msgspec.structs.replace(game, result=None, status="active") if game.black and dice.random() < 0.5 else game
        for game in last.games
    )
    last = msgspec.structs.replace(last, games=games, status="active")
    return msgspec.structs.replace(picture, rounds=(*before, last))


def cut_to(picture: Picture, count: int) -> Picture:
    """As it was when `count` rounds were played, and the later entries were not known."""
    return msgspec.structs.replace(
        picture,
        rounds=picture.rounds[:count],
        participants=tuple(one for one in picture.participants if one.entered_round <= max(count, 1)),
    )


def key(row: Row) -> list[float]:
    """The higher, the better."""
    values = row.tie_breaks.items()
    return [row.score, *(-float(value) if code == "DE" else float(value) for code, value in values)]


def rank_of(table: Table) -> Mapping[str, int]:
    return {row.participant.id: row.rank for row in table.rows}


@given(pictures())
@settings(max_examples=60, deadline=None)
def test_ranks_follow_score_and_tie_breaks_and_are_shared_where_all_are_equal(picture: Picture) -> None:
    rows = standings(picture).rows
    keys = [key(row) for row in rows]
    assert keys == sorted(keys, reverse=True)
    assert [row.rank for row in rows] == [1 + keys.index(one) for one in keys]
    listed = [(row.rank, row.participant.number) for row in rows]
    assert listed == sorted(listed, key=lambda one: (one[0], one[1] or 0))


@given(pictures())
@settings(max_examples=40, deadline=None)
def test_each_cell_adds_to_the_score_and_tells_what_the_opponent_saw(picture: Picture) -> None:
    table = standings(picture)
    cells = {row.participant.id: row.cells for row in table.rows}
    for row in table.rows:
        assert [cell.round for cell in row.cells] == list(range(1, table.through + 1))
        assert [cell.total for cell in row.cells] == [
            sum(cell.points for cell in row.cells[:count]) for count in range(1, table.through + 1)
        ]
        assert row.score == row.cells[-1].total
        for cell in row.cells:
            if cell.opponent is not None:
                theirs = cells[cell.opponent][cell.round - 1]
                assert theirs.opponent == row.participant.id
                assert {cell.colour, theirs.colour} == {"white", "black"}


@given(pictures(), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_in_which_players_and_games_are_read_changes_nothing(
    picture: Picture, dice: random.Random
) -> None:
    shuffled = msgspec.structs.replace(
        picture,
        participants=tuple(dice.sample(picture.participants, len(picture.participants))),
        rounds=tuple(
            msgspec.structs.replace(round, games=tuple(dice.sample(round.games, len(round.games))))
            for round in picture.rounds
        ),
    )
    assert standings(shuffled) == standings(picture)


@given(pictures(), st.data())
@settings(max_examples=40, deadline=None)
def test_the_standings_after_a_round_are_those_that_were_shown_then(picture: Picture, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(picture.rounds)))
    then = standings(picture, count)
    assert then == standings(cut_to(picture, count))
    if count > 1:
        before = rank_of(standings(picture, count - 1))
        assert {row.participant.id: row.previous_rank for row in then.rows} == {
            row.participant.id: before.get(row.participant.id) for row in then.rows
        }
    else:
        assert {row.previous_rank for row in then.rows} <= {None}


@given(pictures(), st.data())
@settings(max_examples=40, deadline=None)
def test_an_explanation_adds_up_to_the_row(picture: Picture, data: st.DataObject) -> None:
    table = standings(picture)
    row = data.draw(st.sampled_from(table.rows))
    told = explain(picture, row.participant.id)
    assert (told.rank, told.through, told.version) == (row.rank, table.through, str(table.version))
    assert {one.code: one.value for one in told.tie_breaks} == row.tie_breaks
    for one in told.tie_breaks:
        if one.code != "DE":
            assert one.value == sum(share.value or 0 for share in one.rounds if not share.is_cut)
            assert [share.outcome for share in one.rounds] == [cell.outcome for cell in row.cells]
        if one.code in ("BH-C1", "SB-C1"):
            counted = [share for share in one.rounds if share.value is not None]
            assert sum(share.is_cut for share in one.rounds) == min(1, len(counted))


def test_before_the_start_everybody_shares_the_first_place() -> None:
    people = tuple(
        msgspec.structs.replace(participant(number, withdrawn_from=gone), number=None)
        for number, gone in ((2, None), (1, None), (3, 1))
    )
    table = standings(Picture(tournament(rounds=3, tie_breaks=CODES), people, ()))
    assert table.through == 0
    assert [(row.rank, row.participant.name) for row in table.rows] == [(1, "Player 1"), (1, "Player 2")]


def test_nobody_at_all_makes_an_empty_table() -> None:
    assert standings(Picture(tournament(rounds=3, tie_breaks=CODES), (), ())).rows == ()


def test_a_late_entry_is_there_from_its_round_on_and_missed_those_before() -> None:
    people = (participant(1), participant(2), participant(3, entered_round=2))
    second: list[Told] = [("3", "1", None, "1-0"), ("2", None, "pairing", None)]
    rounds = (round_of(1, [("1", "2", None, "1-0")]), round_of(2, second))
    picture = Picture(tournament(rounds=3), people, rounds)
    assert rank_of(standings(picture, 1)) == {"1": 1, "2": 2}
    late = next(row for row in standings(picture).rows if row.participant.id == "3")
    assert [cell.outcome for cell in late.cells] == ["Z", "1"]
    assert (late.rank, late.previous_rank) == (1, None)


def test_who_withdrew_stays_with_what_they_have() -> None:
    people = (participant(1, withdrawn_from=2), participant(2))
    rounds = (round_of(1, [("1", "2", None, "1-0")]), round_of(2, [("2", None, "pairing", None)]))
    first, second = standings(Picture(tournament(rounds=2, tie_breaks=["WON"]), people, rounds)).rows
    assert (first.participant.id, first.score, [cell.outcome for cell in first.cells]) == ("1", 2, ["1", "Z"])
    assert (second.score, second.rank) == (2, 2)


def test_a_round_counts_from_its_start_on() -> None:
    people = (participant(1), participant(2), participant(3))
    told: list[Told] = [("1", "2", None, None), ("3", None, "pairing", None)]
    paired = Picture(tournament(rounds=2), people, (round_of(1, told, "paired"),))
    assert standings(paired).through == 0
    active = standings(Picture(tournament(rounds=2), people, (round_of(1, told, "active"),)))
    assert [(row.rank, row.participant.id, row.score) for row in active.rows] == [
        (1, "3", 2),
        (2, "1", 0),
        (2, "2", 0),
    ]
    assert [row.cells[0].outcome for row in active.rows] == ["U", "", ""]


def test_nobody_is_paid_for_a_loss_without_coming() -> None:
    points = Points(win=6, draw=4, loss=2, bye=4)
    picture = drafted("1 +2 F+3 U | 2 -1 H F | 3 =4 F-1 Z | 4 =3 Z Z", tournament(rounds=3, points=points))
    assert {row.participant.id: row.score for row in standings(picture).rows} == {"1": 16, "2": 12, "3": 4, "4": 4}


def test_a_later_round_changes_what_an_earlier_bye_counts_for() -> None:
    whole = tournament(rounds=3, tie_breaks=["BH"])
    picture = drafted("1 +2 =3 -4 | 2 -1 Z +3 | 3 U =1 -2 | 4 Z Z +1", whole)

    def first(through: int) -> object:
        return next(row for row in standings(picture, through).rows if row.participant.id == "1").tie_breaks["BH"]

    assert first(2) == 0.5 + 1.5
    assert first(3) == 1 + 1.5 + 1


def test_several_meetings_are_averaged() -> None:
    whole = tournament(rounds=6, tie_breaks=["DE"], system="round_robin")
    picture = drafted("1 -2 +3 Z =2 +3 Z | 2 +1 Z =3 =1 Z =3 | 3 Z -1 =2 Z -1 =2", whole)
    assert [(row.rank, row.participant.id, row.score, row.tie_breaks) for row in standings(picture).rows] == [
        (1, "2", 5, {"DE": 1}),
        (2, "1", 5, {"DE": 2}),
        (3, "3", 2, {"DE": 0}),
    ]
    assert explain(picture, "1").tie_breaks[0].words == (
        "Player 1 and Player 2 are tied. In the games between them: Player 2 (¾) and Player 1 (¼). "
        "That makes place 2 of 2."
    )


def test_a_thousand_players_are_ranked() -> None:
    picture = swiss(random.Random(1), edition="2026", tie_breaks=CODES, players=1_000, rounds=5)
    assert len(standings(picture).rows) == sum(one.entered_round <= 5 for one in picture.participants)
