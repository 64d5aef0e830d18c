"""What may be done in which state, and by whom. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import structs

from sse_board.errors import Conflict, Forbidden, NotFound
from sse_board.tournaments.tournament import (
    PARTICIPANTS_LIMIT,
    Bye,
    Game,
    Participant,
    Picture,
    Result,
    Round,
)
from sse_board.web.identity import Identity, Role

ORGANISERS: tuple[Role, ...] = ("ADMIN", "ORGANIZER")
#: Who can take part.
PLAYERS: tuple[Role, ...] = ("ADMIN", "ORGANIZER", "PARTICIPANT")
#: Fewer have nobody to play against.
PLAYERS_AT_LEAST = 2
#: Two organisers who enter different results for one game within this time do not know of each other: seconds.
SAME_MOMENT = timedelta(seconds=3)


# -- who --


def require_organiser(actor: Identity) -> None:
    if actor.role not in ORGANISERS:
        raise Forbidden("Only organisers and admins may do this.")


def require_player(actor: Identity) -> None:
    if actor.role not in PLAYERS:
        raise Forbidden("Viewers cannot take part.")


# -- the tournament --


def next_round(picture: Picture) -> int:
    """The first that is not paired yet."""
    return 1 + sum(round.status != "pairing" for round in picture.rounds)


def present(picture: Picture) -> list[Participant]:
    """Who has not withdrawn."""
    return [one for one in picture.participants if one.withdrawn_from is None]


def participant_count(picture: Picture) -> int:
    """Before the start who is registered, then who began."""
    if picture.tournament.status == "upcoming":
        return len(present(picture))
    return sum(one.number is not None for one in picture.participants)


def require_startable(picture: Picture) -> None:
    if picture.tournament.status != "upcoming":
        raise Conflict("The tournament has started already.", details=_status(picture))
    if len(present(picture)) < PLAYERS_AT_LEAST:
        details = {"participantCount": len(present(picture))}
        raise Conflict(f"At least {PLAYERS_AT_LEAST} must take part.", details=details)


def require_completable(picture: Picture) -> None:
    _require_active(picture)
    played = sum(round.status == "completed" for round in picture.rounds)
    if played < picture.tournament.rounds:
        details = {**_status(picture), "rounds": picture.tournament.rounds, "played": played}
        raise Conflict("Not all rounds have been played; say first that there are fewer.", details=details)


def _require_active(picture: Picture) -> None:
    if picture.tournament.status == "upcoming":
        raise Conflict("The tournament has not started yet.", details=_status(picture))
    if picture.tournament.status == "completed":
        raise Conflict("The tournament is over.", details=_status(picture))


def _status(picture: Picture) -> dict[str, str]:
    return {"status": picture.tournament.status}


# -- taking part --


def require_open(picture: Picture, user_id: str | None) -> None:
    """One more, by an organiser; `user_id` for one who is a user."""
    if picture.tournament.status != "upcoming":
        require_late_entry(picture)
    if len(picture.participants) >= PARTICIPANTS_LIMIT:
        raise Conflict("The tournament is full.", details={"participantCount": len(picture.participants)})
    if user_id is not None and (there := of_user(picture, user_id)):
        raise Conflict("This user takes part already.", details={"participantId": there.id})


def require_late_entry(picture: Picture) -> None:
    _require_active(picture)
    if picture.tournament.system == "round_robin":
        raise Conflict("Nobody can join a round-robin that has started.", details=_status(picture))
    if next_round(picture) > picture.tournament.rounds:
        raise Conflict("The last round is paired already.", details={"rounds": picture.tournament.rounds})


def require_registration(picture: Picture, user_id: str) -> Participant | None:
    """What somebody who registers themselves was before: None, or withdrawn."""
    if picture.tournament.status != "upcoming":
        raise Conflict("Registration is closed; ask the organiser.", details=_status(picture))
    there = of_user(picture, user_id)
    if there is None:
        require_open(picture, user_id)
    elif there.withdrawn_from is None:
        raise Conflict("You take part already.", details={"participantId": there.id})
    return there


def require_withdrawal(picture: Picture, participant: Participant | None) -> Participant:
    if picture.tournament.status == "completed":
        raise Conflict("The tournament is over.", details=_status(picture))
    if participant is None:
        raise Conflict("You do not take part.", details=_status(picture))
    if participant.withdrawn_from is not None:
        raise Conflict("They have withdrawn already.", details={"withdrawnFrom": participant.withdrawn_from})
    return participant


def of_user(picture: Picture, user_id: str) -> Participant | None:
    return next((one for one in picture.participants if one.user_id == user_id), None)


def require_participant(picture: Picture, id: str) -> Participant:
    if (found := picture.participant(id)) is None:
        raise NotFound("There is no such participant.")
    return found


def withdrawn(picture: Picture, one: Participant) -> Participant:
    """They play what is paired, and no more."""
    first = 1 if picture.tournament.status == "upcoming" else next_round(picture)
    return structs.replace(require_withdrawal(picture, one), withdrawn_from=first)


def returned(picture: Picture, one: Participant) -> Participant:
    """Who had withdrawn is back; who withdrew before the start comes like one who is late."""
    if picture.tournament.status == "upcoming":
        return structs.replace(one, withdrawn_from=None)
    _require_active(picture)
    if one.number is None:
        require_late_entry(picture)
        return structs.replace(one, withdrawn_from=None, entered_round=next_round(picture))
    return structs.replace(one, withdrawn_from=None)


def edited(picture: Picture, one: Participant, changes: Mapping[str, Any]) -> Participant:
    """`changes`: fields of a `ParticipantEdit` that were sent."""
    plain = {name: value for name, value in changes.items() if name not in ("byes", "withdrawn")}
    new = structs.replace(one, **plain)
    if "byes" in changes:
        new = structs.replace(new, byes=requested_byes(picture, one.byes, changes["byes"]))
    is_gone = one.withdrawn_from is not None
    if changes.get("withdrawn", is_gone) == is_gone:
        return new
    return returned(picture, new) if is_gone else withdrawn(picture, new)


def requested_byes(picture: Picture, old: Mapping[int, Bye], wanted: Mapping[int, Bye]) -> dict[int, Bye]:
    """Those for rounds to come as they are wanted, those of paired rounds as they were."""
    if picture.tournament.status == "completed":
        raise Conflict("The tournament is over.", details=_status(picture))
    if wanted and picture.tournament.system == "round_robin":
        details = {"byes": "none in a round-robin"}
        raise Conflict("In a round-robin every game is due: who stays away loses by forfeit.", details=details)
    first, rounds = next_round(picture), picture.tournament.rounds
    past = {round: bye for round, bye in old.items() if round < first}
    if late := [round for round, bye in wanted.items() if round < first and past.get(round) != bye]:
        raise Conflict("That round is paired already.", details={"byes": f"round {min(late)} is paired"})
    if beyond := [round for round in wanted if round > rounds]:
        details = {"byes": f"there is no round {min(beyond)}"}
        raise Conflict("There are not so many rounds.", details=details)
    return {**past, **{round: bye for round, bye in wanted.items() if round >= first}}


# -- rounds --


def require_pairable(picture: Picture) -> int:
    """The number of the round that can be paired now."""
    _require_active(picture)
    last = picture.rounds[-1] if picture.rounds else None
    if last is not None and last.status != "completed":
        message = "A round is being paired." if last.status == "pairing" else f"Round {last.number} is not over."
        raise Conflict(message, details={"round": last.number, "roundStatus": last.status})
    if len(picture.rounds) >= picture.tournament.rounds:
        raise Conflict("All rounds are paired.", details={"rounds": picture.tournament.rounds})
    return len(picture.rounds) + 1


def require_cancellable(picture: Picture, number: int) -> Round:
    round = require_round(picture, number)
    if round.status not in ("pairing", "paired"):
        raise Conflict("The round has begun.", details={"round": number, "roundStatus": round.status})
    return round


def require_round_startable(picture: Picture, number: int) -> Round:
    round = require_round(picture, number)
    if round.status != "paired":
        what = "is being paired" if round.status == "pairing" else "has begun already"
        raise Conflict(f"The round {what}.", details={"round": number, "roundStatus": round.status})
    return round


def require_round(picture: Picture, number: int) -> Round:
    if (found := picture.round(number)) is None:
        raise NotFound("There is no such round.")
    return found


# -- results --


def require_started(game: Game) -> None:
    if game.black is None:
        raise Conflict("A bye has no result.", details={"bye": game.bye})
    if game.status == "pending":
        raise Conflict("The round has not begun.", details={"gameStatus": game.status})


def is_same_moment(entered_by_other: bool, entered_at: datetime | None, at: datetime) -> bool:
    """Whether the result that stands was just entered by somebody else."""
    return entered_by_other and entered_at is not None and at - entered_at < SAME_MOMENT


def collides(game: Game, seen: Result | None, seen_revision: int | None, same_moment: bool) -> bool:
    """Whether who enters a result did not know the one that stands. `seen_revision`: None where they say `seen`
    themselves, else the one when their request arrived."""
    if seen_revision is None:
        return game.result != seen
    return game.revision != seen_revision or same_moment
