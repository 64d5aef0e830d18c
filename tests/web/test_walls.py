"""The code in the corner of a wall: drawn as it was made, and only of addresses that look like one."""

import re

import pytest
import segno
from starlette.requests import Request

from sse_board.web.codes import MASK, QUIET, code
from sse_board.web.walls import address_of

ADDRESS = "https://scores.example.org/boards/scoreboard"
STROKE = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\3z")


def test_a_code_has_a_dark_place_for_each_dark_module_and_a_quiet_edge() -> None:
    drawn = code(ADDRESS)
    strokes = [[int(number) for number in stroke] for stroke in STROKE.findall(drawn)]
    dark = {(x + step, y) for x, y, length in strokes for step in range(length)}
    made = segno.make(ADDRESS, micro=False, error="l", mask=MASK).matrix
    assert dark == {(x + QUIET, y + QUIET) for y, row in enumerate(made) for x, module in enumerate(row) if module}
    assert f'viewBox="0 0 {len(made) + 2 * QUIET} {len(made) + 2 * QUIET}"' in drawn


@pytest.mark.parametrize(
    ("host", "address"),
    [
        (b"scores.example.org", "http://scores.example.org/x"),
        (b"127.0.0.1:8000", "http://127.0.0.1:8000/x"),
        (b"[::1]:8000", "http://[::1]:8000/x"),
        (b"evil.example/?", None),
        (b"user@evil.example", None),
        (b"a b", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_an_address_is_made_only_of_what_can_be_a_host(host: bytes, address: str | None) -> None:
    request = Request({"type": "http", "scheme": "http", "path": "/", "headers": [(b"host", host)]})
    assert address_of(request, "/x") == address
