"""TRF16 that contradicts itself is refused with the line and the reason; nothing else happens to damaged files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sse_board.errors import InvalidRequest
from sse_board.tournaments.trf.sheet import LINE_LIMIT, LINES_LIMIT, decode_trf
from sse_board.tournaments.trf.writing import write_trf
from tests.tournaments.test_trf import FILES, OPEN, read


def test_one_game_seen_differently_by_its_two_players_is_refused_with_the_line_and_the_reason() -> None:
    with pytest.raises(InvalidRequest) as refused:
        read(decode_trf((FILES / "harbour-open-two-views.trf").read_bytes()))
    reason = "round 4: 2 has the result '1' against 10, who has '=' (line 23)"
    assert refused.value.details == {"line": 15, "reason": reason}
    assert refused.value.message == f"Line 15: {reason}."


LINES = OPEN.split("\r\n")


@pytest.mark.parametrize(
    ("line", "old", "new", "reason"),
    [
        (14, " 6 w 1", " 6 b 1", "round 1: 1 and 6 both have Black (line 19)"),
        (14, " 6 w 1", " 5 w 1", "round 1: 1 plays 5, who plays 10 (line 18)"),
        (14, " 6 w 1", "11 w 1", "round 1: 1 plays 11, who plays nobody (line 24)"),
        (14, " 6 w 1", "12 w 1", "round 1: there is no player 12"),
        (14, " 6 w 1", " 1 w 1", "round 1: 1 plays against themselves"),
        (14, " 6 w 1", " 6 w +", "round 1: 1 has the result '+' against 6, who has '0' (line 19)"),
        (14, " 6 w 1", " 6 w X", "round 1: there is no result 'X'"),
        (14, " 6 w 1", " 6 - 1", "round 1: a game against 6 has no colour"),
        (14, " 6 w 1", " 6 - H", "round 1: the bye H has no opponent, but 6 is named"),
        (14, " 6 w 1", " 6w 1 ", "round 1 '6w 1': the columns are shifted"),
        (14, " 6 w 1", "x6 w 1", "'x6' is no opponent"),
        (14, "  2.0", "  2.5", "the points column says 2.5, but the results give 2.0"),
        (14, "  2.0", " 2.25", "'2.25' is no number of points"),
        (14, "2431", "24x1", "'24x1' is no rating"),
        (14, "2431", "9431", "a rating of 9431 is more than anybody has"),
        (14, "001    1", "001    2", "two players have the number 2 (line 14)"),
        (14, "001    1", "001    0", "there is no starting number"),
        (14, "Hallgren, Oskar", "               ", "there is no name"),
        (14, "Hallgren, Oskar", "........,......", "This name cannot be shown"),
        (14, "Oskar ", "Oskar", "column 48 should be blank: the columns are shifted"),
        (14, "Oskar", "Osk\x07r", "a control character in column 28"),
        (14, "Oskar", "Osk\tr", "a control character in column 28"),
        (14, "Oskar", "Osk\u2028r", "a control character in column 28"),
        (20, "0000 - U", "0000 w U", "round 2: a colour, but no opponent"),
        (20, "0000 - U", "0000 - =", "round 2: the result = needs an opponent"),
        (24, "0000 - Z", "0000 - U", "the points column says 1.5, but the results give 2.5"),
        (1, "012", "XXR", "'Harbour Weekend Open 2023' is no number of rounds"),
        (1, "012 Harbour Weekend Open 2023", "XXR 4", "there are to be 4 rounds, but 5 are paired"),
        (2, "022 Malmö", "012 Malmö", "record 012 stands twice (line 1)"),
        (1, "012 Harbour Weekend Open 2023", "XXR 000599999999", "'000599999999' is no number of rounds"),
        (2, "022 Malmö", "240 U   7   1", "this is no list of byes"),
        (2, "022 Malmö", "240 H 100   1", "this is no list of byes"),
        (2, "022 Malmö", "162  W1234 D 0.5 L 0.0", "'1234' is no number of points"),
        (2, "022 Malmö", "162  W 0.0 D 1.0 L 1.0", "the points make no sense"),
        (2, "022 Malmö", "162  W 999 D 0.5 L 0.0", "the points make no sense"),
        (2, "022 Malmö", "162  W 1.0 D 0.5 L 0.0 P 999", "the points make no sense"),
        (2, "Malmö", "ö" * LINE_LIMIT, f"longer than {LINE_LIMIT} characters"),
        (2, "022 Malmö", "### sse_board {", "the remark is no JSON"),
        (2, "022 Malmö", '### sse_board {"system": "knockout"}', None),
    ],
)  # fmt: skip
def test_contradictions_are_refused_with_their_line(line: int, old: str, new: str, reason: str | None) -> None:
    lines = LINES.copy()
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new, 1)
    with pytest.raises(InvalidRequest) as refused:
        read("\r\n".join(lines))
    assert refused.value.details
    at = refused.value.details["line"]
    assert at == line or (at, "stands" in str(reason) or "two players" in str(reason)) == (line + 1, True)
    assert reason is None or refused.value.details["reason"] == reason


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, len(OPEN) - 1), st.text("0 1-wbU=\r\n#é.", max_size=2)), min_size=1, max_size=3
    )
)
def test_a_damaged_file_is_refused_or_comes_back_byte_for_byte(damages: list[tuple[int, str]]) -> None:
    text = OPEN
    for at, instead in damages:
        text = text[:at] + instead + text[at + 1 :]
    try:
        picture = read(text)
    except InvalidRequest:
        return
    assert write_trf(picture) == text


def test_a_round_that_is_open_while_later_ones_are_paired_is_refused() -> None:
    text = OPEN.replace("    10 w 0", "    10 w  ").replace("     5 b 1", "     5 b  ", 1)
    with pytest.raises(InvalidRequest) as refused:
        read(text)
    assert refused.value.details


@pytest.mark.parametrize(
    "text", ["", "012 Nobody\n", "\n" * (LINES_LIMIT + 1), "\n".join(f"001 {n:>4}      A" for n in range(1, 1002))]
)
def test_too_little_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        read(text)
