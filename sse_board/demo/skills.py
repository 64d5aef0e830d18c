"""How good a run is: talent, practice and the form of the moment. Pure; the dice come in."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log2, pow, sqrt
from random import Random
from typing import Literal

App = Literal["typing", "math", "reading", "piano"]
APPS: tuple[App, ...] = ("typing", "math", "reading", "piano")

#: Runs of one app after which practice has shown for the first time; later progress takes ever longer.
PRACTICE_RUNS = 10
#: How much of a result is the player's mood, and how much is chance: squares add up to 1.
MOOD_SHARE, CHANCE_SHARE = 0.6, 0.8
#: The chance of a great run, and by how many spreads it stands out.
GREAT_CHANCE, GREAT_SPREADS = 0.03, (1.0, 2.0)
#: How long moods last: the share that survives an action. Five good runs in a row are a streak.
MOOD_LASTS = 0.85
#: Typing accuracy in an average form, and what a spread changes: %.
ACCURACY, ACCURACY_SPREAD = 95.0, 1.5

#: What a claim's field is called while the run lasts.
TOLD_AS = {
    "wpm": "currentWpm",
    "accuracy": "currentAccuracy",
    "comprehension": "currentAccuracy",
    "score": "currentScore",
}
#: How far a run begins below its result, and how much it goes up and down on the way: shares of the result.
COLD, WOBBLE = 0.6, 0.15


@dataclass(frozen=True, slots=True)
class Curve:
    """What results in one app look like. `start` and `learning` go from the clumsiest to the most gifted.

    A score rises with the logarithm of practice; where there is a `ceiling`, the distance to it shrinks
    by a power of practice. Both go on for days, so records still fall then.
    """

    field: str
    start: tuple[float, float]
    learning: tuple[float, float]
    spread: float
    most: float
    decimals: int
    ceiling: float | None = None


CURVES: Mapping[App, Curve] = {
    "typing": Curve("wpm", (34.0, 74.0), (0.09, 0.16), 0.017, most=240.0, decimals=1),
    "math": Curve("accuracy", (34.0, 14.0), (0.34, 0.50), 0.10, most=100.0, decimals=1, ceiling=100.0),
    "reading": Curve("comprehension", (42.0, 18.0), (0.32, 0.46), 0.10, most=100.0, decimals=1, ceiling=100.0),
    # No leap of 1 000 points: that is what the service takes for an anomaly.
    "piano": Curve("score", (240.0, 620.0), (0.14, 0.28), 0.022, most=9_999.0, decimals=0),
}


@dataclass(frozen=True, slots=True)
class Talent:
    """A player's own place on a curve; `gift` is from 0 to 1."""

    gift: float
    start: float
    learning: float


def talent(curve: Curve, gift: float, diligence: float) -> Talent:
    """`gift` decides where a player begins, `diligence` (0 to 1 too) how fast it gets better."""
    return Talent(gift, _between(curve.start, gift), _between(curve.learning, diligence))


def next_mood(mood: float, dice: Random) -> float:
    """A mood about -2 (a bad day) … 2 (on fire), which changes slowly."""
    return MOOD_LASTS * mood + sqrt(1 - MOOD_LASTS**2) * dice.gauss(0, 1)


def form(mood: float, dice: Random) -> float:
    """By how many spreads this run is better than usual."""
    great = dice.uniform(*GREAT_SPREADS) if dice.random() < GREAT_CHANCE else 0.0
    return MOOD_SHARE * mood + CHANCE_SHARE * dice.gauss(0, 1) + great


def metadata(app: App, own: Talent, practice: float, mood: float, dice: Random) -> dict[str, float]:
    """What a finished run claims; `practice` in runs of this app."""
    curve, today = CURVES[app], form(mood, dice)
    claim = {curve.field: result(curve, own, practice, today)}
    if app == "typing":
        claim["accuracy"] = _within(ACCURACY + ACCURACY_SPREAD * today, 100.0, 1)
    return claim


def ticks(claim: Mapping[str, float], count: int, dice: Random) -> list[dict[str, float]]:
    """What a run tells on its way to what it will claim: from a cold start to exactly that, with ups and downs."""
    told = []
    for number in range(1, count + 1):
        done = number / count
        shares = {TOLD_AS[field]: _on_the_way(value, done, dice) for field, value in claim.items()}
        told.append({**shares, "progress": round(100 * done)})
    return told


def _on_the_way(value: float, done: float, dice: Random) -> float:
    """At the end the value itself."""
    warmth = COLD + (1 - COLD) * done
    return round(min(max(value * (warmth + (1 - done) * dice.uniform(-WOBBLE, WOBBLE)), 0.0), max(value, 0.0)), 1)


def result(curve: Curve, own: Talent, practice: float, today: float) -> float:
    """A score on the curve, rounded as its board shows it and never beyond its bounds."""
    experience = 1 + practice / PRACTICE_RUNS
    if curve.ceiling is None:
        usual = own.start * (1 + own.learning * log2(experience))
        return _within(usual * (1 + curve.spread * today), curve.most, curve.decimals)
    missing = own.start * pow(experience, -own.learning)
    return _within(curve.ceiling - missing * exp(-curve.spread * today), curve.most, curve.decimals)


def _within(value: float, most: float, decimals: int) -> float:
    rounded = round(min(max(value, 0.0), most), decimals)
    return rounded if decimals else int(rounded)


def _between(ends: tuple[float, float], share: float) -> float:
    low, high = ends
    return low + (high - low) * share
