"""Of two workers one acts; where it dies or hangs, the other takes over within five seconds."""

import signal

import psycopg
import pytest

from tests.support.clients import eventually
from tests.support.servers import Program, Runner, Stores

TAKEN_OVER_SECONDS = 5.0


def times_active(worker: Program) -> int:
    """How often it began to act."""
    return worker.log_text().count("worker active")


def somebody_waits(stores: Stores) -> bool:
    """Whether a worker asks for the place again and again; the active one has not asked for long."""
    with psycopg.connect(stores.database_url) as database:
        asked = "select count(*) from pg_stat_activity where query like '%pg_try_advisory_lock%'"
        row = database.execute(asked + " and pid <> pg_backend_pid()").fetchone()
    return bool(row and row[0])


@pytest.mark.parametrize("way", ["dies", "hangs"])
async def test_another_worker_takes_over(way: str, own_stores: Stores, runner: Runner) -> None:
    active = runner.work(own_stores)
    await eventually(lambda: times_active(active))
    waiting = runner.work(own_stores)
    await eventually(lambda: somebody_waits(own_stores))
    if way == "dies":
        active.kill()
    else:
        active.process.send_signal(signal.SIGSTOP)
    await eventually(lambda: times_active(waiting), TAKEN_OVER_SECONDS)
    if way == "hangs":
        active.process.send_signal(signal.SIGCONT)
        await eventually(lambda: "worker waits" in active.log_text())
        assert times_active(active) == 1
