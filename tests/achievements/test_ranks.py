"""Ranks are awarded by what stood after each commit, however late anybody looks, and whoever looks."""

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sse_board.achievements.follower import AwardsFollower
from sse_board.achievements.standings import load_window
from sse_board.achievements.window import Depth, Window
from sse_board.boards.board import Board
from sse_board.boards.rules import Present, apply
from sse_board.errors import Unavailable
from sse_board.stores.postgres import Postgres
from sse_board.tasks import stop
from tests.achievements.site import Site, ids, site, user_id
from tests.support.servers import Stores

PLAYERS, LARGEST_BATCH = 9, 3
#: So little that windows are short, cut, and made anew all the time.
DEPTH, PAGE = Depth(needed=3, kept=6), 5
BOARDS = {
    "best": Board("best", "Best", "", "best", "desc", 0, "first", 1),
    "latest": Board("latest", "Latest", "", "latest", "asc", 0, "shared", 1),
    "sum": Board("sum", "Sum", "", "sum", "desc", 0, "first", 1),
    "ties": Board("ties", "Ties", "", "best", "desc", 0, "shared", 1),
}
RANKS, BAR = (1, 2, 3), 4
RACES = 1_000


@pytest_asyncio.fixture(scope="module")
async def ground(stores: Stores) -> AsyncIterator[Site]:
    async with site(stores) as one:
        await one.players(PLAYERS)
        await one.run("delete from backfills")
        await one.run("delete from achievements")
        for board in BOARDS.values():
            await one.board(board.slug, board.policy, board.direction, board.ties)
            await one.achievement(
                f"{board.slug}-score", f'{{"kind":"score","board":"{board.slug}","atLeast":{BAR}}}'
            )
            for rank in RANKS:
                rule = f'{{"kind":"rank","boards":["{board.slug}"],"atMost":{rank}}}'
                await one.achievement(f"{board.slug}-{rank}", rule)
        await one.run(
            "insert into action_types (slug, points_field, points_min, points_max, boards)"
            " select slug, 'points', -9, 9, jsonb_build_array(jsonb_build_object('board', slug))"
            " from boards where slug = any(%s)",
            list(BOARDS),
        )
        yield one


async def clear(ground: Site) -> None:
    for table in ("awards", "activity_pending", "notices", "streaks", "flags", "entries", "actions", "backfills"):
        await ground.run(f"delete from {table}")
    await ground.run("update boards set entry_count = 0")
    await ground.run("update followers set seq = (select seq from commits)")


@dataclass
class Model:
    """Looks at every commit, and knows every action."""

    done: list[tuple[str, str, str, int, int]] = field(default_factory=list)
    void: set[str] = field(default_factory=set)
    awards: set[tuple[str, str]] = field(default_factory=set)

    def present(self, slug: str) -> dict[str, Present]:
        found: dict[str, Present] = {}
        for action, user, board, value, seq in self.done:
            if board == slug and action not in self.void:
                found[user] = apply(BOARDS[slug], found.get(user), value, seq, None)  # type: ignore[arg-type]
        return found

    def see_ranks(self) -> None:
        for slug, board in BOARDS.items():
            present = self.present(slug)
            order = sorted(present, key=lambda user: (board.rank_key(present[user].score), present[user].seq))
            for position, user in enumerate(order, 1):
                key = board.rank_key(present[user].score)
                better = sum(board.rank_key(one.score) < key for one in present.values())
                rank = better + 1 if board.ties == "shared" else position
                self.awards |= {(user, f"{slug}-{most}") for most in RANKS if rank <= most}

    def see_score(self, slug: str, user: str) -> None:
        board, score = BOARDS[slug], self.present(slug)[user].score
        if board.rank_key(score) <= board.rank_key(BAR):
            self.awards.add((user, f"{slug}-score"))


