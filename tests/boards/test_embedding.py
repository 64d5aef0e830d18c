"""What is written on an accent can be read."""

from hypothesis import given
from hypothesis import strategies as st

from sse_board.boards.embedding import DARK, LIGHT, letters_on


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_letters_stand_out_from_every_accent(accent: str) -> None:
    letters = letters_on(accent)
    assert letters in {DARK, LIGHT}
    assert contrast(accent, letters) >= 4.5


def test_short_and_see_through_accents_are_read_like_long_ones() -> None:
    assert letters_on("#fff") == letters_on("#ffff") == letters_on("#ffffff00") == DARK
    assert letters_on("#000") == LIGHT
