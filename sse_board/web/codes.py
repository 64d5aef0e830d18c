"""QR codes as SVG: one path, drawn here, so that it needs no script and no style of its own."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby

import segno
from markupsafe import Markup

#: Free modules around a code, by which readers find it (ISO/IEC 18004).
QUIET = 4
#: Codes that are remembered, some 3 KB each: addresses come with requests, so their number must have an end.
REMEMBERED = 256
#: Any mask can be read; looking for the best of eight takes five times as long.
MASK = 4


class Codes:
    """Draws codes and remembers the last few: each takes some milliseconds."""

    def __init__(self) -> None:
        self.of = lru_cache(maxsize=REMEMBERED)(code)


def code(address: str) -> Markup:
    """An `svg.code` of as few modules as `address` can be told with. Colours are the stylesheet's."""
    drawn = segno.make(address, micro=False, error="l", mask=MASK)
    size = len(drawn.matrix) + 2 * QUIET
    return Markup(
        '<svg class="code" role="img" viewBox="0 0 {size} {size}" width="{size}" height="{size}"'
        ' aria-label="The address of this page, to be read by a camera"><path d="{path}"></path></svg>'
    ).format(size=size, path="".join(_strokes(drawn.matrix)))


def _strokes(matrix: Sequence[Sequence[int]]) -> Iterator[str]:
    """Each run of dark modules of a row as one rectangle."""
    for y, row in enumerate(matrix, QUIET):
        x = QUIET
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                yield f"M{x} {y}h{length}v1h-{length}z"
            x += length