doings = st.tuples(st.integers(0, PLAYERS - 1), st.sampled_from(sorted(BOARDS)), st.integers(-4, 6))
steps = st.one_of(
    st.lists(doings, min_size=1, max_size=LARGEST_BATCH),
    st.lists(doings, min_size=1, max_size=LARGEST_BATCH),
    st.lists(doings, min_size=1, max_size=LARGEST_BATCH),
    st.integers(0, 50),
    st.sampled_from(["look", "takeover", "death"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(steps, min_size=5, max_size=40), order=st.randoms())
async def test_awards_are_those_of_who_looks_at_every_commit(
    ground: Site, history: list[Any], order: random.Random
) -> None:
    """Batches, voids, pages, and workers that end between any two of them."""
    await clear(ground)
    model, follower = Model(), ground.follower(PAGE, DEPTH)
    for step in history:
        if isinstance(step, list):
            await commit(ground, model, step)
        elif isinstance(step, int):
            await void(ground, model, step)
        elif step == "look":
            await follower.step()
        elif step == "takeover":
            follower = ground.follower(PAGE, DEPTH)
        else:
            await die(follower)
    await ground.follow(follower)
    assert await ground.awards() == model.awards
    await ground.follow()
    assert await ground.awards() == model.awards


async def commit(ground: Site, model: Model, batch: list[tuple[int, str, int]]) -> None:
    plan = await ground.act(*((user, slug, {"points": value}) for user, slug, value in batch))
    for (number, slug, value), accepted in zip(batch, plan.accepted, strict=True):
        model.done.append((accepted.claim.action_id, user_id(number), slug, value, accepted.seq))
        model.see_score(slug, user_id(number))
    model.see_ranks()


async def void(ground: Site, model: Model, index: int) -> None:
    left = [one for one in model.done if one[0] not in model.void]
    if left:
        action, user, *_ = left[index % len(left)]
        await ground.void(user, action)
        model.void.add(action)
        model.see_ranks()


async def die(follower: AwardsFollower) -> None:
    """In the middle of a step, when all is decided and nothing is committed."""
    original = follower._fallen

    def killed(_: Any) -> Any:
        raise RuntimeError("killed")

    follower._fallen = killed  # type: ignore[assignment,method-assign]
    try:
        await follower.step()
    except RuntimeError:
        pass
    finally:
        follower._fallen = original  # type: ignore[method-assign]


async def test_two_race_for_the_last_place_of_the_top_ten_a_thousand_times(ground: Site) -> None:
    """Whoever stood there after a commit has the award, once; who came too late and not better has none."""
    await clear(ground)
    await ground.board("race", "best", "desc", "first")
    await ground.run(
        "insert into action_types (slug, points_field, points_min, points_max, boards)"
        """ values ('race', 'points', 0, 100000, '[{"board": "race"}]')"""
    )
    await ground.achievement("race-10", '{"kind":"rank","boards":["race"],"atMost":10}')
    await ground.players(2 * RACES, first=PLAYERS)
    for number in range(9):
        await ground.act((number, "race", {"points": 90_000}))
    working, expected = asyncio.create_task(follow_until_cancelled(ground)), set[tuple[str, str]]()
    for race in range(RACES):
        expected |= await run_race(ground, race)
    await stop([working])
    await ground.follow()
    tenths = {one for one in await ground.awards() if int(one[0].replace("-", ""), 16) > PLAYERS}
    assert tenths == expected


async def run_race(ground: Site, race: int) -> set[tuple[str, str]]:
    """Two at once, the one of them better or equal; who of them was tenth after a commit."""
    rivals = [PLAYERS + 2 * race, PLAYERS + 2 * race + 1]
    points = [2 * race + 1, 2 * race + 1 + race % 2]
    plans = await asyncio.gather(
        *(ground.act((one, "race", {"points": worth})) for one, worth in zip(rivals, points, strict=True))
    )
    first, second = sorted(range(2), key=lambda number: plans[number].accepted[0].seq)
    tenth = {first, second} if points[second] > points[first] else {first}
    return {(user_id(rivals[number]), "race-10") for number in tenth}


async def follow_until_cancelled(ground: Site) -> None:
    """Workers that take over from each other in the middle of it."""
    while True:
        follower = ground.follower()
        for _ in range(10):
            await follower.step()
            await asyncio.sleep(0.05)


async def test_a_rank_held_only_inside_one_batch_is_none(ground: Site) -> None:
    await clear(ground)
    await ground.act((0, "best", {"points": 1}), (1, "best", {"points": 2}))
    await ground.follow()
    assert (user_id(0), "best-1") not in await ground.awards()
    assert (user_id(1), "best-1") in await ground.awards()


async def test_a_rank_lost_in_the_next_commit_was_held(ground: Site) -> None:
    """The worker looks only afterwards."""
    await clear(ground)
    await ground.act((0, "best", {"points": 1}))
    await ground.act((1, "best", {"points": 2}))
    await ground.follow()
    assert {(user_id(0), "best-1"), (user_id(1), "best-1")} <= await ground.awards()


async def test_a_void_lets_who_was_behind_have_the_rank_and_leaves_the_award_flagged(ground: Site) -> None:
    await clear(ground)
    first = ids(await ground.act((0, "best", {"points": 9})))[0]
    for number in (1, 2, 3):
        await ground.act((number, "best", {"points": 5 - number}))
    await ground.follow()
    assert (user_id(1), "best-1") not in await ground.awards()
    await ground.void(*first)
    await ground.follow()
    awards = await ground.awards()
    assert {(user_id(0), "best-1"), (user_id(1), "best-1"), (user_id(3), "best-3")} <= awards
    flags = await ground.rows("select kind, user_id, action_id from flags")
    assert flags == [("award_of_void", *first)]


async def test_a_page_that_goes_on_behind_what_is_known_is_seen_as_far_as_that_reaches(ground: Site) -> None:
    """The first commit of the page leaves too few in the window for the second."""
    await clear(ground)
    for number in range(PLAYERS):
        await ground.act((number, "latest", {"points": number + 1}))
    await ground.follow()
    follower = ground.follower(PAGE, DEPTH)
    await ground.follow(follower)
    await ground.act(*((number, "latest", {"points": 9}) for number in range(2)))
    await ground.act(*((number, "latest", {"points": 9}) for number in range(2, 4)))
    await ground.follow(follower)
    assert {(user_id(4), "latest-1"), (user_id(5), "latest-2")} <= await ground.awards()


async def test_a_worker_whose_beginning_fails_half_way_sees_all_boards_when_it_goes_on(
    ground: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule came while nobody worked, and nobody acts on its board any more."""
    await clear(ground)
    await ground.act((0, "best", {"points": 1}))
    await ground.follow()
    await ground.achievement("best-late", '{"kind":"rank","boards":["best"],"atMost":1}')
    boards: list[str] = []

    async def load(postgres: Postgres, board: Board, seq: int, depth: Depth) -> Window:
        boards.append(board.slug)
        if boards[-2:-1] == ["best"]:
            raise Unavailable()
        return await load_window(postgres, board, seq, depth)

    monkeypatch.setattr("sse_board.achievements.follower.load_window", load)
    follower = ground.follower()
    with pytest.raises(Unavailable):
        await follower.step()
    boards.clear()
    monkeypatch.undo()
    await ground.follow(follower)
    assert (user_id(0), "best-late") in await ground.awards()


async def test_who_had_earned_it_before_has_it_though_others_never_rest(ground: Site) -> None:
    await clear(ground)
    follower = ground.follower()
    await ground.act((0, "sum", {"points": 9}))
    await ground.follow(follower)
    await ground.achievement("sum-late", '{"kind":"score","board":"sum","atLeast":9}')
    for _ in range(5):
        await ground.act((1, "best", {"points": 1}))
        await follower.step()
    assert (user_id(0), "sum-late") in await ground.awards()


async def test_a_streak_from_before_anybody_counted_is_awarded_with_its_next_day(ground: Site) -> None:
    """The log has it, and nothing else does: the feature is younger than the site."""
    await clear(ground)
    for _ in range(8):
        await ground.act((0, "sum", {"points": 1}))
    await ground.run(
        "update actions a set accepted_at = now() - make_interval(days => 9 - day::integer) from"
        " (select seq, row_number() over (order by seq) as day from actions) of where of.seq = a.seq"
    )
    await ground.run("update followers set seq = (select seq from commits)")
    await ground.achievement("days-7", '{"kind":"streak","days":7}')
    await ground.follow()
    await ground.act((0, "sum", {"points": 1}))
    await ground.follow()
    assert (user_id(0), "days-7") in await ground.awards()
