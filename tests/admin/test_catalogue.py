"""Boards and action types made by admins, used at once, on every process."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from tests.support.clients import Api, Player, data_of, error_of, parse
from tests.support.servers import Runner, Stores, WebServer

BOARDS, TYPES = "/api/v1/admin/boards", "/api/v1/admin/action-types"


@pytest.fixture(scope="module")
def pair(stores: Stores, runner: Runner) -> tuple[WebServer, WebServer]:
    return runner.serve_two(stores, RATE_LIMIT_ACTIONS_PER_MINUTE=100_000, RATE_LIMIT_IP_PER_MINUTE=100_000)


@pytest.fixture
def sibling(pair: tuple[WebServer, WebServer]) -> WebServer:
    return pair[1]


@pytest.fixture
async def admin(pair: tuple[WebServer, WebServer], stores: Stores) -> AsyncIterator[Player]:
    async with Api(pair[0].url) as api:
        yield await api.admin(stores)


def board(slug: str, **rules: Any) -> dict[str, Any]:
    return {"slug": slug, "title": "A board", "policy": "best", **rules}


async def test_a_new_board_is_there_at_once_on_every_process(admin: Player, sibling: WebServer) -> None:
    made = data_of(await admin.request("POST", BOARDS, board("swim", direction="asc", decimals=2)), 201)
    assert made == {
        "slug": "swim",
        "title": "A board",
        "unit": "",
        "policy": "best",
        "direction": "asc",
        "decimals": 2,
        "ties": "first",
    }
    async with Api(sibling.url) as other:
        assert data_of(await other.http.get("/api/v1/boards/swim")) == made
        empty = await other.board("swim")
    assert (empty["leaderboard"], empty["total"]) == ([], 0)


async def test_low_times_win_on_an_ascending_board_with_shared_ties(admin: Player, sibling: WebServer) -> None:
    await admin.make_board("laps", "lap", policy="best", direction="asc", decimals=1, ties="shared")
    players = [await admin.api.register() for _ in range(3)]
    async with Api(sibling.url) as other:
        for player, time in zip(players, (61.5, 59, 61.5), strict=True):
            await player.score("lap", time, api=other)
        await players[1].score("lap", 70)
        shown = (await other.board("laps"))["leaderboard"]
    assert [(entry["rank"], str(entry["score"]), entry["userId"]) for entry in shown] == [
        (1, "59", players[1].id),
        (2, "61.5", players[0].id),
        (2, "61.5", players[2].id),
    ]


async def test_the_rules_of_a_board_with_scores_are_fixed(admin: Player) -> None:
    await admin.make_board("fixed", "fix")
    await (await admin.api.register()).score("fix", 5)
    refused = await admin.request("PATCH", f"{BOARDS}/fixed", {"policy": "best", "title": "New"})
    assert error_of(refused) == (409, "CONFLICT")
    assert parse(refused.content)["error"]["details"] == {"policy": "cannot change any more"}
    assert data_of(await admin.api.http.get("/api/v1/boards/fixed"))["title"] == "Fixed"


async def test_a_new_tie_rule_is_a_new_epoch_and_a_new_title_is_not(admin: Player) -> None:
    await admin.make_board("epochs", "epoch")
    await (await admin.api.register()).score("epoch", 5)
    before = (await admin.api.board("epochs"))["version"]
    data_of(await admin.request("PATCH", f"{BOARDS}/epochs", {"title": "Renamed"}))
    renamed = (await admin.api.board("epochs"))["version"]
    data_of(await admin.request("PATCH", f"{BOARDS}/epochs", {"ties": "shared"}))
    ruled = (await admin.api.board("epochs"))["version"]
    assert [version.split("-")[0] for version in (before, renamed, ruled)] == ["1", "1", "2"]
    assert [entry["score"] for entry in (await admin.api.board("epochs"))["leaderboard"]] == [5]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (board("Bad Slug"), "slug"),
        (board("x", policy="most"), "policy"),
        (board("x", decimals=7), "decimals"),
        (board("x", color="red"), "color"),
        ({"slug": "x", "policy": "sum"}, "title"),
        (board("x", title="a\u0000b"), "title"),
    ],
)
async def test_a_wrong_board_is_refused_by_field(admin: Player, body: dict[str, Any], field: str) -> None:
    refused = await admin.request("POST", BOARDS, body)
    assert error_of(refused) == (400, "INVALID_REQUEST")
    assert list(parse(refused.content)["error"]["details"]) == [field]


@pytest.mark.parametrize(
    "change",
    [
        {"boards": [{"board": "no_such_board"}]},
        {"boards": []},
        {"boards": [{"board": "scoreboard"}, {"board": "scoreboard", "field": "x"}]},
        {"points": {}},
        {"points": {"fixed": 1, "field": "x"}},
        {"points": {"field": "x"}},
        {"points": {"fixed": 1e300}},
        {"bounds": {"x": {"min": "NaN"}}},
        {"cooldownSeconds": -1},
    ],
)
async def test_a_wrong_action_type_is_refused(admin: Player, change: dict[str, Any]) -> None:
    kind = {"slug": "wrong", "points": {"fixed": 1}, "boards": [{"board": "scoreboard"}], **change}
    assert error_of(await admin.request("POST", TYPES, kind)) == (400, "INVALID_REQUEST")


async def test_an_edited_action_type_counts_from_the_next_action_on_every_process(
    admin: Player, sibling: WebServer
) -> None:
    kind = {"slug": "hop", "points": {"fixed": 1}, "boards": [{"board": "scoreboard"}]}
    data_of(await admin.request("POST", TYPES, kind), 201)
    player = await admin.api.register()
    async with Api(sibling.url) as other:
        assert (await player.score("hop", api=other))["pointsAwarded"] == 1
        data_of(await admin.request("PATCH", f"{TYPES}/hop", {"points": {"fixed": 7}, "dailyCap": 2}))
        assert (await player.score("hop", api=other))["pointsAwarded"] == 7
        assert error_of(await player.act("hop", api=other)) == (429, "RATE_LIMITED")


async def test_a_taken_name_is_a_conflict(admin: Player) -> None:
    assert error_of(await admin.request("POST", BOARDS, board("scoreboard"))) == (409, "CONFLICT")
    kind = {"slug": "task_finish", "points": {"fixed": 1}, "boards": [{"board": "scoreboard"}]}
    assert error_of(await admin.request("POST", TYPES, kind)) == (409, "CONFLICT")


async def test_only_admins_change_anything_and_every_change_is_audited(admin: Player) -> None:
    player = await admin.api.register()
    for method, path in (
        ("POST", BOARDS),
        ("PATCH", f"{BOARDS}/scoreboard"),
        ("POST", TYPES),
        ("GET", "/api/v1/admin/audit"),
    ):
        assert error_of(await player.request(method, path, {})) == (403, "FORBIDDEN")
    data_of(await admin.request("POST", BOARDS, board("audited")), 201)
    newest = data_of(await admin.request("GET", "/api/v1/admin/audit?limit=1"))["audit"][0]
    assert (newest["action"], newest["entityId"], newest["actor"]) == ("board.created", "audited", admin.id)


async def test_a_type_that_is_edited_while_it_is_used_loses_no_score(
    admin: Player, sibling: WebServer, stores: Stores
) -> None:
    """What an action builds on is read for the boards of the type; those may change at that very moment."""
    for slug in ("ring", "track"):
        board = {"slug": slug, "title": slug, "policy": "sum"}
        data_of(await admin.request("POST", BOARDS, board), 201)
    both = [{"board": "ring"}, {"board": "track"}]
    kind = {"slug": "circuit", "points": {"fixed": 1}, "boards": both}
    data_of(await admin.request("POST", TYPES, kind), 201)
    players = [await admin.api.register() for _ in range(3)]
    over = asyncio.Event()

    async def run(player: Player, api: Api) -> None:
        while not over.is_set():
            await player.score("circuit", api=api)

    async with Api(sibling.url) as other:
        running = [asyncio.create_task(run(player, api)) for player in players for api in (admin.api, other)]
        for turn in range(60):
            boards = both[turn % 2 :]
            data_of(await admin.request("PATCH", f"{TYPES}/circuit", {"boards": boards}))
            await asyncio.sleep(0.02)
        over.set()
        await asyncio.gather(*running)
    with psycopg.connect(stores.database_url) as database:
        wrong = database.execute(
            "select e.board, e.score, l.score from entries e join (select f->>'board' as board, user_id,"
            " sum((f->>'value')::int) as score from actions, jsonb_array_elements(effects) f group by 1, 2) l"
            " using (board, user_id) where e.board in ('ring', 'track') and e.score <> l.score"
        ).fetchall()
    assert not wrong


async def test_a_board_may_be_called_null(admin: Player) -> None:
    """A word that PostgreSQL takes for something else where nobody quotes it."""
    await admin.make_board("null", "nothing")
    assert (await (await admin.api.register()).score("nothing", 3))["boards"][0]["score"] == 3
    assert (await admin.api.board("null"))["total"] == 1
