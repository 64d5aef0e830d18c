"""The headers of an answer that shows one named state, and is asked for again and again."""

from sse_board.live.pace import Pace

VARY = "Accept, Authorization, Cookie, HX-Request"
PUBLIC, PRIVATE = "no-cache", "private, no-cache"


def tagged(tag: str, pace: Pace, *, private: bool = False) -> dict[str, str]:
    return {
        "ETag": tag,
        "Cache-Control": PRIVATE if private else PUBLIC,
        "Vary": VARY,
        "X-Poll-Interval": str(pace.poll_seconds),
    }
