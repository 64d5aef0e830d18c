"""Who wants to be hidden, of those who are here or were: nobody is shown before it is known."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import structlog

from sse_board.errors import BoardError
from sse_board.live.people import People

_log = structlog.get_logger()

#: Those of these people who want to be hidden. Raises BoardError when nobody can tell.
Hidden = Callable[[Collection[str]], Awaitable[Collection[str]]]


@dataclass(frozen=True, slots=True)
class Judgement:
    """`shown` came, left, or hide no more; `withdrawn` are to be forgotten."""

    shown: set[str]
    withdrawn: set[str]


class Discretion:
    """Asks once about all who came, and again about whom it is told to."""

    def __init__(self, people: People, hidden: Hidden) -> None:
        self._people = people
        self._hidden_among = hidden
        #: Of the people here: who is hidden, and who may be shown.
        self._hidden: set[str] = set()
        self._open: set[str] = set()
        self._doubtful: set[str] = set()

    def reconsider(self, user_id: str) -> None:
        """They may think otherwise now."""
        self._doubtful.add(user_id)

    def visible(self, people: set[str]) -> set[str]:
        """Those of these people who may be shown."""
        return people & self._open

    @property
    def shown(self) -> set[str]:
        """Of the people here, those who may be."""
        return self._open

    @property
    def is_concerned(self) -> bool:
        """Whether anybody is here, was a moment ago, or may think otherwise now."""
        return bool(self._open or self._hidden or self._doubtful or self._people.has_stirred)

    @property
    def hidden(self) -> set[str]:
        """Of the people here."""
        return self._hidden

    async def judge(self, stirred: set[str]) -> Judgement:
        """`stirred`: those of whom something was opened or closed since the last time."""
        doubtful, self._doubtful = self._doubtful, set()
        asked = stirred - self._open - self._hidden | doubtful
        hidden = await self._ask(asked)
        if hidden is None:
            self._doubtful |= doubtful | {user for user in asked if user in self._people}
            return self._done(stirred, stirred & self._open, set())
        returned = asked & self._hidden - hidden
        self._hidden -= asked
        self._hidden |= hidden
        self._open -= hidden
        self._open |= asked - hidden
        came = {user for user in asked if user in self._people} | stirred | returned
        return self._done(stirred | asked, came - self._hidden, asked & hidden)

    def _done(self, looked_at: set[str], shown: set[str], withdrawn: set[str]) -> Judgement:
        """Who is not here any more need not be remembered."""
        left = {user for user in looked_at if user not in self._people}
        self._hidden -= left
        self._open -= left
        return Judgement(shown, withdrawn)

    async def _ask(self, people: set[str]) -> set[str] | None:
        try:
            return set(await self._hidden_among(people)) if people else set()
        except BoardError as error:
            _log.warning("nobody new is shown", reason=error.message)
            return None
