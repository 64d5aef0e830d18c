"""What the worker does for runs that nobody cares for any more."""

from sse_board.sessions.keeping import SILENT_MS
from tests.sessions.conftest import Site, start, tell
from tests.support.clients import Player, eventually
from tests.support.streams import listening

SILENT_SECONDS = SILENT_MS // 1000
#: The worker looks every two seconds.
PATIENCE = 20.0


async def test_a_silent_run_ends_and_a_lost_one_gets_its_five_minutes(site: Site, player: Player) -> None:
    silent, told, never = await start(player), await start(player, "math"), await start(player, "piano")
    lost = await start(player, "reading")
    for run in (silent, never, lost):
        site.age(run, SILENT_SECONDS + 1)
    await tell(player, told, currentAccuracy=1)
    site.forget(lost)
    async with listening(site.first.url, f"session:{silent}:live") as stream:
        await stream.until_type("progress.update")
        await eventually(lambda: site.open_runs(player) in ([told, lost], [lost, told]), PATIENCE)
        await stream.until(lambda: stream.of_type("progress.update")[-1].json["status"] == "ended")
    await eventually(lambda: site.redis.hexists(f"sse_board:run:{lost}", "lost"), PATIENCE)
    site.age(lost, SILENT_SECONDS + 1)
    await eventually(lambda: site.open_runs(player) == [told], PATIENCE)


async def test_an_end_that_nobody_told_is_told_by_the_worker(site: Site, player: Player) -> None:
    """The process died between its commit and Redis."""
    run = await start(player)
    await tell(player, run, currentWpm=50)
    async with listening(site.second.url, f"session:{run}:live") as stream:
        await stream.until_type("progress.update")
        site.database.execute("update runs set ended_at = now() where id = %s", [run])
        await stream.until(lambda: stream.of_type("progress.update")[-1].json["status"] == "ended", PATIENCE)
        assert stream.of_type("progress.update")[-1].json["currentWpm"] == 50


async def test_a_run_that_has_just_begun_does_not_count_as_lost(site: Site, player: Player) -> None:
    """It is in PostgreSQL, and not yet in Redis: nobody could be held to what was never told of it."""
    young, lost = await start(player), await start(player, "math")
    site.database.execute("update runs set started_at = now() + interval '1 minute' where id = %s", [young])
    site.age(lost, 10)
    for run in (young, lost):
        site.forget(run)
    await eventually(lambda: site.redis.hexists(f"sse_board:run:{lost}", "lost"), PATIENCE)
    assert not site.redis.exists(f"sse_board:run:{young}")
