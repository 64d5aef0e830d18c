"""What players are notified of. Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal

from sse_board.notifications.notice import Notice
from sse_board.tournaments.payloads import Names
from sse_board.tournaments.standings.row import Table
from sse_board.tournaments.tournament import Bye, Game, Participant, Result, Round
from sse_board.tournaments.wording import SIGNS, places, points

#: The users among the participants, by participant.
Users = Mapping[str, str]

#: Nobody is told that they asked for it: an organiser may have given it, or the tables of a round-robin.
_BYES: Mapping[Bye, str] = {
    "pairing": "you have a bye",
    "full": "you have a bye with a full point",
    "half": "you have a bye with half a point",
    "zero": "you have a bye without a point",
}


def link_to(tournament_id: str, game_id: str | None = None) -> str:
    return f"/tournaments/{tournament_id}" + ("" if game_id is None else f"#game-{game_id}")


def users_of(participants: Iterable[Participant]) -> dict[str, str]:
    return {one.id: one.user_id for one in participants if one.user_id is not None}


def tournament_notices(what: Literal["started", "completed"], id: str, name: str, users: Users) -> list[Notice]:
    message = f"{name} has started." if what == "started" else f"{name} is over; see the final standings."
    return [Notice(user, "tournamentUpdates", name, message, link=link_to(id)) for user in users.values()]


def pairing_notices(id: str, name: str, round: Round, names: Names, users: Users) -> list[Notice]:
    """To everybody who plays or has a bye."""
    said = [(player, text, game.id) for game in round.games for player, text in _seats(game, names)]
    return [
        Notice(users[player], "pairingUpdates", name, f"Round {round.number}: {text}.", link=link_to(id, game_id))
        for player, text, game_id in said
        if player in users
    ]


def _seats(game: Game, names: Names) -> list[tuple[str, str]]:
    if game.black is None:
        return [(game.white, _BYES[game.bye or "pairing"])]
    return [
        (game.white, f"you are White against {names[game.black]}, board {game.board}"),
        (game.black, f"you are Black against {names[game.white]}, board {game.board}"),
    ]


def result_notices(
    id: str, name: str, round: int, game: Game, names: Names, users: Users, previous: Result | None
) -> list[Notice]:
    """To both players."""
    assert game.black is not None
    assert game.result is not None
    corrected = "" if previous is None else f", corrected from {SIGNS[previous]}"
    message = (
        f"Round {round}, board {game.board}: {names[game.white]} – {names[game.black]} "
        f"{SIGNS[game.result]}{corrected}."
    )
    return [
        Notice(users[player], "gameResults", name, message, link=link_to(id, game.id))
        for player in (game.white, game.black)
        if player in users
    ]


def standings_notices(id: str, name: str, table: Table) -> list[Notice]:
    """To everybody who stands in it."""
    return [
        Notice(
            row.participant.user_id,
            "standingsChanges",
            name,
            f"After round {table.through} you are {places(row.rank)} with {_in_points(row.score)}.",
            link=link_to(id),
        )
        for row in table.rows
        if row.participant.user_id is not None and row.participant.withdrawn_from is None
    ]


def _in_points(halves: int) -> str:
    return f"{points(halves)} {'point' if halves in (1, 2) else 'points'}"
