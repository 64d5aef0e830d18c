"""What results are worth, as the points column of a file tells. Pure."""

from collections.abc import Iterable

from sse_board.tournaments.tournament import Points
from sse_board.tournaments.trf.cells import score
from sse_board.tournaments.trf.layout import PlayerLine, contradiction
from sse_board.tournaments.trf.meetings import Players

#: What is tried where the file does not tell: first as almost everybody counts, then byes that are worth less,
#: then three points for a win.
USUAL = (
    Points(),
    Points(bye=1),
    Points(bye=0),
    Points(6, 2, 0, 6),
    Points(6, 2, 0, 2),
    Points(6, 2, 0, 0),
)


def points_told(players: Players, last: int, told: Points | None) -> Points:
    """What adds the results of all rounds up to the `last` up to everybody's points.

    Raises InvalidRequest naming the first line that does not fit what the file says, or else the usual points.
    """
    tried = USUAL if told is None else (told,)
    for points in tried:
        if not any(_wrong(player, last, points) for _, player in players.values()):
            return points
    line, player = next(one for one in players.values() if _wrong(one[1], last, tried[0]))
    results = score(player.cells[:last], tried[0]) / 2
    raise contradiction(line, f"the points column says {player.points / 2}, but the results give {results}")


def _wrong(player: PlayerLine, last: int, points: Points) -> bool:
    """Some programs count byes in rounds to come, some do not."""
    return player.points not in _sums(player, last, points)


def _sums(player: PlayerLine, last: int, points: Points) -> Iterable[int]:
    return (score(player.cells[:last], points), score(player.cells, points))
