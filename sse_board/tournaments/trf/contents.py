"""What stands in a TRF file, line by line. Pure."""

from dataclasses import dataclass

from sse_board.errors import InvalidRequest
from sse_board.tournaments.tournament import PARTICIPANTS_LIMIT, Bye
from sse_board.tournaments.trf.keeping import key_of
from sse_board.tournaments.trf.layout import PlayerLine, contradiction, parse_player
from sse_board.tournaments.trf.meetings import Players
from sse_board.tournaments.trf.records import Records, asked_byes
from sse_board.tournaments.trf.sheet import Sheet, read_sheet

#: Records that contradict each other where there are two of a key.
SINGLE = {"012", "042", "062", "072", "092", "142", "152", "162", "XXR", "XXC", "XXZ", "###", "240"}


@dataclass(frozen=True, slots=True)
class Contents:
    """`players` in the order of their lines; `asked`: byes of record 240."""

    sheet: Sheet
    records: Records
    players: Players
    asked: dict[int, dict[int, Bye]]


def read_contents(text: str) -> Contents:
    """Raises InvalidRequest for lines that cannot be read, and for those that stand twice."""
    sheet = read_sheet(text)
    asked = asked_byes((number, line) for number, line in enumerate(sheet.lines, start=1) if line[:3] == "240")
    return Contents(sheet, _records(sheet), _players(sheet), asked)


def _records(sheet: Sheet) -> Records:
    """By their keys; the first of those that may stand there again."""
    found: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(sheet.lines, start=1):
        key = key_of(line)
        if key in found and key[:3] in SINGLE:
            raise contradiction(number, f"record {key} stands twice (line {found[key][0]})")
        found.setdefault(key, (number, line))
    return found


def _players(sheet: Sheet) -> Players:
    found: dict[int, tuple[int, PlayerLine]] = {}
    for number, line in enumerate(sheet.lines, start=1):
        if line[:3] == "001":
            player = parse_player(number, line)
            if player.number in found:
                first = found[player.number][0]
                raise contradiction(number, f"two players have the number {player.number} (line {first})")
            found[player.number] = number, player
    if not 0 < len(found) <= PARTICIPANTS_LIMIT:
        raise InvalidRequest(f"The file has {len(found)} players; 1 to {PARTICIPANTS_LIMIT} are taken.")
    return found
