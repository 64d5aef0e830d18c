"""Which process runs which test file: those that mostly wait have one, so that others have the processors."""

from pathlib import PurePosixPath
from typing import Any

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

#: Processes of the suite: two that compute, as the machine has processors, and one that waits.
PROCESSES = 3
WAITING = "gw2"
#: What it begins with, in this order; who shares a browser or a server stays together. All of it uses a processor
#: for a third of its time, and waits for heartbeats, pages and pauses meanwhile.
PATIENT = (
    "browser",
    "test_readme.py",
    "bench/test_fanout.py",
    "admin/test_watching.py",
    "stores/test_trouble.py",
    "security",
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


def lane_of(path: PurePosixPath) -> tuple[bool, int]:
    """Whether a file, by its path in `tests`, mostly waits, and its place among the likes of it."""
    if str(path) in LONGEST:
        return False, LONGEST.index(str(path))
    for place, name in enumerate(PATIENT):
        if path.is_relative_to(name):
            return True, place
    return False, len(LONGEST)


class Lanes(LoadFileScheduling):  # type: ignore[misc]
    """Whoever has done all of its own lane goes on with the other's."""

    def _assign_work_unit(self, node: Any) -> None:
        waits = node.gateway.id == WAITING
        own = (scope for scope in self.workqueue if _waits(scope) is waits)
        self.workqueue.move_to_end(next(own, next(iter(self.workqueue))), last=False)
        super()._assign_work_unit(node)


def _waits(scope: str) -> bool:
    """`scope`: a file, as pytest names it."""
    return lane_of(PurePosixPath(scope).relative_to("tests"))[0]
