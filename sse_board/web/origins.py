"""Which pages may speak with a visitor's cookies."""

from collections.abc import Collection
from urllib.parse import urlsplit


def is_foreign(origin: str | None, host: str | None, allowed: Collection[str]) -> bool:
    """Whether a page of another origin asks; programs have none. `allowed` in lower case."""
    if not origin or origin.lower() in allowed:
        return False
    return _host_of(origin) != (host or "").lower()


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return None
