"""Channels that only admins may listen to."""

from sse_board.errors import BoardError, Forbidden, Unauthorized
from sse_board.live.single import SingleChannel
from sse_board.web.identity import Identity


class AdminChannel(SingleChannel):
    """One of them; a role that is taken away ends the streams of its user, whatever they listen to."""

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        if identity is None:
            return Unauthorized()
        return None if identity.role == "ADMIN" else Forbidden("Only admins may listen to this.")

    def is_private(self, channel: str) -> bool:
        return True
