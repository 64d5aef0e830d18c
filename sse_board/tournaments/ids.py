"""Ids as they come from outside. Pure."""

from uuid import UUID

from sse_board.errors import NotFound

#: How an id is written, for names of channels.
FORM = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NO_TOURNAMENT = "There is no such tournament."


def known_id(text: object, otherwise: str = NO_TOURNAMENT) -> str:
    """The id as we write it. Raises NotFound, saying `otherwise`, for what cannot be one: such text goes no
    further."""
    try:
        return str(UUID(str(text)))
    except ValueError:
        raise NotFound(otherwise) from None
