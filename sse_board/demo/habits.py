"""What a player does next and how long it rests first. Pure; the dice come in."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from sse_board.demo.players import Player
from sse_board.demo.skills import APPS, App

Choice = App | Literal["quiz", "task"]

#: Between two actions of a player at least: seconds. Nine a minute stay below the service's limit of ten.
LEAST_REST = 6.6
#: A run takes this much longer than the least the service accepts: seconds.
RUN_BEYOND = (0.2, 3.0)
#: Between two words of how a run goes: seconds.
TICK_SECONDS = 0.5
#: The service gives points for one quiz in this time: seconds, one more than its cooldown.
QUIZ_GAP = 31.0
#: How often a quiz or a task instead of a run. A quiz is worth ten tasks, so it moves rows far.
QUIZ_CHANCE, TASK_CHANCE = 0.12, 0.10
#: Runs right after a login: forty players bring ten or more rows to each of the four apps' boards.
OPENING_RUNS = 2
#: Ranks at the top at which a player sits back, and how much longer it then rests.
CONTENT_RANKS, CONTENT = 3, 2.2
#: How much shorter the rest is while the rival is ahead.
SPURRED = 0.55


@dataclass(slots=True)
class Standing:
    """What the answers have told a player about itself: `points` and `rank` on the scoreboard, runs so far."""

    points: float = 0
    rank: int | None = None
    runs: float = 0
    mood: float = 0.0
    quiz_at: float | None = None


def opening(dice: Random) -> list[Choice]:
    """After a login without a rest: something that takes no time, then some apps, so that all boards fill soon."""
    quick: Choice = "quiz" if dice.random() < 0.5 else "task"
    return [quick, *dice.sample(APPS, OPENING_RUNS)]


def choose(player: Player, standing: Standing, now: float, dice: Random) -> Choice:
    """`now` in seconds on the clock of `standing.quiz_at`."""
    lot = dice.random()
    if lot < QUIZ_CHANCE and (standing.quiz_at is None or now - standing.quiz_at >= QUIZ_GAP):
        return "quiz"
    if lot > 1 - TASK_CHANCE:
        return "task"
    return dice.choices(APPS, weights=[player.tastes[app] for app in APPS])[0]


def rest(player: Player, standing: Standing, rival: Standing, dice: Random) -> float:
    """Seconds until the next action: leaders rest, who was overtaken hurries, a good mood helps."""
    content = CONTENT if standing.rank is not None and standing.rank <= CONTENT_RANKS else 1.0
    spurred = SPURRED if rival.points > standing.points else 1.0
    cheer = 1 - 0.15 * min(max(standing.mood, -2.0), 2.0)
    return LEAST_REST + dice.expovariate(1 / (player.idle * content * spurred * cheer))


def practice(standing: Standing) -> float:
    """Runs in each app, on average."""
    return standing.runs / len(APPS)
