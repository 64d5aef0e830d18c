"""Which process runs which tests: those that mostly wait have two, so that others have the processors."""

from collections.abc import Sequence
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

#: Processes of the suite: two that compute, as the machine has processors, and two that wait.
PROCESSES = 4
WAITING = ("gw2", "gw3")
#: What those do: the one from the first on, with a browser, the other from the last on. All of it uses a processor
#: for less than half of its time, and waits for heartbeats, pages and pauses meanwhile.
PATIENT = (
    "browser",
    "test_readme.py",
    "bench/test_fanout.py",
    "admin/test_watching.py",
    "stores/test_trouble.py",
    "security",
    "live",
)
#: What the others begin with: files of long tests, longest first. Else one process would be left with the last of
#: them when the others have nothing more to do.
LONGEST = (
    "looks/test_every_page.py",
    "web/test_conformance.py",
    "bench/test_writes.py",
    "stores/test_kills.py",
    "achievements/test_ranks.py",
    "security/test_key_rotation.py",
    "soak/test_back_at_once.py",
    "contest/test_icpc_world_finals.py",
    "soak/test_coming_and_going.py",
    "boards/test_interleavings.py",
)
#: Folders whose files share servers: one process runs all of them, where each would start its own. Not those files
#: that have a place of their own above.
TOGETHER = (
    "accounts",
    "achievements",
    "admin",
    "boards",
    "demo",
    "live",
    "notifications",
    "scores",
    "security",
    "sessions",
    "tournaments/running",
    "web",
)


@cache
def lane_of(path: PurePosixPath) -> tuple[bool, int]:
    """Whether a file, by its path in `tests`, mostly waits, and its place among the likes of it."""
    if str(path) in LONGEST:
        return False, LONGEST.index(str(path))
    patient = _first(path, PATIENT)
    return (True, PATIENT.index(patient)) if patient else (False, len(LONGEST))


@cache
def unit_of(path: PurePosixPath) -> PurePosixPath:
    """What is run by one process with this file: it alone, or a folder."""
    folder = _first(path, TOGETHER)
    return PurePosixPath(folder) if folder and lane_of(path) == lane_of(PurePosixPath(folder)) else path


def _first(path: PurePosixPath, names: Sequence[str]) -> str | None:
    """The file or folder among these that this file is, or is in."""
    return next((name for name in names if path.is_relative_to(name)), None)


class Lanes(LoadFileScheduling):  # type: ignore[misc]
    """Whoever has done all of its own lane goes on with the other's."""

    def _split_scope(self, nodeid: str) -> str:
        return str(unit_of(PurePosixPath(super()._split_scope(nodeid)).relative_to("tests")))

    def _assign_work_unit(self, node: Any) -> None:
        waits = node.gateway.id in WAITING
        own = [unit for unit in self.workqueue if lane_of(PurePosixPath(unit))[0] is waits]
        chosen = (own or list(self.workqueue))[-1 if node.gateway.id == WAITING[-1] else 0]
        self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)
