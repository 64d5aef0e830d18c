"""The HTML of frames: whole for who begins, what changed for who follows."""

from typing import Any

import pytest

from sse_board.tournaments.showing.painting import Painter
from sse_board.tournaments.showing.sheet import Sheet, sheet_of
from sse_board.tournaments.standings.table import standings
from sse_board.tournaments.tournament import Picture, Result, Round
from sse_board.version import Version
from sse_board.web.templates import Templates
from tests.pages.markup import Markup
from tests.pages.tournament_samples import PEOPLE, ROUNDS, bye, game, picture, some_id

TEMPLATES = Templates()


def after(*results: Result | None, seq: int = 43, **changes: Any) -> Sheet:
    """The second round with these results on its boards."""
    games = (game(1, 1, 2, *results[:1]), game(2, 5, 3, *results[1:]), bye(3, 6, "pairing"))
    return sheet(picture((ROUNDS[0], Round(2, "active", games)), seq=seq, **changes))


def sheet(picture: Picture) -> Sheet:
    return sheet_of(picture, standings(picture)).top(25)


def whole(sheet: Sheet) -> str:
    return Painter(TEMPLATES).paint(sheet)


def rows(frame: str) -> list[str]:
    """Ids of the games and places in a frame."""
    ids = (tag.attributes.get("id", "") for tag in Markup(frame).tags)
    return [id for id in ids if id.startswith(("game-", "place-"))]


async def followed(before: Sheet, now: Sheet) -> str:
    """What is sent to who was sent `before`."""
    painter = Painter(TEMPLATES)
    painter.paint(before)
    await painter.prepare(now)
    return painter.paint_change(now, before.version)


async def test_who_follows_is_sent_the_games_and_rows_that_changed_and_where_they_stand() -> None:
    before, now = after(), after("1/2-1/2", seq=44)
    frame = await followed(before, now)
    places = [f"place-{row.participant.id}" for row in now.table.rows]
    old = [f"place-{row.participant.id}" for row in before.table.rows]
    assert rows(frame)[0] == f"game-{some_id(201)}"
    assert f"game-{some_id(202)}" not in rows(frame)
    assert {place for place, other in zip(places, old, strict=True) if place != other} <= set(rows(frame))
    assert [tag.attributes["data-since"] for tag in Markup(frame).named("section")] == ["1-43"] * 2
    lists = [tag.attributes["data-rows"] for tag in Markup(frame).tags if "data-rows" in tag.attributes]
    assert lists[0] == "1"
    assert [f"place-{now.table.rows[int(place) - 1].participant.id}" for place in lists[1].split()] == [
        id for id in rows(frame) if id.startswith("place-")
    ]


async def test_a_change_of_neither_games_nor_rows_brings_none() -> None:
    frame = await followed(after(), after(seq=44, name="Another Name"))
    assert rows(frame) == []


@pytest.mark.parametrize(
    ("before", "is_played"),
    [
        (sheet(picture((), seq=40)), False),
        (sheet(picture((ROUNDS[0],), seq=40)), False),
        (sheet(picture((ROUNDS[0], Round(2, "pairing")), seq=40)), False),
        (after("1-0", tie_breaks=("BH",), seq=40), True),
        (after("1-0", people=PEOPLE[:7], seq=40), True),
    ],
    ids=["before the first round", "the round before", "being paired", "other rules", "somebody else"],
)
async def test_another_list_is_sent_whole(before: Sheet, is_played: bool) -> None:
    """The standings in any case; the games but where that round was played before, too."""
    now = after("1-0", seq=44)
    lacks = set(rows(whole(now))) - set(rows(await followed(before, now)))
    assert lacks == ({f"game-{some_id(201)}", f"game-{some_id(202)}"} if is_played else set())


async def test_who_begins_and_who_follows_something_else_are_sent_all() -> None:
    painter, before, now = Painter(TEMPLATES), after(), after("1-0", seq=44)
    painter.paint(before)
    await painter.prepare(now)
    assert painter.paint(now) == whole(now)
    assert painter.paint_change(now, Version(1, 7)) == whole(now)


async def test_what_nobody_wants_is_not_painted() -> None:
    class Noting(Templates):
        painted = 0

        def render(self, name: str, **context: Any) -> str:
            self.painted += 1
            return super().render(name, **context)

    templates = Noting()
    painter = Painter(templates)
    await painter.prepare(after())
    assert templates.painted == 0
    painter.paint(after())
    painter.paint(after())
    assert templates.painted == 1
    await painter.prepare(after("1-0", seq=44))
    await painter.prepare(after("1-0", "0-1", seq=45))
    assert templates.painted == 3
