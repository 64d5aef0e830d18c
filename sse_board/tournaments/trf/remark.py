"""What TRF16 has no record for, as a comment that only we read. Pure."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from sse_board.clock import iso
from sse_board.tournaments.running.definition import YEARS
from sse_board.tournaments.standings.rules import check_tie_breaks
from sse_board.tournaments.tournament import Edition, System, TieBreak, Tournament
from sse_board.tournaments.trf.layout import contradiction

#: How the line begins; other comments are other people's.
MARK = "### sse_board "
#: Nothing is worth more: half-points, and four digits of TRF16.
WORTH_LIMIT = 200

HalfPoints = Annotated[int, Meta(ge=0, le=WORTH_LIMIT)]


class Remark(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """`points` in half-points: win, draw, loss, bye given by the pairing."""

    starts_at: Annotated[datetime, Meta(tz=True)]
    system: System
    edition: Edition
    tie_breaks: Annotated[list[TieBreak], Meta(min_length=1, max_length=8)]
    points: tuple[HalfPoints, HalfPoints, HalfPoints, HalfPoints]


def remark_line(tournament: Tournament) -> str:
    points = tournament.points
    told = {
        "startsAt": iso(tournament.starts_at),
        "system": tournament.system,
        "edition": tournament.edition,
        "tieBreaks": tournament.tie_breaks,
        "points": (points.win, points.draw, points.loss, points.bye),
    }
    return MARK + msgspec.json.encode(told).decode()


def parse_remark(number: int, line: str) -> Remark:
    """`number` is the line's; raises InvalidRequest."""
    try:
        remark = msgspec.json.decode(line.removeprefix(MARK), type=Remark)
    except msgspec.ValidationError as error:
        raise contradiction(number, str(error)) from None
    except (msgspec.DecodeError, UnicodeError):
        raise contradiction(number, "the remark is no JSON") from None
    try:
        _check(remark)
    except ValueError as error:
        raise contradiction(number, str(error)) from None
    return msgspec.structs.replace(remark, starts_at=remark.starts_at.astimezone(UTC))


def check_worths(worths: tuple[int, int, int, int]) -> None:
    """Half-points of a win, a draw, a loss, a bye given by the pairing. Raises ValueError."""
    win, draw, loss, bye = worths
    if not WORTH_LIMIT >= win > draw >= loss or bye > WORTH_LIMIT:
        raise ValueError("the points make no sense")


def _check(remark: Remark) -> None:
    check_worths(remark.points)
    check_tie_breaks(remark.system, remark.edition, tuple(remark.tie_breaks))
    if remark.starts_at.year not in YEARS:
        raise ValueError("the start is out of time")
