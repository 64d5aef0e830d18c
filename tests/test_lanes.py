"""Test files are where the lanes of the suite look for them."""

from pathlib import Path, PurePosixPath

import pytest

from tests.support.lanes import LONGEST, PATIENT, lane_of

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", [*LONGEST, *PATIENT])
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
