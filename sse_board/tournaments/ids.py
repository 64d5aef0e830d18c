"""Ids as they come from outside. Pure."""

import re
from uuid import UUID

from sse_board.errors import NotFound

#: How an id is written, for names of channels.
FORM = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
#: How a round's number is written: Python refuses to read thousands of digits, and no round has so many.
_ROUND = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
NO_TOURNAMENT = "There is no such tournament."


def known_id(text: object, otherwise: str = NO_TOURNAMENT) -> str:
    """The id as we write it. Raises NotFound, saying `otherwise`, for what cannot be one: such text goes no
    further."""
    try:
        return str(UUID(str(text)))
    except ValueError:
        raise NotFound(otherwise) from None


def known_round(text: object) -> int:
    """The number of a round. Raises NotFound for what cannot be one."""
    if not _ROUND.fullmatch(str(text)):
        raise NotFound("There is no such round.")
    return int(str(text))
