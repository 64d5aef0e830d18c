"""Tournaments as the wire has them. Pure."""

from collections.abc import Mapping
from typing import Any

from sse_board.clock import iso
from sse_board.tournaments.tournament import Game, Participant, Picture, Points, Round, Tournament, shown

#: The names of participants by their ids.
Names = Mapping[str, str]


def tournament_payload(tournament: Tournament, participant_count: int, round: int) -> dict[str, Any]:
    """`round`: the newest that was paired, 0 before the first."""
    return {
        "id": tournament.id,
        "name": tournament.name,
        "startsAt": iso(tournament.starts_at),
        "rounds": tournament.rounds,
        "system": tournament.system,
        "tieBreaks": list(tournament.tie_breaks),
        "edition": tournament.edition,
        "points": points_payload(tournament.points),
        "status": tournament.status,
        "round": round,
        "participantCount": participant_count,
        "version": str(tournament.version),
        "createdAt": iso(tournament.created_at),
        "startedAt": tournament.started_at and iso(tournament.started_at),
        "completedAt": tournament.completed_at and iso(tournament.completed_at),
    }


def points_payload(points: Points) -> dict[str, Any]:
    return {
        "win": shown(points.win),
        "draw": shown(points.draw),
        "loss": shown(points.loss),
        "bye": shown(points.bye),
    }


def participant_payload(participant: Participant) -> dict[str, Any]:
    return {
        "id": participant.id,
        "number": participant.number,
        "name": participant.name,
        "rating": participant.rating,
        "title": participant.title,
        "userId": participant.user_id,
        "enteredRound": participant.entered_round,
        "withdrawnFrom": participant.withdrawn_from,
        "byes": {str(round): bye for round, bye in sorted(participant.byes.items())},
    }


def round_payload(round: Round, names: Names) -> dict[str, Any]:
    return {
        "number": round.number,
        "status": round.status,
        "games": [game_payload(game, names) for game in round.games],
    }


def game_payload(game: Game, names: Names) -> dict[str, Any]:
    return {
        "id": game.id,
        "board": game.board,
        **sides(game, names),
        **({} if game.bye is None else {"bye": game.bye}),
        "result": game.result,
        "status": game.status,
        "revision": game.revision,
    }


def sides(game: Game, names: Names) -> dict[str, Any]:
    """Who plays: `black` is None for a bye."""
    white = {"id": game.white, "name": names[game.white]}
    return {"white": white, "black": None if game.black is None else {"id": game.black, "name": names[game.black]}}


def names_of(picture: Picture) -> dict[str, str]:
    return {one.id: one.name for one in picture.participants}
