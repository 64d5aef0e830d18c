"""Passwords as argon2id hashes, made and checked off the event loop."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from sse_board.errors import Unavailable

#: The least that OWASP's Password Storage Cheat Sheet recommends for argon2id: 19 MiB, 2 passes, 1 lane.
MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
#: Threads that hash: with more, a rush of logins would take every core from the streams.
THREADS = 2
#: Passwords that may wait, about two seconds of work; who comes later is told to come again.
WAITING = 100

#: Checked when the user does not exist, so that the answer takes the same time. Ready, for every start would pay
#: for it: a hash of what nobody has, made with the parameters above.
NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$peyoxwInecTrcIHiZ7zEHw$SoFD5xH8kzDYe0Hvpju/ND2TjSsAXKHWWIOjrLvbfZg"

T = TypeVar("T")


def standard_hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)


class Passwords:
    """A bounded queue in front of `THREADS` threads. Raises Unavailable when it is full."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._hasher = hasher
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
        self._waiting = 0
        self._nobodys = hasher.hash("") if hasher.check_needs_rehash(NOBODYS) else NOBODYS

    async def hash(self, password: str) -> str:
        return await self._off_loop(lambda: self._hasher.hash(_octets(password)))

    async def verify(self, hashed: str | None, password: str) -> bool:
        """Whether it is the password; with no hash, as much work for a plain no."""
        matches = await self._off_loop(lambda: self._matches(hashed or self._nobodys, password))
        return matches and hashed is not None

    def needs_rehash(self, hashed: str) -> bool:
        """Whether it was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _matches(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, _octets(password))
        except (VerificationError, InvalidHashError):
            return False

    async def _off_loop(self, work: Callable[[], T]) -> T:
        if self._waiting >= WAITING:
            raise Unavailable("Too many people are logging in at this moment; try again shortly.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _octets(password: str) -> bytes:
    """NFKC, so that the same password typed on another keyboard or system is the same (RFC 8265 §4)."""
    return unicodedata.normalize("NFKC", password).encode()
