"""What every Swiss pairing keeps, looked at without the engine; and the same tournament for another engine."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from caissify_pairings.engines.dutch import DutchEngine, DutchPlayer

from sse_board.tournaments.pairing.colour import initial_colour
from sse_board.tournaments.pairing.present import to_be_paired
from sse_board.tournaments.tournament import Pairing, Picture
from sse_board.tournaments.trf.cells import PLAYED, Cells, cells_by_number, numbers, worth


@dataclass
class Past:
    """What one player did before a round."""

    met: list[int] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    has_unplayed_win: bool = False
    score: int = 0


def past(picture: Picture, cells: Cells) -> Past:
    found = Past()
    points = picture.tournament.points
    for cell in cells:
        found.score += worth(cell, points)
        if cell and cell.letter in PLAYED:
            found.met.append(cell.opponent)
            found.colours.append(cell.colour)
        elif cell and worth(cell, points) >= points.win:
            found.has_unplayed_win = True
    return found


def pasts(picture: Picture, number: int) -> dict[int, Past]:
    return {who: past(picture, cells) for who, cells in cells_by_number(picture, number).items()}


def broken_rules(picture: Picture, number: int, pairings: tuple[Pairing, ...]) -> list[str]:
    """Absolute criteria [C1] to [C3] of FIDE C.04.3, and that everybody is paired once."""
    known, before = numbers(picture), pasts(picture, number)
    games = [(known[one.white], known[one.black]) for one in pairings if one.black]
    over = [known[one.white] for one in pairings if one.bye == "pairing"]
    there = Counter(one.number for one in to_be_paired(picture, number))
    broken = [] if Counter([who for game in games for who in game] + over) == there else ["not everybody once"]
    broken += [f"{game} met before" for game in games if game[1] in before[game[0]].met]
    broken += [f"{who} has a second bye" for who in over if before[who].has_unplayed_win]
    is_last = number == picture.tournament.rounds
    half = (number - 1) * picture.tournament.points.win / 2
    for white, black in games:
        if not (is_last and max(before[white].score, before[black].score) > half):
            broken += [f"{who} is {colour} again" for who, colour in ((white, "w"), (black, "b"))
                       if _is_too_much([*before[who].colours, colour])]  # fmt: skip
    return broken


def _is_too_much(colours: list[str]) -> bool:
    difference = abs(colours.count("w") - colours.count("b"))
    return difference > 2 or (len(colours) > 2 and len(set(colours[-3:])) == 1)


class RankedByScore(DutchEngine):  # type: ignore[misc]
    """FIDE C.04.3, 1.2: the higher ranked of two players, who decides in 5.2.4 and 5.2.5, is the one with more
    points, and only among equals the one with the smaller number. The library looks at the number alone."""

    def _assign_colors(self, p1: DutchPlayer, p2: DutchPlayer) -> tuple[DutchPlayer, DutchPlayer]:
        original = {one.id: one for one in (p1, p2)}
        white, black = super()._assign_colors(_by_score(p1), _by_score(p2))
        return original[white.id], original[black.id]


def _by_score(player: DutchPlayer) -> DutchPlayer:
    """An even distance for each half-point: 5.2.5 asks whether the number is odd."""
    return replace(player, pairing_number=player.pairing_number - int(2 * player.score) * 2_000)


def by_caissify(picture: Picture, number: int) -> set[tuple[int, int]]:
    """White and Black of each board, 0 for nobody, as `caissify_pairings` has them."""
    before = pasts(picture, number)
    engine = RankedByScore(
        players=_players(picture, number),
        previous_pairings={(min(who, other), max(who, other)) for who, one in before.items() for other in one.met},
        round_number=number,
        total_rounds=picture.tournament.rounds,
        initial_color=initial_colour(picture),
    )
    return {(game["white_id"], game["black_id"] or 0) for game in engine.generate_pairings()}


def _players(picture: Picture, number: int) -> list[dict[str, object]]:
    """Only who was paired at least once has a pairing number, as in `gacrux`: see `test_swiss.py`."""
    cells, before = cells_by_number(picture, number), pasts(picture, number)
    there = {one.number for one in to_be_paired(picture, number)}
    listed = [who for who in sorted(cells) if who in there or any(cell and cell.opponent for cell in cells[who])]
    return [
        {
            "id": who, "starting_number": who, "pairing_number": place, "score": before[who].score / 2,
            "color_hist": [{"w": "white", "b": "black"}[colour] for colour in before[who].colours],
            "float_history": _floats(picture, who, number), "bye_count": int(before[who].has_unplayed_win),
        }
        for place, who in enumerate(listed, start=1)
        if who in there
    ]  # fmt: skip


def _floats(picture: Picture, who: int, number: int) -> list[str]:
    """FIDE C.04.3, 1.4: down for who plays somebody with fewer points, or gets points without playing."""
    points, table = picture.tournament.points, cells_by_number(picture, number)
    floats = []
    for round, cell in enumerate(table[who]):
        if cell and cell.letter in PLAYED:
            own, other = (sum(worth(one, points) for one in table[side][:round]) for side in (who, cell.opponent))
            floats.append("down" if own > other else "up" if own < other else "none")
        else:
            floats.append("down" if worth(cell, points) > points.loss else "none")
    return floats


def downfloats(picture: Picture, number: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """How many players go down from each score to the next, from the highest on: what [C6] keeps small, bracket
    after bracket, so of two pairings the one with the smaller list is right."""
    scores = {who: one.score for who, one in pasts(picture, number).items()} | {0: -1}
    lowest = [min(scores[white], scores[black]) for white, black in pairs for _ in (white, black)]
    highest = [scores[one.number or 0] for one in to_be_paired(picture, number)]
    return [sum(score >= level for score in highest) - sum(score >= level for score in lowest)
            for level in sorted(set(highest), reverse=True)]  # fmt: skip
