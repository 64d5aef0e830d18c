"""Styles as a browser of 2014 understands them: what it cannot parse, it drops."""

import re
from collections.abc import Iterator

#: Declarations with these in their value, or these properties, are unknown to Chromium 40.
_UNKNOWN_VALUE = re.compile(
    r"var\(|clamp\(|\bmin\(|\bmax\(|minmax\(|\d[dsl]vh\b|\banywhere\b|\bgrid\b|#(?:[0-9a-f]{8}|[0-9a-f]{4})\b",
    re.IGNORECASE,
)
_UNKNOWN_PROPERTY = re.compile(
    r"--|grid|inset|gap|row-gap|column-gap|place-|justify-self|aspect-ratio|container|accent-color|color-scheme"
    r"|(padding|margin)-(inline|block)|overflow-wrap|text-wrap|clip-path|isolation|object-fit|font-variant-"
    r"|text-decoration-|text-underline|scroll-"
)
#: One of them, and the whole rule is dropped.
_UNKNOWN_SELECTOR = re.compile(r":is\(|:where\(|:has\(|:focus-visible|:focus-within|:not\([^)]*[ ,>]")
_UNKNOWN_MEDIA = re.compile(r"prefers-|hover|pointer|[<>]")
_BLOCK = re.compile(r"\s*([^{};]*)([{;])")


def as_in_2014(style: str) -> str:
    return "\n".join(_rules(re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)))


def _rules(style: str) -> Iterator[str]:
    for head, body in _blocks(style):
        if head.startswith("@supports not"):
            yield from _rules(body)
        elif head.startswith("@media"):
            if not _UNKNOWN_MEDIA.search(head):
                yield f"{head} {{ {' '.join(_rules(body))} }}"
        elif not head.startswith("@") and not _UNKNOWN_SELECTOR.search(head):
            yield f"{head} {{ {'; '.join(filter(_is_known, body.split(';')))} }}"


def _blocks(style: str) -> Iterator[tuple[str, str]]:
    """(what it is for, what is in it) of everything on this level."""
    at = 0
    while found := _BLOCK.match(style, at):
        at = found.end()
        if found[2] == "{":
            end = _end(style, at)
            yield found[1].strip(), style[at:end]
            at = end + 1


def _end(style: str, at: int) -> int:
    depth = 1
    while depth:
        depth += {"{": 1, "}": -1}.get(style[at], 0)
        at += 1
    return at - 1


def _is_known(declaration: str) -> bool:
    name, _, value = declaration.strip().partition(":")
    return bool(name) and not _UNKNOWN_PROPERTY.match(name) and not _UNKNOWN_VALUE.search(value)
