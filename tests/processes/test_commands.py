import shutil
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from sse_board import ROOT
from sse_board.stores.migrations import DIRECTORY, MigrationError, migrate
from tests.support.servers import Stores, clean_environment


def sse_board(*arguments: str, **settings: str) -> tuple[int, str, str]:
    """Exit status, output and errors of a command that ends by itself."""
    ended = subprocess.run(
        [sys.executable, "-m", "sse_board", *arguments],
        cwd=ROOT,
        env={**clean_environment(), **settings},
        capture_output=True,
        timeout=30,
        check=False,
    )
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


def test_serve_names_the_first_setting_that_is_missing() -> None:
    assert sse_board("serve") == (
        2,
        "",
        "sse-board: DATABASE_URL is not set: PostgreSQL, as a libpq URL or key=value string\n",
    )


def test_serve_refuses_to_start_without_keys(stores: Stores) -> None:
    environment = {**stores.environment, "ACTION_KEYS": ""}
    status, _, errors = sse_board("serve", **environment)
    assert status == 2
    assert errors.startswith("sse-board: ACTION_KEYS is not set")


def test_the_worker_needs_both_stores() -> None:
    status, _, errors = sse_board("worker", DATABASE_URL="postgresql:///x")
    assert (status, errors.count("\n")) == (2, 1)
    assert errors.startswith("sse-board: REDIS_URL is not set")


def test_a_wrong_value_stops_the_start_with_one_line(tmp_path: Path) -> None:
    status, output, errors = sse_board("up", "--data", str(tmp_path), BOARD_TICK_MS="soon")
    assert (status, output) == (2, "")
    assert errors == "sse-board: BOARD_TICK_MS must be a whole number, not 'soon'\n"


@pytest.mark.parametrize("arguments", [["serve"], ["up", "--data", "/nonexistent/never/made"]])
def test_a_taken_port_is_one_line(stores: Stores, arguments: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        port = stranger.getsockname()[1]
        status, output, errors = sse_board(*arguments, "--port", str(port), **stores.environment)
    assert (status, output, errors) == (1, "", f"sse-board: port {port} is taken\n")


def test_migrating_twice_changes_nothing_the_second_time(stores: Stores) -> None:
    assert sse_board("migrate", DATABASE_URL=stores.database_url) == (0, "", "")


def test_a_migration_that_was_changed_is_refused(own_stores: Stores, tmp_path: Path) -> None:
    changed = Path(shutil.copytree(DIRECTORY, tmp_path / "migrations"))
    first = min(changed.iterdir())
    first.write_text(first.read_text() + "\n-- changed")
    with pytest.raises(MigrationError, match=f"{first.stem} was changed after it had been applied"):
        migrate(own_stores.database_url, changed)


def test_a_database_newer_than_the_program_is_one_line(own_stores: Stores) -> None:
    with psycopg.connect(own_stores.database_url) as connection:
        connection.execute("insert into migrations (name, checksum) values ('9999_future', '')")
    status, _, errors = sse_board("migrate", DATABASE_URL=own_stores.database_url)
    assert status == 1
    assert errors == "sse-board: the database has migration 9999_future, which this version does not know\n"


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    status, _, errors = sse_board("migrate", DATABASE_URL=f"host={tmp_path} user=nobody")
    assert status == 1
    assert errors.startswith("sse-board: the database does not answer: ")
    assert errors.count("\n") == 1


def test_a_supervisor_loads_neither_drivers_nor_frameworks() -> None:
    """It only watches; and whoever waits for a web process waits for its supervisor first."""
    heavy = ("psycopg", "redis", "starlette", "uvicorn", "jinja2")
    program = (
        f"import sys, sse_board.__main__, sse_board.processes.serve; print(set({heavy}) & sys.modules.keys())"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == ("set()\n", "")
