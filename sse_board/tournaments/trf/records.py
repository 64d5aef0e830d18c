"""What the headers of a TRF file say of a tournament. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sse_board.errors import InvalidRequest
from sse_board.tournaments.running.definition import YEARS, edition_at
from sse_board.tournaments.running.forms import NAME_LENGTH
from sse_board.tournaments.running.names import checked_name
from sse_board.tournaments.tournament import ROUNDS_LIMIT, Bye, Edition, Points, System, TieBreak
from sse_board.tournaments.trf.cells import BYES
from sse_board.tournaments.trf.layout import contradiction, parse_points
from sse_board.tournaments.trf.remark import Remark, check_worths, parse_remark

#: Characters of a round's number, leading zeros counted.
ROUND_DIGITS = 4
#: A file without record 012.
UNNAMED = "Tournament"
#: Where the file does not name them: what most opens use, and what stands in a round-robin under every edition.
SWISS_TIE_BREAKS: tuple[TieBreak, ...] = ("BH-C1", "BH", "SB")
ROUND_ROBIN_TIE_BREAKS: tuple[TieBreak, ...] = ("DE", "WIN", "SB")

_date = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")
_worths = re.compile(r"([WDLAPX])\s*(\d+(?:\.[05])?)")
_round_robin = re.compile(r"round.?robin|berger|\brr\b", re.IGNORECASE)

#: Lines with their numbers, by the first letters that say what they are (`keys.py`).
Records = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Headers:
    """`points` is None where the file does not say what results are worth; `colour` the initial one, if told."""

    name: str
    starts_at: datetime
    rounds: int | None
    system: System
    edition: Edition
    tie_breaks: tuple[TieBreak, ...]
    points: Points | None
    colour: str | None


def read_headers(records: Records, now: datetime) -> Headers:
    """Raises InvalidRequest. What is not told is as it usually is, and begins now."""
    remark = parse_remark(*records["###"]) if "###" in records else None
    starts_at = remark.starts_at if remark else _starts_at(records, now)
    system = remark.system if remark else _system(records)
    usual = ROUND_ROBIN_TIE_BREAKS if system == "round_robin" else SWISS_TIE_BREAKS
    return Headers(
        name=_name(records),
        starts_at=starts_at,
        rounds=_rounds(records),
        system=system,
        edition=remark.edition if remark else edition_at(starts_at),
        tie_breaks=tuple(remark.tie_breaks) if remark else usual,
        points=_points(records, remark),
        colour=_colour(records),
    )


def _value(records: Records, key: str) -> str:
    return records[key][1][4:].strip() if key in records else ""


def _name(records: Records) -> str:
    name = _value(records, "012")[:NAME_LENGTH].strip()
    try:
        return checked_name(name) if name else UNNAMED
    except InvalidRequest as error:
        raise contradiction(records["012"][0], error.message.rstrip(".")) from None


def _starts_at(records: Records, now: datetime) -> datetime:
    """Midnight UTC of record 042, if it is a date."""
    found = _date.search(_value(records, "042"))
    try:
        begins = datetime(*(int(part) for part in found.groups()), tzinfo=UTC) if found else now  # type: ignore[arg-type,misc]
    except ValueError:
        return now
    return begins if begins.year in YEARS else now


def _system(records: Records) -> System:
    told = f"{_value(records, '092')} {_value(records, '192')}"
    return "round_robin" if _round_robin.search(told) else "swiss"


def _rounds(records: Records) -> int | None:
    for key in ("142", "XXR"):
        if text := _value(records, key):
            if not _is_round(text):
                raise contradiction(records[key][0], f"{text!r} is no number of rounds")
            return int(text)
    return None


def _is_round(text: str) -> bool:
    return len(text) <= ROUND_DIGITS and text.isascii() and text.isdigit() and 1 <= int(text) <= ROUNDS_LIMIT


def _points(records: Records, remark: Remark | None) -> Points | None:
    if remark:
        return Points(*remark.points)
    try:
        return _parse_worths(_value(records, "162"))
    except ValueError as error:
        raise contradiction(records["162"][0], str(error)) from None


def _parse_worths(text: str) -> Points | None:
    """Raises ValueError."""
    told = {letter: parse_points(worth) for letter, worth in _worths.findall(text)}
    if not told.keys() >= {"W", "D", "L"}:
        return None
    worths = (told["W"], told["D"], told["L"], told.get("P", told["W"]))
    check_worths(worths)
    return Points(*worths)


def _colour(records: Records) -> str | None:
    told = f"{_value(records, '152')} {_value(records, 'XXC')}".lower().split()
    for words, colour in ((("w", "white1"), "white"), (("b", "black1"), "black")):
        if any(word in told for word in words):
            return colour
    return None


def asked_byes(lines: Iterable[tuple[int, str]]) -> dict[int, dict[int, Bye]]:
    """Records 240 of TRF-2026: a bye, the round, who asked for it. By starting number, then round."""
    asked: dict[int, dict[int, Bye]] = {}
    for number, line in lines:
        letter, round = line[4:5], line[6:9].strip()
        who = line[9:].split()
        if (
            letter not in BYES
            or letter == "U"
            or not _is_round(round)
            or not all(one.isascii() and one.isdigit() for one in who)
        ):
            raise contradiction(number, "this is no list of byes")
        for one in who:
            asked.setdefault(int(one[:4]), {})[int(round)] = BYES[letter]
    return asked


def absentees(records: Records) -> set[int]:
    """Record XXZ: who is not to be paired any more."""
    words = re.split(r"[\s,/]+", _value(records, "XXZ"))
    return {int(word[:4]) for word in words if word.isascii() and word.isdigit()}
