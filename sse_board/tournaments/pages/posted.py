"""What the plain forms of the desk send, as the use cases take it. Pure; every function raises InvalidRequest."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar, get_args

import msgspec

from sse_board.errors import InvalidRequest
from sse_board.tournaments.ids import known_id
from sse_board.tournaments.running.forms import (
    NewParticipant,
    NewTournament,
    ParticipantEdit,
    RequestedBye,
    TournamentEdit,
)
from sse_board.tournaments.tournament import ROUNDS_LIMIT, Bye, Pairing, Participant, Picture, Result
from sse_board.web.bodies import details_of

Form = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A result for a game; `replaces`: what who enters it saw, None for none."""

    game: str
    replaces: Result | None
    result: Result


#: What games, and byes that are given by the pairing, are worth.
POINTS = ("win", "draw", "loss", "bye")
#: `1 8`, `1-8`, or `5 bye`: numbers of players.
_BOARD = re.compile(r"(\d{1,4})[\s:–-]+(\d{1,4}|bye|full|half|zero)", re.ASCII | re.IGNORECASE)


def new_tournament(form: Form) -> NewTournament:
    """`startsAt` is in UTC, as the field says; browsers leave seconds out where they are none."""
    starts = form.get("startsAt", "")
    starts += ":00" if len(starts) == len("2026-05-01T10:00") else ""
    said = {**_said(form, "name", "rounds", "system"), **_rules(form)}
    return _converted({**said, "startsAt": f"{starts}Z", "tieBreaks": _codes(form)}, NewTournament)


def tournament_edit(form: Form) -> TournamentEdit:
    said = {**_said(form, "name", "rounds"), **_rules(form)}
    return _converted({**said, "tieBreaks": _codes(form)}, TournamentEdit)


def _rules(form: Form) -> dict[str, Any]:
    """The edition, and what games are worth: what is not written is as it is by default."""
    points = {name: _points(name, form[name]) for name in POINTS if form.get(name, "").strip()}
    return {**_said(form, "edition"), **({"points": points} if points else {})}


def _points(name: str, text: str) -> Decimal:
    """`3`, `0.5`, as some write it `0,5`, and `½`."""
    text = text.strip().replace("½", ".5").replace(",", ".")
    if not re.fullmatch(r"\d{0,3}(\.\d{1,3})?", text, re.ASCII) or not text:
        raise InvalidRequest("These are no points.", details={name: "such as 1 or 0.5"})
    return Decimal(text)


def new_participant(form: Form) -> NewParticipant:
    return _converted(_said(form, "name", "rating", "title"), NewParticipant)


def participant_edit(form: Form) -> ParticipantEdit:
    """A rating or title that is not there is taken away."""
    return _converted({"rating": None, "title": None, **_said(form, "name", "rating", "title")}, ParticipantEdit)


def bye_edit(form: Form, participant: Participant | None) -> ParticipantEdit:
    """One bye noted, or forgotten, beside those that they asked for before."""
    round, kind = round_of(form), form.get("bye", "")
    kept = {number: bye for number, bye in (participant.byes if participant else {}).items() if number != round}
    if kind and kind not in get_args(RequestedBye):
        raise InvalidRequest("There is no such bye.", details={"bye": "full, half or zero"})
    return _converted({"byes": {**kept, **({round: kind} if kind else {})}}, ParticipantEdit)


def round_of(form: Form) -> int:
    text = form.get("round", "")
    if not re.fullmatch(r"\d{1,2}", text, re.ASCII) or not 1 <= int(text) <= ROUNDS_LIMIT:
        raise InvalidRequest("There is no such round.", details={"round": f"1…{ROUNDS_LIMIT}"})
    return int(text)


def entry_of(form: Form) -> Entry:
    """From what the button says: the game, the result that its page showed or `none`, and the one to enter."""
    game, shown, result = (*form.get("result", "").split(), "", "", "")[:3]
    return Entry(
        known_id(game, "There is no such game."), None if shown == "none" else _result(shown), _result(result)
    )


def _result(text: str) -> Result:
    for known in get_args(Result):
        if text == known:
            found: Result = known
            return found
    raise InvalidRequest("There is no such result.", details={"result": ", ".join(get_args(Result))})


def given(form: Form, picture: Picture) -> list[Pairing]:
    """One board or bye a line, by the players' numbers."""
    lines = [line.strip() for line in form.get("pairings", "").splitlines() if line.strip()]
    ids = {one.number: one.id for one in picture.participants if one.number is not None}
    return [_pairing(line, ids) for line in lines]


def _pairing(line: str, ids: Mapping[int, str]) -> Pairing:
    found = _BOARD.fullmatch(line)
    if found is None:
        raise InvalidRequest(f"A line is not understood: “{line[:40]}”.", details={"pairings": "such as 1 8"})
    white, other = _player(found[1], ids), found[2].lower()
    if other.isdigit():
        return Pairing(white, _player(other, ids))
    kinds: dict[str, Bye] = {"bye": "pairing", "full": "full", "half": "half", "zero": "zero"}
    return Pairing(white, None, kinds[other])


def _player(number: str, ids: Mapping[int, str]) -> str:
    if int(number) not in ids:
        raise InvalidRequest(f"There is no player number {number}.", details={"pairings": "numbers of players"})
    return ids[int(number)]


def _said(form: Form, *names: str) -> dict[str, Any]:
    """Fields that were left empty are not there."""
    return {name: form[name].strip() for name in names if form.get(name, "").strip()}


def _codes(form: Form) -> list[str]:
    return [code.upper() for code in re.split(r"[\s,;]+", form.get("tieBreaks", "")) if code]


def _converted(said: dict[str, Any], kind: type[T]) -> T:
    """Numbers come as text."""
    try:
        return msgspec.convert(said, kind, strict=False, builtin_types=(Decimal,))
    except msgspec.ValidationError as error:
        raise InvalidRequest("The form has a wrong field.", details=details_of(error)) from None
