"""The cast: for each name the talents, the tastes, the diligence and the rival. Pure; the dice come in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from sse_board.demo.names import PAIRS
from sse_board.demo.skills import APPS, CURVES, App, Talent, talent

#: Pairs that hardly ever rest. The rest stays below 100 actions an hour, which an admin need not look at.
DEVOTED_PAIRS = 6
#: Average idle time between two actions beyond the least one: seconds.
DEVOTED_IDLE, REGULAR_IDLE = 4.0, 44.0
#: Pairs that discover the site later: newcomers on a board that has settled.
NEWCOMER_PAIRS = 3
#: When the newcomers come: seconds after the start.
NEWCOMER_ARRIVAL = (120.0, 2_400.0)
#: Between two logins at the start: seconds. All are there within three, and no login waits for another.
LOGIN_GAP = 0.08
#: How far apart two rivals may be in gift and diligence (both 0 to 1): close enough for one good mood.
RIVALRY = 0.04


@dataclass(frozen=True, slots=True)
class Player:
    """Somebody invented. `idle` and `arrival` in seconds; `tastes` are weights."""

    name: str
    rival: str
    talents: Mapping[App, Talent]
    tastes: Mapping[App, float]
    idle: float
    arrival: float


def cast(dice: Random) -> tuple[Player, ...]:
    """The same dice give the same people, so that they are themselves again after a restart."""
    players = [player for number in range(len(PAIRS)) for player in _pair(number, dice)]
    return tuple(sorted(players, key=lambda player: player.arrival))


def _pair(number: int, dice: Random) -> Iterator[Player]:
    gifts = {app: dice.random() for app in APPS}
    diligence = {app: dice.random() for app in APPS}
    names = PAIRS[number]
    for name, rival in (names, names[::-1]):
        talents = {app: talent(CURVES[app], _near(gifts[app], dice), _near(diligence[app], dice)) for app in APPS}
        tastes = {app: _taste(own) for app, own in talents.items()}
        idle = DEVOTED_IDLE if number < DEVOTED_PAIRS else REGULAR_IDLE
        yield Player(name, rival, talents, tastes, idle, _arrival(number, dice))


def _near(share: float, dice: Random) -> float:
    return min(max(share + dice.uniform(-RIVALRY, RIVALRY), 0.0), 1.0)


def _taste(own: Talent) -> float:
    """People do what they are good at, and try the rest."""
    return 0.4 + 1.6 * own.gift**2


def _arrival(number: int, dice: Random) -> float:
    """Devoted and regular ones come in turn; the last pairs come late."""
    if number >= len(PAIRS) - NEWCOMER_PAIRS:
        return dice.uniform(*NEWCOMER_ARRIVAL)
    return dice.uniform(0.0, LOGIN_GAP * 2 * (len(PAIRS) - NEWCOMER_PAIRS))
