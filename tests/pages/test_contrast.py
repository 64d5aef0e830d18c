"""Every text can be read on what it stands on, by day and by night (WCAG 2.2, 1.4.3)."""

import re

import pytest

from sse_board.web.templates import STATIC

#: What text of any size must reach, and what shapes and edges must (1.4.11).
TEXT, SHAPE = 4.5, 3.0
#: A colour in a declaration; ids look alike.
HEX = re.compile(r":[^;{]*(#[0-9a-fA-F]{3,8})\b")
#: Walls may be too old to know tokens.
PALETTES = ("tokens", "night", "wall")

#: Backgrounds, and what is written on them.
PAIRS = {
    "ground": ("ink", "ink-soft", "wrong"),
    "sheet": ("ink", "ink-soft", "up", "down", "wrong"),
    "own": ("ink", "ink-soft", "up", "down"),
    "glow": ("ink", "ink-soft", "up", "down"),
    "pine": ("chalk", "chalk-soft", "signal", "up-on-pine", "down-on-pine"),
    "glow-on-pine": ("chalk", "chalk-soft", "signal", "up-on-pine", "down-on-pine"),
    "signal": ("medal-ink",),
    "gold": ("medal-ink",),
    "silver": ("medal-ink",),
    "bronze": ("medal-ink",),
    "gain": ("medal-ink",),
    "loss": ("medal-ink",),
}


def colours(*names: str) -> dict[str, str]:
    """The colours of these files of tokens, the later over the earlier."""
    text = "".join((STATIC / "style" / f"{name}.css").read_text(encoding="utf-8") for name in names)
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", text))


def luminance(colour: str) -> float:
    """WCAG's relative luminance, 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


SKIES = {"day": colours("tokens"), "night": colours("tokens", "night")}


@pytest.mark.parametrize("sky", SKIES)
@pytest.mark.parametrize(("ground", "text"), [(ground, text) for ground in PAIRS for text in PAIRS[ground]])
def test_text_can_be_read(sky: str, ground: str, text: str) -> None:
    known = SKIES[sky]
    assert contrast(known[text], known[ground]) >= TEXT


@pytest.mark.parametrize("sky", SKIES)
@pytest.mark.parametrize(("ground", "shape"), [("ground", "ink"), ("pine", "signal"), ("sheet", "ink-soft")])
def test_focus_and_edges_can_be_seen(sky: str, ground: str, shape: str) -> None:
    known = SKIES[sky]
    assert contrast(known[shape], known[ground]) >= SHAPE


def test_the_night_changes_only_colours_that_the_day_has() -> None:
    assert set(colours("night")) <= set(SKIES["day"])


def test_no_other_file_has_colours_of_its_own() -> None:
    files = [path for path in (STATIC / "style").glob("*.css") if path.stem not in PALETTES]
    found = {path.name: HEX.findall(path.read_text(encoding="utf-8")) for path in files}
    assert not {name: colours for name, colours in found.items() if colours}
