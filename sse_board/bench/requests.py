"""What the load sends: the same bytes again and again, or signed actions, each of them a new one."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, cycle, islice, repeat

import msgspec

from sse_board.clock import iso

PATH = "/api/v1/scores/action"


class Same(msgspec.Struct, frozen=True, tag=True):
    """`request`: the exact bytes, which are ASCII."""

    request: str

    def prepare(self) -> Iterator[bytes]:
        return repeat(self.request.encode("ascii"))


class Player(msgspec.Struct, frozen=True):
    """What a player's program needs to act."""

    token: str
    key_id: str
    secret: str


class Actions(msgspec.Struct, frozen=True, tag=True):
    """`prepared` actions of the players in turn, signed beforehand: that is not what is measured.

    `first` numbers them: an action id must never be used twice.
    """

    host: str
    players: list[Player]
    first: int
    prepared: int
    action_type: str = "task_finish"

    def prepare(self) -> Iterator[bytes]:
        return iter(list(self.signed()))

    def signed(self) -> Iterator[bytes]:
        """The same, each when it is wanted: where signing is not in the way."""
        now = iso(datetime.now(UTC))
        turns = islice(zip(count(self.first), cycle(self.players), strict=False), self.prepared)
        return (self._request(f"bench-{number}", player, now) for number, player in turns)

    def _request(self, action_id: str, player: Player, now: str) -> bytes:
        claim = {"actionId": action_id, "actionType": self.action_type, "timestamp": now}
        body = msgspec.json.encode(claim)
        signature = hmac.digest(player.secret.encode(), body, hashlib.sha256).hex()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nAuthorization: Bearer {player.token}\r\n"
            f"X-Action-Signature: {signature}\r\nX-Action-Key-Id: {player.key_id}\r\n\r\n"
        )
        return head.encode("ascii") + body


Requests = Same | Actions
