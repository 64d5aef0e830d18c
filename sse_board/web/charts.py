"""Small charts as SVG, drawn here, so that they need no script and no style of their own. Pure."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from markupsafe import Markup

#: What is kept free at the edges, so that a thick line is not cut: units of the drawing.
MARGIN = 2.0


def sparkline(values: Sequence[float], words: str, *, width: int = 120, height: int = 32) -> Markup:
    """A line from the oldest value to the newest, with a dot on the newest; a flat one in the middle.

    `words` say the same to whoever does not see it. Nothing is drawn of fewer than two values. The colours are the
    stylesheet's (`svg.spark`), `width` and `height` are in units of the drawing.
    """
    if len(values) < 2:
        return Markup("")
    places = _places(values, width, height)
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    x, y = places[-1]
    return Markup(
        '<svg class="spark" role="img" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' aria-label="{words}"><polyline points="{line}"></polyline>'
        '<circle cx="{x}" cy="{y}" r="2"></circle></svg>'
    ).format(width=width, height=height, words=words, line=line, x=f"{x:.1f}", y=f"{y:.1f}")


def _places(values: Sequence[float], width: int, height: int) -> list[tuple[float, float]]:
    low, high = min(values), max(values)
    step = (width - 2 * MARGIN) / (len(values) - 1)
    room = height - 2 * MARGIN
    return [
        (MARGIN + index * step, MARGIN + room * (high - value) / (high - low) if high > low else height / 2)
        for index, value in enumerate(values)
    ]


def columns(values: Sequence[float | None], words: str, *, slots: int, height: int = 40) -> Markup:
    """One column for each value, from nought, the newest at the right edge, whole units high; no column for None.

    `slots`: how many the width is for, whether there are so many yet or not. `words` say the same to whoever does
    not see it. The drawing is stretched to the place it has (`svg.columns` of the stylesheet).
    """
    known = [value for value in values if value is not None]
    top = max(known, default=0)
    levels = [None if value is None else round(height * (1 - value / top) if top else height) for value in values]
    return Markup(
        '<svg class="columns" role="img" viewBox="0 0 {slots} {height}" preserveAspectRatio="none"'
        ' aria-label="{words}"><path d="{path}"></path></svg>'
    ).format(slots=slots, height=height, words=words, path="".join(_outline(levels, slots - len(levels), height)))


def _outline(levels: Sequence[int | None], left: int, height: int) -> Iterator[str]:
    """As SVG writes paths; columns of one height are one."""
    for level, run in groupby(levels):
        right = left + len(list(run))
        if level is not None and level < height:
            yield f"M{left} {height}V{level}H{right}V{height}z"
        left = right
