"""How an embedded board looks: what its query says, checked, and the style that this makes."""

import re
from dataclasses import dataclass

from starlette.requests import Request

from sse_board.live.source import LIMITS
from sse_board.web.bodies import query_integer, query_matching
from sse_board.web.walls import theme_of

#: Rows shown, and how large: percent of a page's size.
ROWS, ROWS_RANGE = 10, (1, 100)
SCALE, SCALE_RANGE = 100, (50, 400)

#: The page around knows what is behind the letters, and the reader's system does not.
THEME = "light"

_COLOUR = re.compile(r"[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8}", re.ASCII)
_COLOUR_WORDS = "a colour of 3, 4, 6 or 8 hex digits, such as d4f04a"
#: Letters on an accent: those of the two that stand out more.
DARK, LIGHT = "#000000", "#ffffff"
#: The relative luminance on which both stand out alike, by more than 4.5:1: sqrt(1.05 × 0.05) - 0.05.
MIDDLE = 0.179


@dataclass(frozen=True, slots=True)
class Look:
    """Colours as `#…`, None where nothing was said."""

    rows: int
    scale: int
    head: bool
    foot: bool
    theme: str
    ink: str | None
    ground: str | None
    accent: str | None

    @property
    def window(self) -> int:
        """The smallest window of a stream that holds all rows."""
        return min(size for size in LIMITS if size >= self.rows)


def look_of(request: Request) -> Look:
    """`?rows=5&scale=150&head=0&foot=0&theme=dark&ink=fff&ground=0008&accent=d4f04a`. Raises InvalidRequest."""
    return Look(
        rows=query_integer(request, "rows", ROWS, *ROWS_RANGE),
        scale=query_integer(request, "scale", SCALE, *SCALE_RANGE),
        head=bool(query_integer(request, "head", 1, 0, 1)),
        foot=bool(query_integer(request, "foot", 1, 0, 1)),
        theme=theme_of(request, THEME),
        ink=_colour(request, "ink"),
        ground=_colour(request, "ground"),
        accent=_colour(request, "accent"),
    )


def _colour(request: Request, name: str) -> str | None:
    digits = query_matching(request, name, _COLOUR, _COLOUR_WORDS)
    return None if digits is None else f"#{digits.lower()}"


def stylesheet(look: Look) -> str:
    """What embed.css leaves open. Only checked values are in it."""
    rules = [f":root.embed{{font-size:{look.scale}%}}"]
    rules += _hidden(look)
    if look.ink:
        rules.append(_coloured(":root.embed", look.ink, "ink", "ink-soft", "up", "down"))
    if look.ground:
        rules.append(_coloured(":root.embed", look.ground, "sheet"))
    if look.accent:
        letters, first = letters_on(look.accent), '.embed tr[data-rank="1"]'
        rules.append(_coloured(":root.embed", look.accent, "pine", "glow"))
        rules.append(_coloured(first, letters, "chalk", "chalk-soft", "signal", "up", "down"))
    return "\n".join(rules)


def _hidden(look: Look) -> list[str]:
    hidden = [f"tbody tr:nth-child(n+{look.rows + 1})"]
    hidden += [".board-head"] * (not look.head) + [".board-foot"] * (not look.foot)
    # the footer counts the rows of the window, not those that are left of it
    hidden += [".board-foot p:first-child"] * (look.rows != look.window)
    return [f".embed {what}{{display:none}}" for what in hidden]


def _coloured(where: str, colour: str, *names: str) -> str:
    return f"{where}{{{''.join(f'--{name}:{colour};' for name in names)}}}"


def letters_on(colour: str) -> str:
    """Dark or light, whichever stands out more (WCAG 2.2, relative luminance); what shines through is unknown."""
    digits = colour[1:]
    if len(digits) < 6:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return DARK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > MIDDLE else LIGHT


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
