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
RESULTS: Mapping[str, Result | None] = {"+": "1-0", "=": "1/2-1/2", "-": "0-1", "F+": "+/-", "F-": "-/+", "?": None}
OTHER_SIDE = {"+": "-", "=": "=", "-": "+", "F+": "F-", "F-": "F+", "?": "?"}
WORD = re.compile(r"(F?)([+=?-])(F?)(\d+)|([UFHZ])")


def tournament(
    *,
    rounds: int,
    tie_breaks: Sequence[TieBreak] = (),
    edition: Edition = "2026",
    system: System = "swiss",
    points: Points | None = None,
) -> Tournament:
    return Tournament(
        id="t", name="Open", starts_at=WHEN, rounds=rounds, system=system, tie_breaks=tuple(tie_breaks), edition=edition,
        points=points or Points(), status="active", epoch=1, seq=1, created_at=WHEN, updated_at=WHEN, started_at=WHEN,
        completed_at=None,
    )  # fmt: skip


def participant(number: int, **more: object) -> Participant:
    return Participant(str(number), number, f"Player {number}", 2400 - number, None, None, **more)  # type: ignore[arg-type]


def drafted(text: str, whole: Tournament) -> Picture:
    """Of players whose rounds are words: `+9` beat 9, `=13`, `-2`, `?4` (not over), `F+11` and `F-9` forfeits, `U`,
    `F`, `H`, `Z` byes. White is who has the lower number; `|` stands between the players."""
    rows = [line.split() for line in text.split("|")]
    words = {int(number): rounds for number, *rounds in rows}
    count = max(len(rounds) for rounds in words.values())
    rounds = tuple(_round(index + 1, {one: mine[index] for one, mine in words.items()}) for index in range(count))
    return Picture(whole, tuple(participant(number) for number in sorted(words)), rounds)


def _round(number: int, words: Mapping[int, str]) -> Round:
    games = []
    for player, word in sorted(words.items()):
        match = WORD.fullmatch(word)
        assert match is not None, word
        if match[5]:
            games.append((str(player), None, BYES[match[5]], None))
            continue
        said, opponent = ("F" if match[1] or match[3] else "") + match[2], int(match[4])
        if player < opponent:
            games.append((str(player), str(opponent), None, RESULTS[said]))
    return round_of(number, games)


def round_of(
    number: int,
    games: Iterable[tuple[str, str | None, Bye | None, Result | None]],
    status: RoundStatus = "completed",
) -> Round:
    """Of games as White, Black, bye, result."""
    return Round(number, status, tuple(
        Game(f"{number}-{board}", board, white, black, bye, result, "active" if black and not result else "completed")
        for board, (white, black, bye, result) in enumerate(games, start=1)
    ))  # fmt: skip
