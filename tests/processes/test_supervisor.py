import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from sse_board import ROOT
from tests.support.processes import alive, eventually

SLEEP = "echo $$ >> pids; exec sleep 600"
#: Its successor takes its time; `after` is there when the successor is.
SUCCEEDED = 'echo $$ >> pids; if [ "$1" ]; then touch after; sleep 0.5; echo >&$1; fi; exec sleep 600'
STUBBORN = "trap '' TERM; echo $$ >> pids; while true; do sleep 0.05; done"


@contextlib.contextmanager
def supervised(
    folder: Path, *groups: list[str], drain_seconds: float = 5, rolling: bool = False
) -> Iterator["subprocess.Popen[bytes]"]:
    """A supervisor that runs these shell commands in `folder`; with `rolling`, SIGHUP rolls the last group."""
    command = [sys.executable, "-m", "tests.processes.supervised", str(drain_seconds), str(int(rolling))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    lines = [json.dumps(group) for group in groups]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen([*command, *lines], cwd=folder, env=environment, stderr=log) as supervisor,
    ):
        try:
            yield supervisor
        finally:
            supervisor.kill()


def pids(folder: Path) -> list[int]:
    path = folder / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_whichever_part_dies_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, [SLEEP, SLEEP]):
        eventually(lambda: len(pids(tmp_path)) == 2)
        os.kill(pids(tmp_path)[0], signal.SIGKILL)
        eventually(lambda: len(pids(tmp_path)) == 3)
        assert [alive(pid) for pid in pids(tmp_path)] == [False, True, True]


def test_a_part_that_cannot_start_is_tried_ever_more_rarely(tmp_path: Path) -> None:
    with supervised(tmp_path, ["echo $$ >> pids; exit 3"]):
        eventually(lambda: len(pids(tmp_path)) >= 2)
        time.sleep(1.0)
        assert len(pids(tmp_path)) <= 5


def test_sigterm_ends_all_of_it_cleanly(tmp_path: Path) -> None:
    with supervised(tmp_path, [SLEEP], [SLEEP]) as supervisor:
        eventually(lambda: len(pids(tmp_path)) == 2)
        supervisor.terminate()
        assert supervisor.wait(2) == 0
        assert not any(map(alive, pids(tmp_path)))


def test_a_group_stops_when_those_that_need_it_are_gone(tmp_path: Path) -> None:
    lower = "trap 'echo lower >> order; exit' TERM; echo $$ >> pids; while true; do sleep 0.05; done"
    upper = "trap 'sleep 0.3; echo upper >> order; exit' TERM; echo $$ >> pids; while true; do sleep 0.05; done"
    with supervised(tmp_path, [lower], [upper]) as supervisor:
        eventually(lambda: len(pids(tmp_path)) == 2)
        supervisor.terminate()
        assert supervisor.wait(5) == 0
    assert (tmp_path / "order").read_text().split() == ["upper", "lower"]


def test_who_does_not_stop_is_killed_within_the_drain_time(tmp_path: Path) -> None:
    with supervised(tmp_path, [SLEEP], [STUBBORN], drain_seconds=1.5) as supervisor:
        eventually(lambda: len(pids(tmp_path)) == 2)
        asked = time.monotonic()
        supervisor.terminate()
        assert supervisor.wait(3) == 0
        assert time.monotonic() - asked < 2
        assert not any(map(alive, pids(tmp_path)))


def test_a_second_ctrl_c_ends_it_at_once(tmp_path: Path) -> None:
    with supervised(tmp_path, [STUBBORN], drain_seconds=60) as supervisor:
        eventually(lambda: pids(tmp_path))
        supervisor.send_signal(signal.SIGINT)
        time.sleep(0.2)
        assert supervisor.poll() is None
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(2) == 0
        assert not any(map(alive, pids(tmp_path)))


def test_no_part_outlives_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    with supervised(tmp_path, [SLEEP, SLEEP]) as supervisor:
        eventually(lambda: len(pids(tmp_path)) == 2)
        supervisor.kill()
        eventually(lambda: not any(map(alive, pids(tmp_path))))


def test_a_hangup_is_the_end_where_nothing_rolls(tmp_path: Path) -> None:
    with supervised(tmp_path, [SLEEP]) as supervisor:
        eventually(lambda: pids(tmp_path))
        supervisor.send_signal(signal.SIGHUP)
        assert supervisor.wait(2) == -signal.SIGHUP
        eventually(lambda: not any(map(alive, pids(tmp_path))))


def test_a_part_that_dies_in_the_middle_of_a_roll_is_started_again(tmp_path: Path) -> None:
    with supervised(tmp_path, [SUCCEEDED, SUCCEEDED], rolling=True) as supervisor:
        eventually(lambda: len(pids(tmp_path)) == 2)
        before = pids(tmp_path)
        supervisor.send_signal(signal.SIGHUP)
        eventually((tmp_path / "after").exists)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: "roll.ended" in (tmp_path / "log").read_text())
        assert len(pids(tmp_path)) == 6
        assert len(list(filter(alive, pids(tmp_path)))) == 2


def test_a_roll_replaces_all_parts_of_its_group_and_no_others(tmp_path: Path) -> None:
    with supervised(tmp_path, [SLEEP], [SUCCEEDED], rolling=True) as supervisor:
        eventually(lambda: len(pids(tmp_path)) == 2)
        supervisor.send_signal(signal.SIGHUP)
        eventually(lambda: "roll.ended" in (tmp_path / "log").read_text())
        assert [alive(pid) for pid in pids(tmp_path)].count(True) == 2
        assert "part.died" not in (tmp_path / "log").read_text()
