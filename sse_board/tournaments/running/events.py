"""What the event log is told of tournaments, on which channels. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from sse_board.live.events.record import NewEvent
from sse_board.tournaments.payloads import Names, sides
from sse_board.tournaments.tournament import Game, Result, Round

#: The channel of everything that overviews show.
ALL = "tournaments:all"


def channel_of(tournament_id: str) -> str:
    return f"tournament:{tournament_id}"


def games_channel_of(tournament_id: str) -> str:
    return f"tournament:{tournament_id}:games"


def game_channel_of(game_id: str) -> str:
    return f"game:{game_id}"


def tournament_events(what: str, id: str, name: str, participant_count: int, by: str) -> list[NewEvent]:
    """`what`: created, updated, started, completed."""
    data = {"tournamentId": id, "name": name, "participantCount": participant_count}
    return _on((channel_of(id), ALL), f"tournament.{what}", data, ("tournament", id), by)


def participant_events(what: str, id: str, participant_id: str, name: str, by: str) -> list[NewEvent]:
    """`what`: registered, withdrew."""
    data = {"tournamentId": id, "participantId": participant_id, "name": name}
    return _on((channel_of(id),), f"participant.{what}", data, ("tournament", id), by)


def pairing_events(id: str, round: Round, names: Names, by: str) -> list[NewEvent]:
    data = _round_data(id, round, names)
    return _on((channel_of(id),), "pairing.generated", data, ("tournament", id), by)


def round_events(what: str, id: str, round: Round, names: Names, by: str) -> list[NewEvent]:
    """`what`: started, completed."""
    return _on((channel_of(id), ALL), f"round.{what}", _round_data(id, round, names), ("tournament", id), by)


def game_events(
    what: str, id: str, round: int, game: Game, names: Names, by: str, previous: Result | None = None
) -> list[NewEvent]:
    """`what`: started, result_submitted, completed. `previous`: the result that another one corrects."""
    data = {
        "tournamentId": id,
        "round": round,
        "gameId": game.id,
        "board": game.board,
        **sides(game, names),
        **({} if game.result is None else {"result": game.result}),
        **({} if previous is None else {"previousResult": previous}),
    }
    return _on((games_channel_of(id), game_channel_of(game.id)), f"game.{what}", data, ("game", game.id), by)


def _round_data(id: str, round: Round, names: Names) -> dict[str, Any]:
    games = [_board(game, names) for game in round.games]
    return {"tournamentId": id, "round": round.number, "games": games}


def _board(game: Game, names: Names) -> dict[str, Any]:
    bye = {} if game.bye is None else {"bye": game.bye}
    return {"gameId": game.id, "board": game.board, **sides(game, names), **bye}


def _on(names: Iterable[str], type: str, data: dict[str, Any], entity: tuple[str, str], by: str) -> list[NewEvent]:
    return [NewEvent(name, type, data, entity, by) for name in names]


def flat(parts: Iterable[Sequence[NewEvent]]) -> list[NewEvent]:
    return [event for part in parts for event in part]
