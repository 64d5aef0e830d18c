"""What clients say on a WebSocket, and how much of it is borne. Pure."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sse_board.errors import InvalidRequest, PayloadTooLarge, RateLimited

#: Bytes of a message: a channel's name or a token, and room around it.
MESSAGE_BYTES = 4 * 1024
#: Messages a second: far more than people's clients send.
MESSAGES_PER_SECOND = 20
#: Faults that are answered before the connection is closed, and how long each is held against it: seconds.
FAULTS_LIMIT, FAULT_SECONDS = 10, 60.0

ACTIONS = ("auth", "subscribe", "unsubscribe", "ping")


@dataclass(frozen=True, slots=True)
class Command:
    """`action` is one of ACTIONS; `channel` is there for those two that need one, `token` for `auth`."""

    action: str
    channel: str = ""
    token: str = ""


def parse(message: str) -> Command:
    """Raises InvalidRequest or PayloadTooLarge, saying what to send instead."""
    if len(message) > MESSAGE_BYTES or len(message.encode()) > MESSAGE_BYTES:
        raise PayloadTooLarge(f"A message has at most {MESSAGE_BYTES} bytes.")
    try:
        said = msgspec.json.decode(message, type=dict[str, Any])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise InvalidRequest('Send a JSON object such as {"action": "ping"}.') from None
    action = said.get("action", said.get("type"))
    if action not in ACTIONS:
        raise InvalidRequest(f"`action` must be one of {', '.join(ACTIONS)}.")
    needed = {"auth": "token", "subscribe": "channel", "unsubscribe": "channel"}.get(action)
    if needed and not (isinstance(said.get(needed), str) and said[needed]):
        raise InvalidRequest(f"`{action}` needs a `{needed}`, a text.")
    return Command(action, **{needed: said[needed]} if needed else {})


@dataclass(slots=True)
class Patience:
    """Counts what one client says and does wrong; all times in seconds of any one clock."""

    _said: deque[float] = field(default_factory=lambda: deque(maxlen=MESSAGES_PER_SECOND))
    _faults: deque[float] = field(default_factory=lambda: deque(maxlen=FAULTS_LIMIT))

    def hear(self, now: float) -> None:
        """Raises RateLimited for more than MESSAGES_PER_SECOND."""
        if len(self._said) == MESSAGES_PER_SECOND and now - self._said[0] < 1:
            raise RateLimited(f"At most {MESSAGES_PER_SECOND} messages a second.")
        self._said.append(now)

    def fault(self, now: float) -> bool:
        """Note a fault; whether it was one too many."""
        self._faults.append(now)
        return len(self._faults) == FAULTS_LIMIT and now - self._faults[0] < FAULT_SECONDS
