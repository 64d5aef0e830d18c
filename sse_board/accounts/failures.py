"""Ten failed logins in fifteen minutes per account and address, counted in Redis or, without it, here."""

import ipaddress

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.asyncio import Redis

from sse_board.clock import Clock
from sse_board.web.limits import limited

#: What a forgetful owner may need and a guesser cannot use.
FAILURES = 10
WINDOW_MINUTES = 15
#: One household or server gets a whole /64 of IPv6: counting single addresses of it would count nothing.
IPV6_PREFIX = 64


class _Storage(RedisStorage):
    """Looks for the one client that is used: importing the others took a tenth of a second of every start."""

    DEPENDENCIES = {"redis": RedisStorage.DEPENDENCIES["redis"]}  # noqa: RUF012 - as limits has it


class FailedLogins:
    """Every try counts when it begins, so that many at once cannot slip through; a good one is forgiven."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        # The pool is the service's own: short timeouts, no retries. The uri only names the kind of server.
        storage = _Storage(
            "async+redis://",
            wrap_exceptions=True,
            implementation="redispy",
            key_prefix="failed-logins",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]
        )
        self._shared = MovingWindowRateLimiter(storage)
        self._local = MovingWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(FAILURES, WINDOW_MINUTES)
        self._clock = clock

    async def count(self, account: str, address: str) -> None:
        """Raises RateLimited when the account had its failures from this address."""
        names = (account, network_of(address))
        try:
            await self._count(self._shared, names)
        except StorageError:
            await self._count(self._local, names)

    async def _count(self, limiter: MovingWindowRateLimiter, names: tuple[str, str]) -> None:
        if await limiter.hit(self._item, *names):
            return
        reset, _ = await limiter.get_window_stats(self._item, *names)
        wait = max(1, round(reset - self._clock().timestamp()))
        raise limited(
            "failed-logins",
            FAILURES,
            WINDOW_MINUTES * 60,
            wait,
            "Too many failed logins; wait, then try again.",
        )

    async def forgive(self, account: str, address: str) -> None:
        names = (account, network_of(address))
        await self._local.clear(self._item, *names)
        try:
            await self._shared.clear(self._item, *names)
        except StorageError:
            return


def network_of(address: str) -> str:
    """The address, or the /64 that an IPv6 address belongs to."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed.packed, IPV6_PREFIX), strict=False))
