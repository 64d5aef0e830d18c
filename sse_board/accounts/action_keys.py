"""Action keys: a secret per player, derived and never stored, so that checking costs no query."""

import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import takewhile

import msgspec

from sse_board.accounts.remembered import Remembered
from sse_board.clock import Clock
from sse_board.settings import Key
from sse_board.stores.postgres import Postgres
from sse_board.stores.queries import Queries
from sse_board.web.identity import Identity

#: How long the key before the present one still signs, so that a player's other devices can follow.
PREVIOUS_KEY_LIFE = timedelta(hours=24)
#: A token that tells of an older serial has expired after this: a quarter of an hour, and a minute for clocks.
TOLD_LIFE = timedelta(minutes=16)
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


@lru_cache(maxsize=REMEMBERED_PLAYERS)
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
        self._changed: dict[str, datetime] = {}

    def current(self, user_id: str, serial: int) -> ActionKey:
        return derive(self._masters[0], user_id, serial)

    async def verify(self, identity: Identity, key_id: str | None, body: bytes, signature: str) -> bool:
        """Whether `signature` is the lower-case hex HMAC-SHA256 of `body` under a live key of the user.

        Without a key id every live key is tried. Raises Unavailable when the serials must be read and cannot.
        """
        if not _SIGNATURE.fullmatch(signature) or (key_id is not None and not _KEY_ID.fullmatch(key_id)):
            return False
        user_id, remembered = identity.user_id, self._remembered(identity)
        if remembered is not None and self._signed(user_id, remembered, key_id, body, signature):
            return True
        # The player may have rotated the key on another process a moment ago: look before refusing.
        self._serials.forget(user_id)
        serials = await self._serials.get(user_id)
        return serials is not None and self._signed(user_id, serials, key_id, body, signature)

    def _remembered(self, identity: Identity) -> Serials | None:
        """What is known without asking: what was read before, or what the token says.

        A key lives for a day after the next one is made, longer than a token: the serial in a token is good,
        unless the key was changed since, which may have happened twice.
        """
        serials = self._serials.peek(identity.user_id)
        if serials is None and identity.action_serial and identity.user_id not in self._changed:
            return Serials(identity.action_serial, None)
        return serials

    def _signed(self, user_id: str, serials: Serials, key_id: str | None, body: bytes, signature: str) -> bool:
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
        """Something about the user changed: their tokens may speak of an older key."""
        self._serials.forget(user_id)
        now = self._clock()
        self._changed.pop(user_id, None)
        self._changed[user_id] = now
        for known in list(takewhile(lambda known: self._changed[known] < now - TOLD_LIFE, self._changed)):
            del self._changed[known]
