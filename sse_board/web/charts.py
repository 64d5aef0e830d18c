"""Small charts as SVG, drawn here, so that they need no script and no style of their own. Pure."""

from collections.abc import Sequence

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
