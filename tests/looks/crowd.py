"""Invented people, always the same, with every kind of name that a page must bear."""

from itertools import product

FIRST = (
    *("Ada", "Bruno", "Chidi", "Dunya", "Elif", "Fergus", "Greta", "Hana", "Ivo", "Jamila"),
    *("Kofi", "Lotte", "Mateus", "Niamh", "Otto"),
)
LAST = ("Almeida", "Bauer", "Chukwu", "Drummond", "Eriksen", "Farouk")

#: The longest that is allowed, with and without a place to break; right to left, Chinese, Korean, Greek, Cyrillic,
#: Thai, Devanagari; the shortest; digits alone; what looks like markup without being any.
ODD = (
    "Maximiliane von der Wolkenburg",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
    "donaudampfschifffahrtskapitaen",
    "ليلى حداد",
    "יעל בן-דוד",
    "佐藤 葵子",
    "김민준 선수",
    "Νίκος Παππάς",
    "Юлия Орлова",
    "สมชาย ใจดี",
    "प्रिया शर्मा",
    "Ann",
    "007",
    "Zoë Ångström-Żółć",
    "_script_",
)


def crowd() -> list[str]:
    """105 names, more than one page of a board shows; the odd ones are spread among the others."""
    plain = [" ".join(pair) for pair in product(FIRST, LAST)]
    return [name for place, name in enumerate(plain) for name in ((*_odd(place), name))]


def _odd(place: int) -> tuple[str, ...]:
    step, rest = divmod(place, 2)
    return (ODD[step],) if not rest and step < len(ODD) else ()
