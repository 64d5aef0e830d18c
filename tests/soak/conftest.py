"""The descriptors that thousands of readers need."""

import resource
from collections.abc import Iterator

import pytest

from tests.soak.scale import scaled

#: What the largest crowd takes, and some for everything else.
FILES = scaled(1_000, 6_000)


@pytest.fixture(scope="package", autouse=True)
def _many_files() -> Iterator[None]:
    """Every reader is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FILES), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
