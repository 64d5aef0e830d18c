"""What the forms of runs send. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from sse_board.errors import InvalidRequest
from sse_board.sessions.metrics import metric_of

#: More characters than any number has that somebody types.
NUMBER_LENGTH = 20


class Asked(NamedTuple):
    """A field of the form: its name on the wire, what it is called, and its bounds."""

    name: str
    label: str
    least: float
    most: float


_WPM = Asked("currentWpm", "Words a minute", 0, 300)
_ACCURACY = Asked("currentAccuracy", "Right, in %", 0, 100)
#: What a person may type; the wire takes more.
_SCORE = Asked("currentScore", "Points", 0, 10**9)
_PROGRESS = Asked("progress", "Done, in %", 0, 100)


def fields_of(app: str) -> list[Asked]:
    """What is asked about a run of this app."""
    if app == "typing":
        return [_WPM, _ACCURACY, _PROGRESS]
    return [{"currentAccuracy": _ACCURACY}.get(metric_of(app), _SCORE), _PROGRESS]


def told(app: str, form: Mapping[str, str]) -> dict[str, float]:
    """The numbers of a form that were filled in. Raises InvalidRequest naming the field."""
    written = {asked: form.get(asked.name, "").strip() for asked in fields_of(app)}
    return {asked.name: _number(asked, text) for asked, text in written.items() if text}


def _number(asked: Asked, text: str) -> float:
    what = f"a number from {asked.least:,.0f} to {asked.most:,.0f}"
    try:
        number = float(text.replace(",", ".")) if len(text) <= NUMBER_LENGTH else None
    except ValueError:
        number = None
    if number is None or not asked.least <= number <= asked.most:
        raise InvalidRequest(f"{asked.label}: {what}, please.", details={asked.name: what})
    return number
