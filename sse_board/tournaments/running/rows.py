"""How the nouns of the room are written to their tables."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from sse_board.tournaments.running.definition import Definition
from sse_board.tournaments.tournament import Game, Participant, TournamentStatus
from sse_board.web.answers import encode


def json_text(value: Any) -> str:
    return encode(value).decode()


def definition_columns(definition: Definition) -> dict[str, Any]:
    return {
        "name": definition.name,
        "starts_at": definition.starts_at,
        "rounds": definition.rounds,
        "system": definition.system,
        "tie_breaks": list(definition.tie_breaks),
        "edition": definition.edition,
        "points": list(msgspec.structs.astuple(definition.points)),
    }


def beginning_columns(
    status: TournamentStatus = "upcoming",
    started_at: datetime | None = None,
    completed_at: datetime | None = None,
    trf: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    times = {"started_at": started_at, "completed_at": completed_at}
    return {"status": status, **times, "trf": json_text(trf or {})}


def participant_columns(participants: Iterable[Participant]) -> dict[str, list[Any]]:
    those = list(participants)
    return {
        "ids": [one.id for one in those],
        "numbers": [one.number for one in those],
        "names": [one.name for one in those],
        "ratings": [one.rating for one in those],
        "titles": [one.title for one in those],
        "users": [one.user_id for one in those],
        "entered": [one.entered_round for one in those],
        "withdrawn": [one.withdrawn_from for one in those],
        "byes": [json_text(one.byes) for one in those],
        "trfs": [json_text(one.trf) for one in those],
    }


def game_columns(games: Iterable[tuple[int, Game]]) -> dict[str, list[Any]]:
    """`games` with their rounds."""
    those = list(games)
    return {
        "rounds": [round for round, _ in those],
        "ids": [game.id for _, game in those],
        "boards": [game.board for _, game in those],
        "whites": [game.white for _, game in those],
        "blacks": [game.black for _, game in those],
        "byes": [game.bye for _, game in those],
        "results": [game.result for _, game in those],
        "statuses": [game.status for _, game in those],
        "rated": [game.rated for _, game in those],
    }
