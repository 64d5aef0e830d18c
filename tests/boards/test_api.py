"""The leaderboard over HTTP: faces, tags, windows, errors."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.clients import Api, Player, data_of, error_of
from tests.support.servers import WebServer

BOARD = "/api/v1/scores/leaderboard"


@pytest.fixture
async def api(servers: tuple[WebServer, WebServer]) -> AsyncIterator[Api]:
    async with Api(servers[0].url) as api:
        yield api


@pytest.fixture
async def player(api: Api) -> Player:
    player = await api.register()
    await player.score("quiz_complete")
    return player


async def test_every_entry_has_its_fields(player: Player, api: Api) -> None:
    board = await api.board("scoreboard", 100)
    assert set(board) == {"board", "leaderboard", "total", "version", "lastUpdated"}
    entry = next(entry for entry in board["leaderboard"] if entry["userId"] == player.id)
    assert set(entry) == {
        "position",
        "rank",
        "userId",
        "username",
        "avatarUrl",
        "score",
        "achievedAt",
        "previousRank",
        "rankChange",
        "velocity",
    }


async def test_an_unchanged_board_is_not_sent_again(player: Player, api: Api) -> None:
    for face in ("json", "html", "csv", "text"):
        first = await api.http.get(BOARD, params={"format": face})
        tag = {"If-None-Match": first.headers["etag"]}
        again = await api.http.get(BOARD, params={"format": face}, headers=tag)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    await player.score("task_finish")
    assert (await api.http.get(BOARD, headers=tag)).status_code == 200


async def test_the_tag_is_the_version(api: Api) -> None:
    answer = await api.http.get(BOARD)
    assert answer.headers["etag"] == f'W/"{data_of(answer)["version"]}"'


async def test_caches_are_told_what_an_answer_depends_on(player: Player, api: Api) -> None:
    answer = await api.http.get(BOARD)
    assert answer.headers["cache-control"] == "no-cache"
    assert {"Accept", "Authorization", "Cookie", "HX-Request"} <= set(answer.headers["vary"].split(", "))
    assert (await player.request("GET", BOARD)).headers["cache-control"] == "private, no-cache"


async def test_one_url_has_a_face_for_programs_and_one_for_pages(player: Player, api: Api) -> None:
    fragment = await api.http.get(BOARD, headers={"Accept": "text/html"})
    assert fragment.headers["content-type"].startswith("text/html")
    assert 'id="board-scoreboard"' in fragment.text
    assert "<html" not in fragment.text
    page = await api.http.get("/boards/scoreboard")
    row = f'id="entry-scoreboard-{player.id}"'
    assert row in page.text
    assert row in (await api.http.get(BOARD, params={"limit": 100, "format": "html"})).text


async def test_a_window_may_start_further_down(api: Api) -> None:
    for _ in range(3):
        await (await api.register()).score("task_finish")
    whole = (await api.board("scoreboard", 100))["leaderboard"]
    part = data_of(await api.http.get(BOARD, params={"limit": 2, "offset": 1}))["leaderboard"]
    assert part == whole[1:3]
    beyond = data_of(await api.http.get(BOARD, params={"offset": 1_000}))
    assert (beyond["leaderboard"], beyond["total"]) == ([], len(whole))


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "offset=-1", "format=xml", "limit=NaN", "around=7", "radius=0"]
)
async def test_a_wrong_query_is_refused(api: Api, query: str) -> None:
    assert error_of(await api.http.get(f"{BOARD}?{query}")) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("slug", ["nope", "", "a%00b", "%F0%9F%92%A9", "../boards", "a" * 500])
async def test_an_unknown_board_is_not_found(api: Api, slug: str) -> None:
    assert error_of(await api.http.get(f"{BOARD}?board={slug}")) == (404, "NOT_FOUND")
    assert (await api.http.get(f"/boards/{slug or 'x'}")).status_code == 404


async def test_what_nobody_can_be_served_is_not_acceptable(api: Api) -> None:
    assert error_of(await api.http.get(BOARD, headers={"Accept": "image/png"})) == (406, "NOT_ACCEPTABLE")


async def test_errors_come_as_envelope_or_as_page(api: Api) -> None:
    assert error_of(await api.http.get("/api/v1/nothing")) == (404, "NOT_FOUND")
    assert error_of(await api.http.post("/api/v1/boards")) == (405, "METHOD_NOT_ALLOWED")
    page = await api.http.get("/nothing", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert page.headers["x-request-id"] in page.text


async def test_a_request_id_is_kept_if_it_is_harmless(api: Api) -> None:
    kept = await api.http.get(BOARD, headers={"X-Request-ID": "mine-1"})
    assert kept.headers["x-request-id"] == "mine-1"
    for odd in ("a" * 129, "with space", ""):
        made = await api.http.get(BOARD, headers={"X-Request-ID": odd})
        assert made.headers["x-request-id"] != odd
        assert len(made.headers["x-request-id"]) == 36


async def test_friendly_origins_may_read_and_others_may_not(api: Api) -> None:
    friend = await api.http.get(BOARD, headers={"Origin": "https://friend.example"})
    assert friend.headers["access-control-allow-origin"] == "https://friend.example"
    assert friend.headers["access-control-allow-credentials"] == "true"
    exposed = set(friend.headers["access-control-expose-headers"].split(", "))
    assert {"ETag", "X-Request-ID", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Poll-Interval"} == exposed
    stranger = await api.http.get(BOARD, headers={"Origin": "https://stranger.example"})
    assert "access-control-allow-origin" not in stranger.headers


async def test_every_page_says_what_a_browser_may_do(api: Api) -> None:
    for path in ("/", "/login", BOARD, "/nothing"):
        headers = (await api.http.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def test_health_says_what_is_up(api: Api) -> None:
    assert data_of(await api.http.get("/livez")) == {"status": "alive"}
    ready = data_of(await api.http.get("/readyz"))
    assert ready == {"ready": True, "stores": {"postgres": True, "redis": True}, "degraded": []}


async def test_spreadsheets_and_terminals_have_faces_of_their_own(player: Player, api: Api) -> None:
    for accept, start in (("text/csv", "position,rank,userId"), ("text/plain", "Scoreboard\n")):
        answer = await api.http.get(BOARD, headers={"Accept": accept}, params={"limit": 100})
        assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
        assert answer.text.startswith(start)
        assert player.username in answer.text
        assert int(answer.headers["x-poll-interval"]) >= 1


async def test_a_player_sees_the_rows_around_them(api: Api) -> None:
    players = [await api.register() for _ in range(7)]
    for index, one in enumerate(players):
        for _ in range(7 - index):
            await one.score("task_finish")
    middle = players[3]
    mine = data_of(await middle.request("GET", f"{BOARD}?around=me&radius=2"))
    assert [entry["userId"] for entry in mine["leaderboard"]] == [one.id for one in players[1:6]]
    theirs = data_of(await api.http.get(BOARD, params={"around": middle.id, "radius": 2}))
    assert theirs["leaderboard"] == mine["leaderboard"]
    assert mine["leaderboard"][2]["position"] == mine["currentUser"]["rank"]


async def test_around_needs_somebody_who_is_there(api: Api) -> None:
    newcomer = await api.register()
    assert error_of(await api.http.get(f"{BOARD}?around=me")) == (401, "UNAUTHORIZED")
    assert error_of(await newcomer.request("GET", f"{BOARD}?around=me")) == (404, "NOT_FOUND")
    nobody = "00000000-0000-0000-0000-000000000000"
    assert error_of(await api.http.get(f"{BOARD}?around={nobody}")) == (404, "NOT_FOUND")


async def test_a_burst_of_pollers_is_answered_alike(player: Player, api: Api) -> None:
    answers = await asyncio.gather(*(api.http.get(BOARD) for _ in range(50)))
    assert len({answer.content for answer in answers}) == 1
    score = (await player.score("task_finish"))["newScore"]
    board = await api.board("scoreboard", 100)
    assert next(one["score"] for one in board["leaderboard"] if one["userId"] == player.id) == score


async def test_a_kiosk_shows_one_board_and_turns_to_the_next(player: Player, api: Api) -> None:
    still = (await api.http.get("/kiosk/scoreboard?theme=dark")).text
    assert player.username in still
    assert 'class="kiosk"' in still
    assert 'href="/static/' in still
    assert 'media="all"' in still
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in still
    turning = (await api.http.get("/kiosk/scoreboard?rotate=scoreboard,overall&seconds=30")).text
    following = "/kiosk/overall?rotate=scoreboard,overall&amp;seconds=30"
    assert f'<noscript><meta http-equiv="refresh" content="30; url={following}"></noscript>' in turning
    assert [turning.count(f'id="board-{slug}"') for slug in ("scoreboard", "overall")] == [1, 1]
    assert 'content="5"' not in turning


#: More boards than one wall turns through.
MANY = "rotate=" + ",".join(f"board{number}" for number in range(21))


@pytest.mark.parametrize(
    ("query", "status"),
    [("seconds=1", 400), ("theme=pink", 400), ("rotate=nope", 404), ("rotate=<b>", 404), (MANY, 400)],
)
async def test_a_kiosk_refuses_what_it_cannot_show(api: Api, query: str, status: int) -> None:
    assert (await api.http.get(f"/kiosk/scoreboard?{query}")).status_code == status
    assert (await api.http.get("/kiosk/nope")).status_code == 404


async def test_an_embed_is_for_everybody_and_styled_by_its_address(player: Player, api: Api) -> None:
    look = "rows=5&scale=150&head=0&ink=FFF&ground=00000080&accent=d4f04a"
    page = await api.http.get(f"/embed/scoreboard?{look}", headers={"Cookie": f"sse_board_access={player.token}"})
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    assert "data-viewer" not in page.text
    assert 'class="embed"' in page.text
    address = f"/embed/scoreboard/style.css?{look}"
    assert f'href="{address.replace("&", "&amp;")}"' in page.text
    style = await api.http.get(address)
    assert (style.headers["content-type"], style.headers["cache-control"]) == (
        "text/css; charset=utf-8",
        "public, max-age=3600",
    )
    for rule in ("font-size:150%", "nth-child(n+6){display:none}", "--ink:#fff;", "--sheet:#00000080;"):
        assert rule in style.text


#: Sizes, switches and colours that are none.
NO_LOOK = "rows=0 rows=101 scale=9 head=2 foot=yes theme=pink ink=red ink= ground=%23fff accent=12345"


@pytest.mark.parametrize("query", [*NO_LOOK.split(), "ink=fff%7D%2A%7Bdisplay:none"])
async def test_an_embed_refuses_what_is_no_colour_or_number(api: Api, query: str) -> None:
    for path in ("/embed/scoreboard", "/embed/scoreboard/style.css"):
        assert error_of(await api.http.get(f"{path}?{query}")) == (400, "INVALID_REQUEST")


async def test_each_face_and_each_reader_has_a_tag_of_its_own(player: Player, api: Api) -> None:
    """A browser revalidates what it stored of a URL with the tag of another face, or of another user."""
    other = await api.register()
    tags = [
        (await api.http.get(BOARD, params={"format": face})).headers["etag"] for face in ("json", "csv", "text")
    ]
    tags.append((await api.http.get(BOARD, params={"format": "html"})).headers["etag"])
    tags += [(await one.request("GET", BOARD)).headers["etag"] for one in (player, other)]
    assert len(set(tags)) == len(tags)
    mine = await api.http.get(BOARD, headers={**player.bearer, "If-None-Match": tags[0]})
    assert data_of(mine)["currentUser"]["score"] == 100
    again = await api.http.get(BOARD, headers={**player.bearer, "If-None-Match": mine.headers["etag"]})
    assert again.status_code == 304
