"""Players' lines as participants. Pure."""

from collections.abc import Collection, Mapping
from typing import Any

from sse_board.errors import InvalidRequest
from sse_board.tournaments.running.forms import RATING_LIMIT
from sse_board.tournaments.running.names import checked_name
from sse_board.tournaments.running.numbering import TITLES
from sse_board.tournaments.tournament import Bye, Participant
from sse_board.tournaments.trf.cells import BYES
from sse_board.tournaments.trf.layout import PlayerLine, contradiction
from sse_board.tournaments.trf.meetings import Players

#: Short forms of former days.
_SHORT = {"g": "GM", "m": "IM", "f": "FM", "c": "CM", "wg": "WGM", "wm": "WIM", "wf": "WFM", "wc": "WCM"}


def participants_of(
    players: Players,
    last: int,
    is_over: bool,
    gone: Collection[int],
    asked: Mapping[int, Mapping[int, Bye]],
    ids: Mapping[int, str],
) -> tuple[Participant, ...]:
    """By starting number. `last`: the newest round that is paired; `gone`: who is not to be paired any more.

    Who has blanks up to some round entered after it, and who has blanks from some round on withdrew before it.
    Raises InvalidRequest for names and ratings that nobody can have.
    """
    found = []
    for number, (line, player) in sorted(players.items()):
        entered, withdrawn = _presence(player, last, is_over, number in gone)
        byes = _byes(player) | {round: bye for round, bye in asked.get(number, {}).items() if round > last}
        found.append(
            Participant(
                ids[number], number, _name(line, player), _rating(line, player), _title(player), None,
                entered, withdrawn, byes, _details(player),
            )
        )  # fmt: skip
    return tuple(found)


def _presence(player: PlayerLine, last: int, is_over: bool, is_gone: bool) -> tuple[int, int | None]:
    """The first round that they could play, and the first one that they could not any more."""
    there = [round for round, cell in enumerate(player.cells[:last], start=1) if cell]
    if not there:
        return (1, 1) if is_gone or (is_over and last) else (last + 1, None)
    leaves = is_gone or there[-1] < last
    return there[0], there[-1] + 1 if leaves else None


def _byes(player: PlayerLine) -> dict[int, Bye]:
    """All but those that the pairing gave were asked for."""
    cells = enumerate(player.cells, start=1)
    return {
        round: BYES[cell.letter] for round, cell in cells if cell and cell.letter in BYES and cell.letter != "U"
    }


def _name(line: int, player: PlayerLine) -> str:
    try:
        return checked_name(player.name)
    except InvalidRequest as error:
        raise contradiction(line, error.message.rstrip(".")) from None


def _rating(line: int, player: PlayerLine) -> int | None:
    if player.rating is not None and player.rating > RATING_LIMIT:
        raise contradiction(line, f"a rating of {player.rating} is more than anybody has")
    return player.rating


def _title(player: PlayerLine) -> str | None:
    title = _SHORT.get(player.title, player.title)
    return title if title in TITLES else None


def _details(player: PlayerLine) -> dict[str, Any]:
    """What only TRF16 asks for."""
    details = {"sex": player.sex, "federation": player.federation, "fideId": player.fide_id, "born": player.born}
    return {name: value for name, value in details.items() if value}
