"""A reader that stops reading hurts only itself: nobody waits for it, and it goes on with the newest state."""

from collections.abc import Callable
from functools import partial

from tests.live.conftest import PLENTY, Pair
from tests.support.clients import Api, Player, data_of, eventually
from tests.support.crowds import enlist
from tests.support.replica import Replica, state_of
from tests.support.servers import WebServer
from tests.support.sleepers import Sleeper
from tests.support.streams import listening

BOARDS = [f"wide_{number}" for number in range(10)]
LEAP = "leap"
PLAYERS = 12
#: What the others are sent while one does not read: some times as much as server and kernel keep for it.
FLOOD_BYTES = 3_000_000
#: Of that, what may wait for the sleeper: its budget in the server, and what the transport and two kernels hold.
KEPT_BYTES = 1_000_000
#: Everybody else sees an action within this, whoever sleeps: seconds.
SOON = 1.0


async def test_who_does_not_read_is_not_waited_for_and_wakes_to_the_newest_state(
    pair: Pair, admin: Player, serve_alike: Callable[..., WebServer]
) -> None:
    server = serve_alike(pair.stores, BOARD_TICK_MS=1, **PLENTY)
    await make_boards(admin)
    channels = ",".join(f"leaderboard:{slug}" for slug in BOARDS)
    async with Api(server.url) as api, listening(server.url, channels) as awake:
        players = enlist(api, pair.stores, [f"leaper {number}" for number in range(PLAYERS)])
        sleeper = Sleeper(server.url, channels)
        try:
            await eventually(lambda: has_all(sleeper))
            height = 0
            while len(awake.raw) < FLOOD_BYTES:
                height += 1
                player = players[height % PLAYERS]
                await player.score(LEAP, height)
                await awake.until(partial(leads, awake.boards[BOARDS[-1]], player), SOON)
            answers = [await api.board(slug) for slug in BOARDS]
            for answer in answers:
                await awake.until_shows(answer, SOON)
            before = sleeper.octets

            def caught_up() -> bool:
                for _ in range(100):
                    sleeper.read()
                return all(sleeper.boards[answer["board"]].state == state_of(answer) for answer in answers)

            await eventually(caught_up)
        finally:
            sleeper.close()
    assert sleeper.octets - before < KEPT_BYTES
    for slug in BOARDS:
        assert sleeper.boards[slug].repairs + sleeper.boards[slug].snapshots > 1
        assert sleeper.boards[slug].version == awake.boards[slug].version
    assert [awake.boards[slug].repairs for slug in BOARDS] == [0] * len(BOARDS)


def has_all(sleeper: Sleeper) -> bool:
    """Whether every board was seen once; reads a little."""
    sleeper.read()
    assert not sleeper.ended, "the stream was cut"
    return len(sleeper.boards) == len(BOARDS)


def leads(board: Replica, player: Player) -> bool:
    rows, _ = board.state
    return bool(rows) and rows[0][2] == player.id


async def make_boards(admin: Player) -> None:
    """One action feeds ten boards, so that a hundred actions are a flood."""
    for slug in BOARDS:
        board = {"slug": slug, "title": slug, "policy": "latest"}
        data_of(await admin.request("POST", "/api/v1/admin/boards", board), 201)
    points = {"field": "points", "min": 0, "max": 1_000_000}
    kind = {"slug": LEAP, "points": points, "boards": [{"board": slug} for slug in BOARDS]}
    data_of(await admin.request("POST", "/api/v1/admin/action-types", kind), 201)
