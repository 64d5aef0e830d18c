"""What a tournament and a player may be called. Pure."""

import re
import unicodedata

from sse_board.accounts.rules import COMPOSED, INVISIBLE, MARKS_IN_A_ROW
from sse_board.errors import InvalidRequest
from sse_board.tournaments.running.forms import NAME_LENGTH

_RULE = f"must have 1 to {NAME_LENGTH} visible characters, a letter or digit among them"
_SPACES = re.compile(r"[ \u00a0]+")


def checked_name(raw: str) -> str:
    """The name in NFC, with single spaces inside. Raises InvalidRequest.

    Unlike usernames it may have any punctuation and may mix scripts: nobody logs in by it.
    """
    name = "" if len(raw) > COMPOSED * NAME_LENGTH else _SPACES.sub(" ", unicodedata.normalize("NFC", raw)).strip()
    if not 1 <= len(name) <= NAME_LENGTH or not _is_shown(name):
        raise InvalidRequest("This name cannot be shown.", details={"name": _RULE})
    return name


def _is_shown(name: str) -> bool:
    """Control and format characters would break lines and turn them round; piled marks cover other lines."""
    kinds = "".join("S" if one == " " else unicodedata.category(one)[0] for one in name)
    return not (
        "C" in kinds
        or "Z" in kinds
        or kinds[0] == "M"
        or "M" * (MARKS_IN_A_ROW + 1) in kinds
        or INVISIBLE.search(name)
        or not ("L" in kinds or "N" in kinds)
    )
