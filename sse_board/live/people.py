"""Who is logged in on something that is open in this process: streams, sockets, polls that wait."""

from collections.abc import Mapping


class People:
    """Looks into what others keep by user anyway, so a stream costs nothing more."""

    def __init__(self) -> None:
        self._kept: list[Mapping[str, object]] = []
        self._stirred: set[str] = set()

    def include(self, by_user: Mapping[str, object]) -> None:
        """Whoever has a key there is here."""
        self._kept.append(by_user)

    def stir(self, user_id: str) -> None:
        """Something of theirs was opened or closed."""
        self._stirred.add(user_id)

    @property
    def has_stirred(self) -> bool:
        return bool(self._stirred)

    def stirred(self) -> set[str]:
        """Whose something was opened or closed since this was asked last."""
        stirred, self._stirred = self._stirred, set()
        return stirred

    def here(self) -> set[str]:
        return set().union(*self._kept)

    def __contains__(self, user_id: str) -> bool:
        return any(user_id in kept for kept in self._kept)
