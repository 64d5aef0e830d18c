"""Tournaments written down in a line or two for each player."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sse_board.tournaments.tournament import (
    Bye,
    Edition,
    Game,
    Participant,
    Picture,
    Points,
    Result,
    Round,
    RoundStatus,
    System,
    TieBreak,
    Tournament,
)

WHEN = datetime(2026, 4, 1, 10, tzinfo=UTC)

BYES: Mapping[str, Bye] = {"U": "pairing", "F": "full", "H": "half", "Z": "zero"}
#: What a player says of a game in which they were White; `?` of one that is not over.
RESULTS: Mapping[str, Result | None] = {
    "+": "1-0",
    "=": "1/2-1/2",
    "-": "0-1",
    "F+": "+/-",
    "F-": "-/+",
    "?": None,
}
WORD = re.compile(r"(F?)([+=?-])(\d+)|([UFHZ])")

#: White, Black, bye, result.
Told = tuple[str, str | None, Bye | None, Result | None]


def tournament(
    *,
    rounds: int,
    tie_breaks: Sequence[TieBreak] = (),
    edition: Edition = "2026",
    system: System = "swiss",
    points: Points | None = None,
) -> Tournament:
    return Tournament(
        id="t",
        name="Open",
        starts_at=WHEN,
        rounds=rounds,
        system=system,
        tie_breaks=tuple(tie_breaks),
        edition=edition,
        points=points or Points(),
        status="active",
        epoch=1,
        seq=1,
        created_at=WHEN,
        updated_at=WHEN,
        started_at=WHEN,
        completed_at=None,
    )


def participant(number: int, **more: object) -> Participant:
    return Participant(str(number), number, f"Player {number}", 2400 - number, None, None, **more)  # type: ignore[arg-type]


def drafted(text: str, whole: Tournament) -> Picture:
    """Of players whose rounds are words: `+9` beat 9, `=13`, `-2`, `?4` (not over), `F+11` and `F-9` forfeits;
    `U`, `F`, `H`, `Z` byes. White is who has the lower number; `|` stands between the players."""
    rows = [line.split() for line in text.split("|")]
    words = {int(number): rounds for number, *rounds in rows}
    count = max(len(rounds) for rounds in words.values())
    rounds = tuple(_round(index + 1, {one: mine[index] for one, mine in words.items()}) for index in range(count))
    return Picture(whole, tuple(participant(number) for number in sorted(words)), rounds)


def _round(number: int, words: Mapping[int, str]) -> Round:
    told = (_game(player, word, words) for player, word in sorted(words.items()))
    return round_of(number, [game for game in told if game is not None])


def _game(player: int, word: str, words: Mapping[int, str]) -> Told | None:
    """As its White tells of it."""
    match = WORD.fullmatch(word)
    assert match is not None, word
    forfeit, sign, opponent, bye = match.groups()
    if bye:
        return str(player), None, BYES[bye], None
    if player > int(opponent):
        return None
    nobody_came = forfeit + sign == "F-" and words[int(opponent)].startswith("F-")
    return str(player), opponent, None, "-/-" if nobody_came else RESULTS[forfeit + sign]


def round_of(number: int, games: Iterable[Told], status: RoundStatus = "completed") -> Round:
    return Round(number, status, tuple(_played(number, board, *game) for board, game in enumerate(games, start=1)))


def _played(
    number: int, board: int, white: str, black: str | None, bye: Bye | None, result: Result | None
) -> Game:
    is_over = black is None or result is not None
    return Game(f"{number}-{board}", board, white, black, bye, result, "completed" if is_over else "active")
