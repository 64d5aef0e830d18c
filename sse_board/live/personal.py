"""Channels of one user, `user:{userId}:score` and the like: whose they are, and who may listen."""

import re

from sse_board.errors import BoardError, Forbidden, Unauthorized
from sse_board.web.identity import Identity

#: All channels of the user who asks.
MINE = "user:me:*"


class PersonalChannels:
    """One family of them; `for_admins` says whether admins may listen too."""

    def __init__(self, suffix: str, *, for_admins: bool = True) -> None:
        self._suffix = suffix
        self._for_admins = for_admins
        self._form = re.compile(rf"user:[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}:{suffix}")

    def of(self, user_id: str) -> str:
        """The user's channel."""
        return f"user:{user_id}:{self._suffix}"

    def owns(self, channel: str) -> bool:
        """`user:me:*` too: to whom nobody is known, it is refused and not unknown."""
        return channel in (MINE, self.of("me")) or self._form.fullmatch(channel) is not None

    def keeps(self, name: str) -> bool:
        return self._form.fullmatch(name) is not None

    def expand(self, pattern: str, identity: Identity | None) -> list[str]:
        return [self.of(identity.user_id)] if identity and pattern in (MINE, self.of("me")) else []

    async def refusal(self, channel: str, identity: Identity | None) -> BoardError | None:
        if identity is None:
            return Unauthorized()
        if channel == self.of(identity.user_id) or (self._for_admins and identity.role == "ADMIN"):
            return None
        return Forbidden()

    def is_private(self, channel: str) -> bool:
        return True
