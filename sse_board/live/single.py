"""Families of one channel each."""

from sse_board.errors import BoardError
from sse_board.web.identity import Identity


class SingleChannel:
    """The family that has this one name; who may hear it is said by others."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def owns(self, channel: str) -> bool:
        return channel == self._channel

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return []


class PublicChannel(SingleChannel):
    """Anyone may hear it."""

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        return None

    def is_private(self, channel: str) -> bool:
        return False
