import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest
import redis

from sse_board import ROOT
from sse_board.settings import load_settings
from sse_board.stores import orphans, privileges
from sse_board.stores.embedded import Embedded
from sse_board.stores.privileges import NOBODY
from sse_board.stores.server import EmbeddedError
from tests.support.processes import eventually

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@contextlib.contextmanager
def started(data: Path) -> Iterator[Embedded]:
    pair = Embedded(data)
    try:
        pair.start()
        yield pair
    finally:
        pair.stop()


@contextlib.contextmanager
def held(data: Path, wrap: Sequence[str] = ()) -> Iterator[tuple["subprocess.Popen[bytes]", dict[str, str]]]:
    """A pair in a process of its own, and its addresses."""
    command = [*wrap, sys.executable, "-m", "tests.processes.holder", str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        try:
            yield holder, json.loads(holder.stdout.readline())
        finally:
            holder.kill()


def write(database_url: str, redis_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('kept')")
    with contextlib.closing(redis.Redis.from_url(redis_url)) as client:
        client.set("kept", "kept")


def kept_in_postgres(pair: Embedded) -> bool:
    with psycopg.connect(pair.database_url()) as connection:
        return connection.execute("select word from kept").fetchone() == ("kept",)


def kept_in_redis(pair: Embedded) -> bool:
    with contextlib.closing(redis.Redis.from_url(pair.redis_url())) as client:
        return bool(client.get("kept") == b"kept")


def nothing_runs_in(data: Path) -> bool:
    return not any(orphans.find(data / name) for name in ("postgres", "valkey"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that was used and stopped; tests take copies, as making one takes most of a second."""
    data = tmp_path_factory.mktemp("filled") / "data"
    with started(data) as pair:
        pair.environment()
        write(pair.database_url(), pair.redis_url())
    return data


@pytest.fixture
def data(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "data"))


def test_both_servers_keep_their_data_over_a_restart(data: Path) -> None:
    with started(data) as pair:
        assert kept_in_postgres(pair)
        assert kept_in_redis(pair)


def test_nothing_outlives_a_parent_that_was_killed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with held(data) as (holder, urls):
        write(urls["database"], urls["redis"])
        assert not nothing_runs_in(data)
        holder.kill()
        eventually(lambda: nothing_runs_in(data))
    with started(data) as pair:
        assert kept_in_postgres(pair)


def test_servers_that_did_outlive_their_parent_are_replaced(data: Path) -> None:
    pair = Embedded(data)
    servers = [
        ("postgres", [*pair.postgres._identity.wrap, *pair.postgres._command()]),
        ("valkey", pair.valkey._command()),
    ]
    strays = [
        subprocess.Popen(command, cwd=data / name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for name, command in servers
    ]
    try:
        eventually(lambda: pair.postgres.ready() and pair.valkey.ready())
        pair.start()
        assert [stray.poll() is not None for stray in strays] == [True, True]
        assert kept_in_postgres(pair)
    finally:
        pair.stop()
        for stray in strays:
            stray.kill()
            stray.wait()


def test_a_data_folder_has_one_supervisor(data: Path) -> None:
    with started(data), pytest.raises(EmbeddedError, match="in use by another sse-board"):
        Embedded(data)


def test_a_folder_that_was_let_go_can_be_taken_again(data: Path) -> None:
    for _ in range(2):
        with started(data) as pair:
            assert kept_in_postgres(pair)


def test_a_status_file_that_names_a_living_stranger_is_no_obstacle(data: Path) -> None:
    (data / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{data}/postgres\n")
    with started(data) as pair:
        assert kept_in_postgres(pair)


def test_an_initdb_that_was_killed_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "initdb").mkdir()
    (tmp_path / "initdb" / "half").touch()
    with started(tmp_path) as pair:
        assert pair.postgres.ready()
    assert not (tmp_path / "initdb").exists()


def test_a_garbled_journal_is_set_aside_and_valkey_starts_empty(data: Path) -> None:
    journals = list((data / "valkey" / "appendonlydir").glob("*.incr.aof"))
    assert journals
    with journals[-1].open("ab") as file:
        file.write(b"garbage\r\n" * 3)
    with started(data) as pair:
        assert not kept_in_redis(pair)
        assert (data / "valkey" / "appendonlydir.broken").is_dir()


@pytest.mark.parametrize("name", ['o\'dd "name" 100% ü;$(x)', "a,b", "long" * 35], ids=["odd", "comma", "long"])
def test_any_path_will_do(filled: Path, tmp_path: Path, name: str) -> None:
    data = Path(shutil.copytree(filled, tmp_path / name))
    with started(data) as pair:
        assert kept_in_postgres(pair)
        assert kept_in_redis(pair)


def test_keys_are_made_once_and_are_for_our_eyes_only(data: Path) -> None:
    with started(data) as pair:
        first, second = pair.environment(), pair.environment()
    assert first == second
    assert first["JWT_KEYS"] != first["ACTION_KEYS"]
    assert len(load_settings(first).jwt_keys[0].secret) == 32
    assert {(data / name).stat().st_mode & 0o777 for name in ("JWT_KEYS", "ACTION_KEYS")} == {0o600}


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match="file/data cannot be used"):
        Embedded(tmp_path / "file" / "data")


@as_root
def test_an_ordinary_user_needs_no_tricks(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    os.chown(data, NOBODY, NOBODY)
    ordinary = [
        *privileges._SWITCH[:-1],
        "--pdeathsig",
        "KILL",
        "--",
    ]  # may pass root's folders, as the checkout may be in one
    with held(data, ordinary) as (holder, urls):
        write(urls["database"], urls["redis"])
        assert (data / "postgres").stat().st_uid == NOBODY
        holder.kill()
        eventually(lambda: nothing_runs_in(data))


@as_root
def test_where_user_namespaces_are_forbidden_root_becomes_nobody_and_back(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(privileges, "_works", lambda _: False)
        with started(data) as pair:
            assert kept_in_postgres(pair)
        assert (data / "postgres").stat().st_uid == NOBODY
    with started(data) as pair:
        assert kept_in_postgres(pair)
    assert (data / "postgres").stat().st_uid == pair.postgres._identity.owner


@as_root
def test_an_orphan_that_became_nobody_is_found_too(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privileges, "_works", lambda _: False)
    with started(data):
        assert orphans.find(data / "postgres")
