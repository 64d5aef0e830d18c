"""Telling whoever wants to know which events of the log were handed to which users: once for many listeners."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

from sse_board.live.event import Event, place
from sse_board.web.identity import Identity

_log = structlog.get_logger()

#: Hears of events that are `noted`, and of the users who were handed all of them; nobody knows the others.
Handed = Callable[[Sequence[Event], Iterable[str]], None]


class Hearer(Protocol):
    """Whoever hears the log: who that is, where it is known, and up to which place they were told it."""

    identity: Identity | None
    log_position: int


def nobody_asks(events: Sequence[Event], users: Iterable[str]) -> None:
    """For those who have no use for it."""


class Hands:
    """What streams, sockets, replays and polls say of events that they handed over; the most are not `noted`."""

    def __init__(self, handed: Handed = nobody_asks) -> None:
        self._handed = handed

    def over(self, events: Iterable[Event], identity: Identity | None) -> None:
        """One listener was given these."""
        if identity is not None and (noted := _noted(events)):
            self._tell(noted, (identity.user_id,))

    def over_to_all(self, events: Iterable[Event], listeners: Iterable[Hearer]) -> None:
        """These were told, in one parcel, to all of the listeners that were still there when it was their turn."""
        if noted := _noted(events):
            self._tell(noted, _users(listeners, place(noted[-1])))

    def _tell(self, events: Sequence[Event], users: Iterable[str]) -> None:
        """Whatever goes wrong with it must not cost anybody what they are told next."""
        try:
            self._handed(events, users)
        except Exception:
            _log.exception("it cannot be noted who was told")


def _noted(events: Iterable[Event]) -> list[Event]:
    return [event for event in events if event.noted]


def _users(listeners: Iterable[Hearer], position: int) -> set[str]:
    """Those who are known and have heard the log up to there."""
    return {
        listener.identity.user_id
        for listener in listeners
        if listener.identity is not None and listener.log_position >= position
    }
