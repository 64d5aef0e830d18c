"""`sse-board user …` and the admin that migrate makes sure exists."""

import argparse
import asyncio
import io

import pytest

from sse_board.accounts.shell import add_commands, ensure_admin
from sse_board.settings import Settings, SettingsError, load_settings
from tests.accounts.site import PASSWORD
from tests.support.servers import Stores


@pytest.fixture
def run(stores: Stores, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> "Shell":
    return Shell(stores, monkeypatch, capsys)


class Shell:
    def __init__(
        self, stores: Stores, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.stores = stores
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def settings(self, **more: str) -> Settings:
        return load_settings({"DATABASE_URL": self.stores.database_url, **more})

    async def __call__(self, *words: str, typed: str = PASSWORD) -> tuple[int, str]:
        """Exit status, and what was printed."""
        parser = argparse.ArgumentParser()
        add_commands(parser)
        args = parser.parse_args(words)
        self.monkeypatch.setattr("sys.stdin", io.StringIO(typed + "\n"))
        status = await asyncio.to_thread(args.func, args, self.settings())
        shown = self.capsys.readouterr()
        return status, shown.out + shown.err


async def test_people_are_created_listed_and_changed(run: Shell) -> None:
    create = ("create", "Olga", "olga@example.org", "--role", "ORGANIZER", "--password-stdin")
    status, user_id = await run(*create)
    assert status == 0
    assert len(user_id.strip()) == 36
    assert (await run(*create)) == (1, "This username is taken. This email is taken.\n")
    assert (await run("role", "olga", "VIEWER"))[0] == 0
    assert (await run("block", "olga"))[0] == 0
    listed = (await run("list"))[1]
    assert "VIEWER" in listed
    assert "blocked" in listed
    assert (await run("unblock", "Olga"))[0] == 0
    assert (await run("password", "Olga", "--password-stdin", typed="new secret word"))[0] == 0
    assert "active" in (await run("list"))[1]


async def test_what_cannot_be_done_is_said_in_one_line(run: Shell) -> None:
    assert await run("block", "nemo") == (1, "There is no user 'nemo'.\n")
    status, shown = await run("create", "x", "y", "--password-stdin", typed="z")
    assert status == 1
    assert shown.count("\n") == 1


def admin(**changes: str) -> dict[str, str]:
    given = {"ADMIN_USERNAME": "Root", "ADMIN_EMAIL": "root@example.org", "ADMIN_PASSWORD": PASSWORD}
    return given | changes


async def ensure(run: Shell, **settings: str) -> str:
    await asyncio.to_thread(ensure_admin, run.settings(**settings))
    return (await run("list"))[1]


async def test_the_admin_of_the_settings_exists_and_stays_one(run: Shell) -> None:
    assert "Root" not in await ensure(run)
    for _ in range(2):
        assert (await ensure(run, **admin())).count("ADMIN") == 1
    await run("role", "root", "VIEWER")
    await run("block", "root")
    line = next(row for row in (await ensure(run, **admin())).splitlines() if "Root" in row)
    assert "ADMIN" in line
    assert "active" in line


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"ADMIN_PASSWORD": ""}, "ADMIN_PASSWORD"),
        ({"ADMIN_EMAIL": ""}, "ADMIN_EMAIL"),
        ({"ADMIN_PASSWORD": "short"}, "ADMIN_PASSWORD"),
        ({"ADMIN_EMAIL": "olga@example.org", "ADMIN_USERNAME": "Other"}, "ADMIN_EMAIL"),
    ],
)
async def test_half_an_admin_is_refused_by_name(run: Shell, changes: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        await ensure(run, **admin(**changes))
