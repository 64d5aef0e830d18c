"""How an imported file is said again byte for byte. Pure.

Everything that we understand is written anew from the tournament, so that it is never out of date. What a file
said besides, and where, is its *form*: a list of keys and, after `VERBATIM`, whole lines. Where it said a line
otherwise than we do, or not at all, that is kept in `said`; once our line changes, ours is written.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from sse_board.tournaments.tournament import Picture
from sse_board.tournaments.trf.remark import MARK
from sse_board.tournaments.trf.sheet import Sheet

#: Before a line of the form that is said as it was.
VERBATIM = ">"
#: Records of which there are many: the key goes on with what tells them apart.
_MANY: Mapping[str, Callable[[str], str]] = {
    "001": lambda line: f"001 {line[4:8].strip()}",
    "240": lambda line: line[:9],
}
#: Bytes of the digest of a line: enough that no changed line is taken for the old one.
_DIGEST = 8

#: What a file without a form of its own looks like: keys, or the first letters of many.
FORM = ("012", "042", "062", "072", "092", "XXR", "XXC", "###", "001", "240", "XXZ")

Lines = Mapping[str, str]


def key_of(line: str) -> str:
    """The record that a line is: two lines with one key would contradict each other."""
    record = line[:3]
    if record == "###" and not line.startswith(MARK):
        return line
    return _MANY[record](line) if record in _MANY else record


def digest(line: str) -> str:
    return blake2b(line.encode("utf-8", "replace"), digest_size=_DIGEST).hexdigest()


def said_instead(ours: Lines, theirs: Lines) -> dict[str, tuple[str, str | None]]:
    """For each key whose line they wrote otherwise, or left out: the digest of ours, and theirs."""
    return {key: (digest(line), theirs.get(key)) for key, line in ours.items() if theirs.get(key) != line}


def form_of(lines: Sequence[str], ours: Lines) -> list[str]:
    """What stands where. Many of a kind, in order and together, as we would write them, are one item."""
    keys = [key if (key := key_of(line)) in ours else VERBATIM + line for line in lines]
    for record in _MANY:
        block = [key for key in ours if key[:3] == record]
        start = keys.index(block[0]) if block and block[0] in keys else None
        if start is not None and keys[start : start + len(block)] == block:
            keys[start : start + len(block)] = [record]
    return keys


def kept_lines(picture: Picture, ours: Lines) -> dict[str, str]:
    """Each line as the file said it, where that still means the same."""
    said: dict[str, Sequence[Any]] = dict(picture.tournament.trf.get("said", {}))
    for one in picture.participants:
        if "said" in one.trf:
            said[f"001 {one.number}"] = one.trf["said"]
    written = ((key, _kept(line, said.get(key))) for key, line in ours.items())
    return {key: line for key, line in written if line is not None}


def _kept(ours: str, said: Sequence[Any] | None) -> str | None:
    is_same = said is not None and said[0] == digest(ours)
    return said[1] if said is not None and is_same else ours


def compose(picture: Picture, lines: Lines, needless: Collection[str]) -> str:
    """The lines in the file's form, and at its end what the form has no place for, unless it is `needless`."""
    trf = picture.tournament.trf
    placed = list(_placed(trf.get("form", FORM), lines))
    done = {key for key, _ in placed} | set(needless)
    whole = (*(line for _, line in placed), *(line for key, line in lines.items() if key not in done))
    return Sheet(whole, trf.get("newline", "\n"), trf.get("isEnded", True), trf.get("isMarked", False)).text()


def _placed(form: Sequence[str], lines: Lines) -> Iterator[tuple[str, str]]:
    named = set(form)
    for item in form:
        if item.startswith(VERBATIM):
            yield item, item.removeprefix(VERBATIM)
        elif item in _MANY:
            yield from ((key, line) for key, line in lines.items() if key[:3] == item and key not in named)
        elif item in lines:
            yield item, lines[item]
