"""Boards and action types as plain forms write them, and as the API takes them. Pure.

Readers raise InvalidRequest. Numbers stay what they were written as: a float would turn 0.1 into something else.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sse_board.admin.action_types import ActionTypeEdit, NewActionType
from sse_board.admin.boards import BoardEdit, NewBoard
from sse_board.admin.site.fields import converted
from sse_board.admin.site.subject import Fields
from sse_board.errors import InvalidRequest
from sse_board.scores.action import ActionType, Bound

BOARD_FIELDS = ("title", "unit", "policy", "direction", "decimals", "ties")
#: Written with a point, and no longer than anything that could be meant.
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)


def new_board(form: Fields) -> NewBoard:
    return converted({name: form.get(name, "") for name in ("slug", *BOARD_FIELDS)}, NewBoard)


def board_edit(form: Fields) -> BoardEdit:
    """A field that is not there changes nothing."""
    return converted({name: form[name] for name in BOARD_FIELDS if name in form}, BoardEdit)


def new_action_type(form: Fields) -> NewActionType:
    return converted({"slug": form.get("slug", ""), **_rules(form)}, NewActionType)


def action_type_edit(form: Fields) -> ActionTypeEdit:
    return converted(_rules(form), ActionTypeEdit)


def _rules(form: Fields) -> dict[str, Any]:
    cap = form.get("dailyCap", "").strip()
    return {
        "points": _points(form),
        "boards": [_target(word) for word in re.split(r"[\s,]+", form.get("boards", "").strip()) if word],
        "bounds": dict(_bound(line) for line in form.get("bounds", "").splitlines() if line.strip()),
        "cooldownSeconds": form.get("cooldownSeconds", "").strip() or 0,
        "dailyCap": cap or None,
        "requiresSession": form.get("requiresSession") == "yes",
    }


def _points(form: Fields) -> dict[str, Any]:
    """Only what is written: a fixed number, or a field with its bounds."""
    numbers = {"fixed": "points", "min": "min", "max": "max"}
    said: dict[str, Any] = {
        name: _number(name, form[field]) for name, field in numbers.items() if form.get(field, "").strip()
    }
    return said | ({"field": form["field"].strip()} if form.get("field", "").strip() else {})


def _target(word: str) -> dict[str, str]:
    """`scoreboard` gets the points, `speed:wpm` a field."""
    board, colon, field = word.partition(":")
    return {"board": board, "field": field} if colon else {"board": board}


def _bound(line: str) -> tuple[str, dict[str, Any]]:
    """`accuracy 0 100`; a dash for no limit on that side."""
    words = line.split()
    if len(words) != 3:
        details = {"bounds": "a line is such as accuracy 0 100"}
        raise InvalidRequest("A bound is a field, the least and the most of it.", details=details)
    sides = zip(("min", "max"), words[1:], strict=True)
    return words[0], {side: _number("bounds", word) for side, word in sides if word not in ("-", "–")}


def _number(name: str, text: str) -> int | Decimal:
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise InvalidRequest("This is no number.", details={name: "must be a number"})
    return int(text) if "." not in text else Decimal(text)


# -- the other way round --


def written(kind: ActionType) -> Mapping[str, Any]:
    """What the form of an action type shows."""
    return {
        "slug": kind.slug,
        "points": _shown(kind.points.fixed),
        "field": kind.points.field or "",
        "min": _shown(kind.points.bound.min),
        "max": _shown(kind.points.bound.max),
        "boards": ", ".join(
            f"{target.board}:{target.field}" if target.field else target.board for target in kind.targets
        ),
        "bounds": "\n".join(_line(name, bound) for name, bound in kind.bounds.items()),
        "cooldownSeconds": str(kind.cooldown_seconds),
        "dailyCap": _shown(kind.daily_cap),
        "requiresSession": "yes" if kind.requires_session else "",
    }


def _line(name: str, bound: Bound) -> str:
    return f"{name} {_shown(bound.min) or '–'} {_shown(bound.max) or '–'}"


def _shown(value: int | Decimal | None) -> str:
    return "" if value is None else f"{Decimal(value):f}"
