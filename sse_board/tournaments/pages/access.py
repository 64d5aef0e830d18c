"""What the reader of a tournament's page may do. Pure."""

from dataclasses import dataclass

from sse_board.tournaments.rules import ORGANISERS, PLAYERS, of_user
from sse_board.tournaments.tournament import Picture
from sse_board.web.identity import Identity


@dataclass(frozen=True, slots=True)
class Access:
    manages: bool
    may_register: bool
    may_withdraw: bool
    may_log_in: bool


def manages(identity: Identity | None) -> bool:
    return identity is not None and identity.role in ORGANISERS


def access(identity: Identity | None, picture: Picture) -> Access:
    """`may_log_in`: nobody known, who could register if they were."""
    status = picture.tournament.status
    there = of_user(picture, identity.user_id) if identity else None
    plays = there is not None and there.withdrawn_from is None
    is_player = identity is not None and identity.role in PLAYERS
    return Access(
        manages(identity),
        is_player and not plays and status == "upcoming",
        plays and status != "completed",
        identity is None and status == "upcoming",
    )
