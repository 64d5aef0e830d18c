"""Numbers of bodies that keep them as they were written."""

from decimal import Decimal

import msgspec
import pytest

from sse_board.errors import InvalidRequest
from sse_board.web.bodies import decode_exact


class Body(msgspec.Struct):
    whole: int = 0
    any: int | Decimal = 0


@pytest.mark.parametrize(("text", "value"), [("537.0", 537), ("-2.000", -2), ("7", 7)])
def test_a_whole_number_may_be_written_with_noughts(text: str, value: int) -> None:
    assert decode_exact(f'{{"whole": {text}}}'.encode(), Body).whole == value


def test_a_fraction_stays_exact() -> None:
    assert decode_exact(b'{"any": 0.10}', Body).any == Decimal("0.10")


@pytest.mark.parametrize("text", ["537.5", "1e2", "9" * 5_000 + ".0", '"5"'])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        decode_exact(f'{{"whole": {text}}}'.encode(), Body)
