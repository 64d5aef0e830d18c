"""Recognises small pictures by their first bytes, and measures them. Pure."""

from dataclasses import dataclass

#: Boards show pictures at 64 pixels at most; 32 KiB in base64 still fits into a 64 KiB body: bytes.
IMAGE_BYTES = 32 * 1024
#: A few bytes can unpack to a picture that stops every browser that shows the board: pixels a side.
IMAGE_SIDE = 1024

_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_JPEG_BARE = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True)
class Picture:
    media_type: str
    image: bytes


def recognise(data: bytes) -> Picture:
    """A PNG, JPEG, GIF or WebP of at most `IMAGE_BYTES` and `IMAGE_SIDE`. Raises ValueError."""
    if len(data) > IMAGE_BYTES:
        raise ValueError(f"The picture must have at most {IMAGE_BYTES // 1024} KiB.")
    try:
        media_type, width, height = _measure(data)
    except IndexError:
        raise ValueError("The picture is damaged.") from None
    if not (0 < width <= IMAGE_SIDE and 0 < height <= IMAGE_SIDE):
        raise ValueError(f"The picture must have at most {IMAGE_SIDE} pixels a side.")
    return Picture(media_type, data)


def _measure(data: bytes) -> tuple[str, int, int]:
    """(media type, width, height); IndexError when the data ends too early."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return "image/png", _big(data, 16, 4), _big(data, 20, 4)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif", _little(data, 6, 2), _little(data, 8, 2)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return ("image/webp", *_measure_webp(data))
    if data.startswith(b"\xff\xd8\xff"):
        return ("image/jpeg", *_measure_jpeg(data))
    raise ValueError("The picture must be a PNG, JPEG, GIF or WebP.")


def _measure_webp(data: bytes) -> tuple[int, int]:
    """The three kinds of RFC 9649 §2: lossy, lossless, extended."""
    kind = data[12:16]
    if kind == b"VP8 ":
        return _little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF
    if kind == b"VP8L":
        bits = _little(data, 21, 4)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        return _little(data, 24, 3) + 1, _little(data, 27, 3) + 1
    raise ValueError("The picture is damaged.")


def _measure_jpeg(data: bytes) -> tuple[int, int]:
    """From the frame header (ITU-T T.81 §B.2.2), which stands somewhere behind other segments."""
    position = 2
    while data[position] == 0xFF:
        marker = data[position + 1]
        if marker in _JPEG_FRAMES:
            return _big(data, position + 7, 2), _big(data, position + 5, 2)
        if marker == 0xFF:
            position += 1
        elif marker in _JPEG_BARE:
            position += 2
        else:
            position += 2 + _big(data, position + 2, 2)
    raise ValueError("The picture is damaged.")


def _big(data: bytes, start: int, size: int) -> int:
    return int.from_bytes(_piece(data, start, size), "big")


def _little(data: bytes, start: int, size: int) -> int:
    return int.from_bytes(_piece(data, start, size), "little")


def _piece(data: bytes, start: int, size: int) -> bytes:
    if start + size > len(data):
        raise IndexError
    return data[start : start + size]
