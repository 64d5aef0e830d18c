"""Test files are where the lanes of the suite look for them."""

from pathlib import Path, PurePosixPath

import pytest

from tests.support.lanes import LONGEST, PATIENT, TOGETHER, lane_of, unit_of

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", [*LONGEST, *PATIENT, *TOGETHER])
def test_what_has_a_place_is_there(name: str) -> None:
    assert (HERE / name).exists()


def test_long_files_come_before_the_rest_and_those_that_wait_have_a_lane_of_their_own() -> None:
    names = ("browser/test_pages.py", "security/test_tokens.py", "security/test_key_rotation.py", "test_clock.py")
    paths = sorted(map(PurePosixPath, names), key=lane_of)
    assert [path.name for path in paths] == [
        "test_key_rotation.py",
        "test_clock.py",
        "test_pages.py",
        "test_tokens.py",
    ]
    assert [lane_of(path)[0] for path in paths] == [False, False, True, True]


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("web/test_health.py", "web"),
        ("web/test_conformance.py", "web/test_conformance.py"),
        ("live/test_polls.py", "live"),
        ("tournaments/running/test_rounds.py", "tournaments/running"),
        ("tournaments/test_swiss.py", "tournaments/test_swiss.py"),
        ("admin/test_watching.py", "admin/test_watching.py"),
    ],
)
def test_files_that_share_servers_are_run_by_one_process_but_for_those_with_a_place_of_their_own(
    name: str, unit: str
) -> None:
    assert unit_of(PurePosixPath(name)) == PurePosixPath(unit)
