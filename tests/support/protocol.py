"""What `docs/protocol.md` says of events and channels, and whether what was heard conforms to it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sse_board import ROOT
from tests.support.events import Message

TEXT = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_CURSOR = re.compile(r"c[0-9a-z]+", re.ASCII)
#: What may stand where a documented form has a placeholder.
_PLACEHOLDERS = {
    "{board}": r"[a-z0-9_-]{1,50}",
    "{userId}": _UUID,
    "{sessionId}": _UUID,
    "{tournamentId}": _UUID,
    "{gameId}": _UUID,
}
#: Sections whose `###` headings are events, and the one where they are objects within events.
_EVENTS, _OBJECTS = "Events of", "Objects in events"
#: Answers about a channel carry the name that was asked for, whatever it is.
_ABOUT_CHANNELS = {"subscribed", "unsubscribed", "error"}


@dataclass(frozen=True, slots=True)
class Field:
    """`kind` is a type's or an object's name; of arrays it is that of their items."""

    optional: bool
    kind: str
    is_array: bool = False
    nullable: bool = False


Fields = Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class Channel:
    """One row of the table of channels."""

    form: str
    kind: str
    audience: str
    events: tuple[str, ...]

    def matches(self, name: str) -> bool:
        pattern = re.escape(self.form)
        for placeholder, stands_for in _PLACEHOLDERS.items():
            pattern = pattern.replace(re.escape(placeholder), stands_for)
        return re.fullmatch(pattern, name) is not None


# -- reading the document --


def sections(text: str, marks: str) -> dict[str, str]:
    """What follows each heading of this level up to the next one."""
    parts = re.split(rf"^{marks} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def table(text: str) -> list[list[str]]:
    """The cells of the first table, without its head."""
    found = re.search(r"^\|.*\|\n\|[ |-]+\|\n((?:\|.*\|\n?)*)", text, re.MULTILINE)
    rows = found[1].splitlines() if found else []
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def _fields(text: str) -> Fields:
    rows = table(text)
    fields = {name.strip("`").rstrip("?"): _field(name, kind) for name, kind, _ in rows}
    assert len(fields) == len(rows), "a field is told twice"
    return fields


def _field(name: str, kind: str) -> Field:
    found = re.fullmatch(r"(array of )?(?:object )?(?:\[(\w+)\]\(#\2\)|(\w+))( or null)?", kind)
    assert found, f"{name}: what is {kind!r}?"
    return Field("?" in name, found[2] or found[3], bool(found[1]), bool(found[4]))


def _channel(form: str, kind: str, audience: str, events: str) -> Channel:
    return Channel(form.strip("`"), kind, audience, tuple(re.findall(r"`([^`]+)`", events)))


_PARTS = sections(TEXT, "##")
CHANNELS = [_channel(*row) for row in table(_PARTS["Channels"])]
OBJECTS: Mapping[str, Fields] = {name: _fields(text) for name, text in sections(_PARTS[_OBJECTS], "###").items()}
#: group of events → event → its section.
_GROUPS = {
    title.removeprefix(_EVENTS).strip(): {
        heading.strip("`"): text for heading, text in sections(part, "###").items()
    }
    for title, part in _PARTS.items()
    if title.startswith(_EVENTS)
}
GROUPS: Mapping[str, tuple[str, ...]] = {title: tuple(group) for title, group in _GROUPS.items()}
#: What every payload has besides its own fields.
_COMMON = _fields(_PARTS["Events of channels"].partition("###")[0])
EVENTS: Mapping[str, Fields] = {
    name: {**_COMMON, **_fields(text)} for group in _GROUPS.values() for name, text in group.items()
}


def examples() -> Iterator[tuple[str, Any]]:
    """Every event with its example."""
    for group in _GROUPS.values():
        for name, text in group.items():
            for block in re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
                yield name, json.loads(block, parse_float=Decimal)


def messages() -> Iterator[tuple[str, Any]]:
    """The whole messages that the sections on ways show, by section."""
    for title, part in _PARTS.items():
        if not title.startswith(_EVENTS):
            for block in re.findall(r"^```json\n(.*?)^```", part, re.MULTILINE | re.DOTALL):
                yield title, json.loads(block, parse_float=Decimal)


def limits() -> dict[str, str]:
    return {row[0]: row[1] for row in table(_PARTS["Limits"])}


# -- checking what was heard --


def check(event: str, data: Mapping[str, Any]) -> None:
    """The payload has what its table says, and nothing else."""
    assert event in EVENTS, f"{event} is not documented"
    _check_object(EVENTS[event], data, event)


def check_streamed(message: Message, data: Mapping[str, Any]) -> None:
    """An event of a JSON stream: its payload, its channel, and an id where there shall be one."""
    check(message.type, data)
    _check_channel(message.type, data.get("channel"))
    _check_id(message.type, message.id)
    if message.type == "heartbeat":
        assert message.id == data["cursor"]


def check_message(message: Mapping[str, Any]) -> None:
    """A message of `/api/ws`, or an event in the answer to a poll."""
    event, data = message["type"], message["data"]
    assert set(message) <= {"type", "channel", "data", "id", "timestamp"}, message
    assert "channel" not in data, f"{event} tells its channel twice"
    check(event, data)
    assert message["timestamp"] == data["timestamp"]
    _check_channel(event, message.get("channel"))
    _check_id(event, message.get("id"))


def check_older(message: Mapping[str, Any]) -> None:
    """A message of the older endpoint."""
    assert set(message) == {"event", "data"}, message
    event = message["event"]
    assert "." not in event
    assert "channel" not in message["data"]
    check(event if event in EVENTS else event.replace(":", "."), message["data"])


def _check_channel(event: str, channel: str | None) -> None:
    told_on = [documented for documented in CHANNELS if event in documented.events]
    if told_on:
        assert channel is not None, f"{event} without its channel"
        assert any(documented.matches(channel) for documented in told_on), f"{event} on {channel}"
    elif event not in _ABOUT_CHANNELS:
        assert channel is None, f"{event} on {channel}"


def _check_id(event: str, id: str | None) -> None:
    """Only events of logs and heartbeats have one."""
    logged = any(event in channel.events for channel in CHANNELS if channel.kind == "log")
    if logged or event == "heartbeat":
        assert id is not None, f"{event} without an id"
        assert _CURSOR.fullmatch(id), f"{event} with the id {id}"
    else:
        assert id is None, f"{event} with the id {id}"


def _check_object(fields: Fields, data: Mapping[str, Any], where: str) -> None:
    missing = {name for name, field in fields.items() if not field.optional} - set(data)
    assert not missing, f"{where} without {sorted(missing)}"
    unknown = set(data) - set(fields)
    assert not unknown, f"{where} has undocumented {sorted(unknown)}"
    for name, value in data.items():
        _check_value(fields[name], value, f"{where}.{name}")


def _check_value(field: Field, value: Any, where: str) -> None:
    if value is None:
        assert field.nullable, f"{where} is null"
    elif field.is_array:
        assert isinstance(value, list), f"{where} is no array: {value!r}"
        for item in value:
            _check_one(field.kind, item, where)
    else:
        _check_one(field.kind, value, where)


def _check_one(kind: str, value: Any, where: str) -> None:
    if kind in OBJECTS:
        assert isinstance(value, dict), f"{where} is no object: {value!r}"
        _check_object(OBJECTS[kind], value, where)
    else:
        assert _IS[kind](value), f"{where} is no {kind}: {value!r}"


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_time(value: Any) -> bool:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


_IS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": lambda value: _is_integer(value) or isinstance(value, Decimal),
    "uuid": lambda value: isinstance(value, str) and re.fullmatch(_UUID, value) is not None,
    "time": _is_time,
    "object": lambda value: isinstance(value, dict),
}
