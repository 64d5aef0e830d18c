"""Channels that only admins may listen to."""

from sse_board.errors import BoardError, Forbidden, Unauthorized
from sse_board.web.identity import Identity


class AdminChannel:
    """One of them; a role that is taken away ends the streams of its user, whatever they listen to."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def owns(self, channel: str) -> bool:
        return channel == self._channel

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        if identity is None:
            return Unauthorized()
        return None if identity.role == "ADMIN" else Forbidden("Only admins may listen to this.")

    def is_private(self, channel: str) -> bool:
        return True
