"""Which pages may speak with a visitor's cookies, and where forms may lead."""

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


def safe_next(raw: str) -> str:
    """Where a form leads back to: a path of this site, or `/`. Browsers read `//x` and `/\\x` as another host."""
    local = raw.startswith("/") and not raw.startswith("//") and "\\" not in raw and raw.isprintable()
    return raw if local and " " not in raw else "/"
