"""Numbers that move when something happens, names that are documented, labels that clients cannot add to."""

import re
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import pytest_asyncio
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics

from sse_board import ROOT
from sse_board.accounts.cookies import ACCESS_COOKIE
from tests.live.conftest import PLENTY
from tests.support.clients import Api, Player, data_of, error_of, eventually
from tests.support.eventlog import write
from tests.support.scrapes import Scrape, scrape
from tests.support.servers import Stores, WebServer
from tests.support.sleepers import Sleeper
from tests.support.sockets import connected
from tests.support.streams import Stream, listening

BOARD = "/api/v1/scores/leaderboard"
SSE = {"transport": "sse"}
SOCKET = {"transport": "websocket"}
POLL = {"transport": "poll"}
#: Characters of a large message, and how many of them are more than a reader may leave unread.
LARGE, TOO_MANY = 4_000, 700
MADE_UP = 500


@pytest.fixture(scope="module")
def server(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    return serve(stores, METRICS_PORT=0, STREAM_LIMIT=100, HEARTBEAT_SECONDS=1, **PLENTY)


@pytest_asyncio.fixture(scope="module")
async def api(server: WebServer) -> AsyncIterator[Api]:
    async with Api(server.url) as api:
        yield api


@pytest_asyncio.fixture(scope="module")
async def bare(server: WebServer) -> AsyncIterator[Api]:
    async with Api(server.metrics_url) as bare:
        yield bare


@pytest_asyncio.fixture(scope="module")
async def admin(api: Api, stores: Stores) -> Player:
    return await api.admin(stores)


async def has(bare: Api, name: str, value: float, **labels: str) -> None:
    """Wait until the metric is as it must be."""

    async def is_so() -> bool:
        return (await scrape(bare.http)).value(name, **labels) == value

    await eventually(is_so)


# -- who is told, and how --


async def test_on_the_main_port_admins_are_told_and_nobody_else(api: Api, admin: Player) -> None:
    player = await api.register()
    assert error_of(await api.http.get("/metrics")) == (401, "UNAUTHORIZED")
    assert error_of(await api.http.get("/metrics", headers=player.bearer)) == (403, "FORBIDDEN")
    for who in (admin.bearer, {"Cookie": f"{ACCESS_COOKIE}={admin.token}"}):
        answer = await api.http.get("/metrics", headers=who)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert Scrape(answer.text).value("sse_board_store_up", store="postgres") == 1


async def test_on_a_port_of_their_own_there_is_nothing_but_metrics(api: Api, bare: Api) -> None:
    assert (await bare.http.get("/metrics")).headers["cache-control"] == "no-store"
    assert (await bare.http.head("/metrics")).status_code == 200
    for path in ("/", "/livez", BOARD, "/api/v1/stream?channels=system", "/metrics/"):
        assert (await bare.http.get(path)).status_code == 404, path
    assert (await bare.http.post("/metrics")).status_code == 404
    assert (await api.http.get("/livez")).status_code == 200


@pytest.mark.parametrize("accept", ["application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "nonsense", ""])
@pytest.mark.parametrize("version", ["", ";version=one"])
async def test_who_asks_for_openmetrics_gets_it(bare: Api, accept: str, version: str) -> None:
    answer = await bare.http.get("/metrics", headers={"Accept": accept + version})
    assert answer.status_code == 200
    if accept.startswith("application/openmetrics-text"):
        assert answer.headers["content-type"].startswith("application/openmetrics-text; version=1.0.0")
        names = {family.name for family in open_metrics(answer.text)}  # type: ignore[no-untyped-call]
        assert "sse_board_connects" in names
    else:
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


def documented() -> dict[str, tuple[set[str], str]]:
    """Labels and meaning by name, from the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `((?:sse_board|process)_[a-z_]+)` \| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    return {name: (set(re.findall(r"`(\w+)`", labels)), meaning) for name, labels, meaning in rows}


async def test_the_readme_names_every_metric_and_no_other(api: Api, bare: Api) -> None:
    await api.http.get("/nowhere")  # some families have nothing to show before something was wrong
    told = await scrape(bare.http)
    helps = dict(re.findall(r"^# HELP (\S+) (.+)$", told.text, re.MULTILINE))
    assert {name: meaning for name, (_, meaning) in documented().items()} == helps
    for family in told.families:
        labels = {label for sample in family.samples for label in sample.labels} - {"le"}
        if family.samples:
            name = next(name for name in (family.name, f"{family.name}_total") if name in documented())
            assert documented()[name][0] == labels, name


# -- what moves them --


async def test_a_stream_is_counted_while_it_is_open_and_when_it_comes_back(bare: Api, server: WebServer) -> None:
    before = await scrape(bare.http)
    stream = Stream("leaderboard:scoreboard,system")
    await stream.open(server.url)
    await stream.until_type("heartbeat")
    heard, octets = len(stream.messages), len(stream.raw)
    during = await scrape(bare.http)
    await stream.cut()
    await has(bare, "sse_board_connections", before.value("sse_board_connections", **SSE), **SSE)
    dropped = before.value("sse_board_drops_total", reason="client", **SSE)
    await has(bare, "sse_board_drops_total", dropped + 1, reason="client", **SSE)
    await stream.open(server.url)
    after = await scrape(bare.http)
    await stream.cut()

    def grown(name: str, now: Scrape) -> float:
        return now.value(name, **SSE) - before.value(name, **SSE)

    assert grown("sse_board_connections", during) == 1
    assert (grown("sse_board_connects_total", during), grown("sse_board_connects_total", after)) == (1, 2)
    assert (grown("sse_board_reconnects_total", during), grown("sse_board_reconnects_total", after)) == (0, 1)
    assert heard <= grown("sse_board_frames_total", during) <= heard + 1  # one may be on its way
    assert grown("sse_board_frame_bytes_total", during) >= octets


async def test_a_socket_and_a_poll_are_counted_on_their_own(
    api: Api, bare: Api, server: WebServer, admin: Player
) -> None:
    before = await scrape(bare.http)
    cursor = data_of(await api.http.get("/api/v1/events?channels=system"))["cursor"]
    async with connected(server.url, channels="system") as socket:
        await socket.until_type("connected")
        await has(bare, "sse_board_connections", 1, **SOCKET)
        await socket.send("no JSON")
        await socket.until_type("error")
    refused = await api.http.get(f"/api/v1/events?channels=system&after={cursor}&wait=1")
    assert data_of(refused)["events"] == []
    await admin.announce("For the poll")
    answer = data_of(await api.http.get(f"/api/v1/events?channels=system&after={cursor}&wait=5"))
    assert [event["type"] for event in answer["events"]] == ["system.announcement"]
    await has(bare, "sse_board_connections", 0, **SOCKET)
    after = await scrape(bare.http)
    assert after.value("sse_board_connections", **POLL) == 0
    for name, labels, times in (
        ("sse_board_connects_total", SOCKET, 1),
        ("sse_board_connects_total", POLL, 2),
        ("sse_board_frames_total", POLL, 1),
        ("sse_board_drops_total", {"reason": "client", **SOCKET}, 1),
    ):
        assert after.value(name, **labels) - before.value(name, **labels) == times, (name, labels)
    assert after.value("sse_board_frame_bytes_total", **POLL) > before.value("sse_board_frame_bytes_total", **POLL)


async def test_an_action_is_counted_by_what_became_of_it_and_followed_to_the_sockets(
    api: Api, bare: Api, server: WebServer
) -> None:
    player = await api.register()
    before = await scrape(bare.http)
    async with listening(server.url, "leaderboard:scoreboard") as stream:
        await stream.until_type("leaderboard.update")
        answers = [await player.act("task_finish", action_id=action_id) for action_id in ("one", "one")]
        answers.append(await player.act("no_such_type"))
        await stream.until_type("leaderboard.update", 2)
        state = {"kind": "state"}

        async def delivered() -> bool:
            return moved(await scrape(bare.http), "sse_board_delivery_seconds_count", state) >= 1

        def moved(now: Scrape, name: str, labels: Mapping[str, str]) -> float:
            return now.value(name, **labels) - before.value(name, **labels)

        await eventually(delivered)
    assert [answer.status_code for answer in answers] == [200, 409, 400]
    after = await scrape(bare.http)
    for outcome in ("accepted", "duplicate_action", "invalid_action"):
        assert moved(after, "sse_board_actions_total", {"outcome": outcome}) == 1
    assert moved(after, "sse_board_errors_total", {"code": "DUPLICATE_ACTION"}) == 1
    assert moved(after, "sse_board_batch_actions_sum", {}) == 3
    assert moved(after, "sse_board_commit_seconds_count", {}) == 3
    assert moved(after, "sse_board_fold_seconds_count", {}) == 1
    assert moved(after, "sse_board_board_read_seconds_count", {"store": "redis"}) >= 1
    assert 0 < moved(after, "sse_board_delivery_seconds_sum", state) < 5


async def test_a_304_is_an_answer_like_others(api: Api, bare: Api) -> None:
    labels = {"route": BOARD, "method": "GET", "status": "3xx"}
    before = await scrape(bare.http)
    tag = (await api.http.get(BOARD)).headers["etag"]
    for _ in range(3):
        assert (await api.http.get(BOARD, headers={"If-None-Match": tag})).status_code == 304
    name = "sse_board_http_request_seconds_count"
    assert (await scrape(bare.http)).value(name, **labels) - before.value(name, **labels) == 3


async def test_a_page_whose_login_was_renewed_on_the_way_is_counted_by_its_route(api: Api, bare: Api) -> None:
    name, labels = "sse_board_http_request_seconds_count", {"route": "/boards/{slug}", "status": "2xx"}
    before = (await scrape(bare.http)).value(name, **labels)
    stale = {"Accept": "text/html", "Cookie": f"{ACCESS_COOKIE}=stale"}
    assert (await api.http.get("/boards/scoreboard", headers=stale)).status_code == 200
    assert (await scrape(bare.http)).value(name, **labels) == before + 1


def heard(sleeper: Sleeper) -> bool:
    """Whether it was greeted; reads a little."""
    sleeper.read()
    return bool(sleeper.messages)


def ended(sleeper: Sleeper) -> bool:
    """Whether the server ended it; reads a little."""
    sleeper.read()
    return sleeper.ended


async def test_a_reader_that_cannot_keep_up_with_a_log_is_a_drop(
    bare: Api, server: WebServer, stores: Stores
) -> None:
    """The log's place shows in the same scrape."""
    sleeper = Sleeper(server.url, "system")
    try:
        await eventually(lambda: heard(sleeper))
        place = (await scrape(bare.http)).value("sse_board_event_log_position")
        write(stores, TOO_MANY, "x" * LARGE)
        await has(bare, "sse_board_event_log_position", place + TOO_MANY)
        await eventually(lambda: ended(sleeper), every=0)
    finally:
        sleeper.close()
    await has(bare, "sse_board_drops_total", 1, reason="slow", **SSE)


async def test_whatever_clients_invent_makes_no_labels(api: Api, bare: Api) -> None:
    methods = ("PROPFIND", "GET", "REPORT", "DELETE", "SEARCH")
    player = await api.register()

    async def asked(number: int) -> None:
        path = (f"/made-up-{number}", f"/api/made-up/{number}", f"/boards/made-up-{number}", f"/static/{number}")
        await api.http.request(methods[number % 5], path[number % 4], headers={"X-Request-ID": str(number)})

    for number in range(MADE_UP):
        await asked(number)
    await player.act("made-up-type")
    text = (await scrape(bare.http)).text
    assert "made-up" not in text
    before = len(text.splitlines())
    for number in range(MADE_UP, MADE_UP + 20):
        await asked(number)
    assert len((await scrape(bare.http)).text.splitlines()) == before
    routes = {sample.labels["route"] for sample in Scrape(text).samples("sse_board_http_request_seconds_count")}
    assert {"none", "/boards/{slug}", "/static"} <= routes
    found = {sample.labels["method"] for sample in Scrape(text).samples("sse_board_http_request_seconds_count")}
    assert found <= {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"}


async def test_memory_per_stream_is_told_when_there_are_enough_of_them(bare: Api, server: WebServer) -> None:
    """100 are enough, and also what fits in here: one more is sent away."""
    name = "sse_board_memory_per_stream_bytes"
    assert list((await scrape(bare.http)).samples(name)) == []
    open_now = int((await scrape(bare.http)).value("sse_board_connections", **SSE))
    streams = [Stream("system") for _ in range(100 - open_now)]
    try:
        for stream in streams:
            await stream.open(server.url)
        await has(bare, "sse_board_connections", 100, **SSE)
        told = await scrape(bare.http)
        (sample,) = told.samples(name)
        grown = told.value("process_resident_memory_bytes") - told.value("sse_board_baseline_memory_bytes")
        assert sample.value == pytest.approx(grown / 100, rel=0.2)
        async with Stream("system") as surplus:
            await surplus.open(server.url)
            await surplus.until_type("busy")
        await has(bare, "sse_board_connections_refused_total", 1, **SSE)
    finally:
        for stream in streams:
            await stream.cut()
