"""Pictures are recognised and measured by their bytes."""

import contextlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sse_board.accounts.avatars import parse_avatar
from sse_board.accounts.images import IMAGE_BYTES, recognise
from tests.accounts.pictures import data_url, gif, jpeg, png, webp, webp_lossless, webp_lossy

KINDS = [
    (png, "image/png"),
    (gif, "image/gif"),
    (jpeg, "image/jpeg"),
    (webp, "image/webp"),
    (webp_lossy, "image/webp"),
    (webp_lossless, "image/webp"),
]


@pytest.mark.parametrize(("make", "media_type"), KINDS)
def test_a_small_picture_is_recognised(make: Callable[..., bytes], media_type: str) -> None:
    assert recognise(make(1024, 1)).media_type == media_type


@pytest.mark.parametrize("make", [make for make, _ in KINDS])
@pytest.mark.parametrize(("width", "height"), [(1025, 1), (1, 1025)])
def test_a_picture_that_unpacks_to_too_much_is_refused(
    make: Callable[..., bytes], width: int, height: int
) -> None:
    with pytest.raises(ValueError, match="pixels"):
        recognise(make(width, height))


@given(st.sampled_from([make for make, _ in KINDS]), st.integers(0, 40), st.binary(max_size=40))
def test_damaged_pictures_are_refused_and_nothing_worse(
    make: Callable[..., bytes], kept: int, tail: bytes
) -> None:
    with contextlib.suppress(ValueError):
        recognise(make()[:kept] + tail)


def test_other_files_and_large_ones_are_refused() -> None:
    for wrong in (b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"BM", png() + bytes(IMAGE_BYTES)):
        with pytest.raises(ValueError, match="picture"):
            recognise(wrong)


def test_an_avatar_comes_as_a_data_url_and_its_bytes_say_what_it_is() -> None:
    assert parse_avatar(data_url(gif(), "text/html")).media_type == "image/gif"
    for wrong in ("", "https://example.org/a.png", "data:image/png,abc", "data:image/png;base64,%%%"):
        with pytest.raises(ValueError, match=r"data URL|base64"):
            parse_avatar(wrong)


def test_the_largest_picture_fits() -> None:
    assert parse_avatar(data_url(png() + bytes(IMAGE_BYTES - len(png()))))
    with pytest.raises(ValueError, match="KiB"):
        parse_avatar(data_url(png() + bytes(2 * IMAGE_BYTES)))
