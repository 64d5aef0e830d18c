"""Action keys: a secret per player, derived and never stored, so that checking costs no query."""

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from sse_board.accounts.remembered import Remembered
from sse_board.clock import Clock
from sse_board.settings import Key
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries

#: How long the key before the present one still signs, so that a player's other devices can follow.
PREVIOUS_KEY_LIFE = timedelta(hours=24)
#: Players whose serial is kept per process: about 300 bytes each, more than act at the same time.
REMEMBERED_PLAYERS = 50_000

_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_KEY_ID = re.compile(r"([A-Za-z0-9]{1,64})\.([1-9][0-9]{0,8})", re.ASCII)


class ActionKey(msgspec.Struct, frozen=True):
    """`id` is master id and serial (`k1.3`); `secret` is 64 hex digits, used as they are written."""

    id: str
    secret: str


@dataclass(frozen=True, slots=True)
class Serials:
    """The serial in a user's present key, and when it replaced the one before."""

    present: int
    rotated_at: datetime | None

    def live(self, now: datetime) -> tuple[int, ...]:
        if self.rotated_at is not None and now < self.rotated_at + PREVIOUS_KEY_LIFE and self.present > 1:
            return (self.present, self.present - 1)
        return (self.present,)


def derive(master: Key, user_id: str, serial: int) -> ActionKey:
    secret = hmac.digest(master.secret, f"{user_id}:{serial}".encode(), "sha256").hex()
    return ActionKey(f"{master.id}.{serial}", secret)


class ActionKeys:
    """Derives the keys, and knows which serials of a player are live."""

    def __init__(self, masters: tuple[Key, ...], postgres: Postgres, clock: Clock) -> None:
        self._masters = masters
        self._postgres = postgres
        self._clock = clock
        self._queries = Queries("accounts")
        self._serials = Remembered(self._load, limit=REMEMBERED_PLAYERS)

    def current(self, user_id: str, serial: int) -> ActionKey:
        return derive(self._masters[0], user_id, serial)

    async def verify(self, user_id: str, key_id: str | None, body: bytes, signature: str) -> bool:
        """Whether `signature` is the lower-case hex HMAC-SHA256 of `body` under a live key of the user.

        Without a key id every live key is tried. Raises Unavailable when the serials must be read and cannot.
        """
        if not _SIGNATURE.fullmatch(signature) or (key_id is not None and not _KEY_ID.fullmatch(key_id)):
            return False
        remembered = self._serials.has(user_id)
        if await self._signed(user_id, key_id, body, signature):
            return True
        if not remembered:
            return False
        # The player may have rotated the key on another process a moment ago: look again before refusing.
        self.forget(user_id)
        return await self._signed(user_id, key_id, body, signature)

    async def _signed(self, user_id: str, key_id: str | None, body: bytes, signature: str) -> bool:
        serials = await self._serials.get(user_id)
        if serials is None:
            return False
        return any(
            hmac.compare_digest(hmac.digest(key.secret.encode(), body, "sha256").hex(), signature)
            for key in self._live_keys(user_id, serials)
            if key_id is None or key.id == key_id
        )

    def _live_keys(self, user_id: str, serials: Serials) -> Iterator[ActionKey]:
        for serial in serials.live(self._clock()):
            for master in self._masters:
                yield derive(master, user_id, serial)

    async def _load(self, user_id: str) -> Serials | None:
        row = await self._postgres.one(self._queries.action_serials, user_id=user_id)
        return Serials(*row) if row else None

    def forget(self, user_id: str) -> None:
        self._serials.forget(user_id)
