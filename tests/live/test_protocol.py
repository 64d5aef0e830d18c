"""`docs/protocol.md` says what is so: its channels, its events, its examples and its limits."""

import re
from typing import Any

import msgspec
import pytest

from sse_board.app import Service
from sse_board.live import channels, pace, source
from sse_board.live.delivery import hub, laggards, lifetime, outlet
from sse_board.live.membership import MembershipBody
from sse_board.live.subscriptions import CONNECTION_CHANNELS
from sse_board.live.ways import commands, poll, stream, waiting
from sse_board.presence.source import PresenceSource
from sse_board.processes import web
from sse_board.scores import rank_changes
from sse_board.sessions import keeping, memory
from sse_board.sessions.channels import CompetitorsSource
from sse_board.settings import load_settings
from tests.live.conftest import Pair
from tests.support import protocol
from tests.support.clients import Api, Player, data_of
from tests.support.protocol import CHANNELS, EVENTS, GROUPS, Channel, check, check_message
from tests.support.streams import listening
from tests.tournaments.arena import arena

NOBODY = "00000000-0000-4000-8000-000000000000"
#: What each word of the table of channels means.
AUDIENCES = {
    "anyone": {"anonymous", "stranger", "owner", "admin"},
    "that user, admins": {"owner", "admin"},
    "that user": {"owner"},
    "admins": {"admin"},
}


def filled(channel: Channel, user_id: str = NOBODY, **ids: str) -> str:
    """`ids`: by the names of placeholders."""
    named = channel.form.replace("{board}", "scoreboard").replace("{userId}", user_id)
    for name in ("sessionId", "tournamentId", "gameId"):
        named = named.replace(f"{{{name}}}", ids.get(name, NOBODY))
    return named


# -- the document by itself --


@pytest.mark.parametrize(("event", "data"), list(protocol.examples()))
def test_an_example_is_as_its_table_says(event: str, data: dict[str, Any]) -> None:
    check(event, data)
    told_on = [channel for channel in CHANNELS if event in channel.events]
    assert not told_on or any(channel.matches(data["channel"]) for channel in told_on)


def test_every_event_has_an_example() -> None:
    assert {event for event, _ in protocol.examples()} == set(EVENTS)


def test_every_event_of_a_channel_has_a_table_and_no_other_has() -> None:
    assert {event for channel in CHANNELS for event in channel.events} == set(GROUPS["channels"])


def test_whole_messages_are_shown_as_they_are() -> None:
    shown = dict(protocol.messages())
    check_message(shown["WebSocket"])
    msgspec.convert(shown["Changing an open stream"], MembershipBody)


def test_every_link_within_the_document_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.+)$", protocol.TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^a-z0-9_ -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#(.+?)\)", protocol.TEXT)) <= anchors


@pytest.mark.parametrize(
    ("event", "change"),
    [
        ("nothing.known", {}),
        ("heartbeat", {"cursor": 5}),
        ("heartbeat", {"cursor": None}),
        ("heartbeat", {"extra": 1}),
        ("heartbeat", {"timestamp": "2026-11-21T01:10:44Z"}),
        ("heartbeat", {"timestamp": "2026-11-21T01:10:44.092+00:00"}),
        ("heartbeat", {"timestamp": "2026-13-21T01:10:44.092Z"}),
        ("notification", {"id": "7"}),
        ("rank.changed", {"newRank": 1.5}),
        ("rank.changed", {"newRank": True}),
        ("rank.changed", {"causedBy": {"userId": NOBODY}}),
        ("rank.changed", {"causedBy": None}),
        ("leaderboard.update", {"snapshot": 1}),
        ("leaderboard.update", {"entries": {}}),
        ("leaderboard.update", {"entries": [{"position": 1}]}),
        ("connected", {"channels": [1]}),
    ],
)
def test_a_payload_that_is_not_as_documented_is_noticed(event: str, change: dict[str, Any]) -> None:
    example: dict[str, Any] = dict(protocol.examples()).get(event, {})
    with pytest.raises(AssertionError):
        check(event, {**example, **change})


@pytest.mark.parametrize("event", list(EVENTS))
def test_a_payload_that_lacks_a_field_is_noticed(event: str) -> None:
    example = dict(protocol.examples())[event]
    for name, field in EVENTS[event].items():
        if not field.optional:
            with pytest.raises(AssertionError):
                check(event, {key: value for key, value in example.items() if key != name})


def test_every_limit_is_told_as_it_is() -> None:
    low, high = hub.RETRY_MILLISECONDS
    assert protocol.limits() == {
        "names of channels in one request": f"{channels.CHANNELS_LIMIT}",
        "channels of one connection": f"{CONNECTION_CHANNELS}",
        "rows of a board": ", ".join(map(str, source.LIMITS)),
        "unread bytes at which states skip to the newest": f"{outlet.BUDGET_BYTES}",
        "unread bytes at which an event of a log ends the connection": f"{outlet.LOG_BUDGET_BYTES}",
        "seconds in which a reader must take something": f"{laggards.STUCK_SECONDS:.0f}",
        "milliseconds of `retry:`": f"{low} to {high}",
        "the same after `busy`": f"{low * stream.BUSY_TIMES} to {high * stream.BUSY_TIMES}",
        "seconds from `auth.expiring` to `auth.expired`": f"{lifetime.EXPIRY_NOTICE_SECONDS}",
        "bytes of a message from a client": f"{commands.MESSAGE_BYTES}",
        "bytes of a message that closes the socket at once, more than": f"{web.SOCKET_MESSAGE_BYTES}",
        "messages from a client in a second": f"{commands.MESSAGES_PER_SECOND}",
        "faults that end a connection": f"{commands.FAULTS_LIMIT} in {commands.FAULT_SECONDS:.0f} s",
        "seconds between pings, and for a pong": f"{web.PING_SECONDS:.0f} and {web.PONG_SECONDS:.0f}",
        "seconds that a poll may wait": f"{poll.WAIT_LIMIT}",
        "polls that wait in one process": f"{waiting.WAITING_LIMIT}",
        "log events in the answer to a poll": f"{poll.USUAL_EVENTS}, at most {poll.MOST_EVENTS}",
        "seconds of `X-Poll-Interval`": f"{pace.LEAST_SECONDS} to {pace.MOST_SECONDS}",
        "seconds between two `rank.changed` of one board": f"{rank_changes.LEAST_SECONDS:.0f}",
        "ticks of one run that are taken in a second": f"{memory.TICKS_A_SECOND}",
        "seconds between two `session.competitors` of one run": f"{CompetitorsSource.least_seconds:.0f}",
        "seconds that a run that has ended can be listened to": f"{memory.ENDED_SECONDS}",
        "seconds of silence after which a run ends": f"{keeping.SILENT_MS // 1000}",
    }


# -- channels --


async def test_the_channels_are_those_that_the_service_has(pair: Pair) -> None:
    has = Service(load_settings(pair.stores.environment)).live.subscriptions.channels
    families = {"state": has.states, "log": has.logs}
    found = []
    for channel in CHANNELS:
        name = filled(channel)
        (family,) = [family for family in (*has.states, *has.logs) if family.owns(name)]
        assert family in families[channel.kind], f"{channel.form} is no {channel.kind}"
        assert family.is_private(name) == (channel.audience != "anyone")
        found.append(family)
    of_presence = [family for family in found if isinstance(family, PresenceSource)]
    assert len(set(found)) == len(found) - len(of_presence) + 1, "two rows for one family"
    assert set(found) == {*has.states, *has.logs}, "a family is not documented"


async def test_who_may_listen_is_as_documented(api: Api, pair: Pair, admin: Player) -> None:
    owner, stranger = await api.register(), await api.register()
    tokens = {"anonymous": "", "stranger": stranger.token, "owner": owner.token, "admin": admin.token}
    run = data_of(await owner.request("POST", "/api/v1/sessions", {"app": "typing"}), 201)["sessionId"]
    tournament = arena(pair.stores, players=2)
    tournament.start(1)
    ids = {"sessionId": run, "tournamentId": tournament.id, "gameId": tournament.games[1][0]}
    names = {filled(channel, owner.id, **ids): channel for channel in CHANNELS}
    for who, token in tokens.items():
        async with listening(api.url, ",".join(names), token=token) as one:
            granted = (await one.until_type("connected")).json["channels"]
        may = [name for name, channel in names.items() if who in AUDIENCES[channel.audience]]
        assert granted == may, who


async def test_names_stand_for_others_as_documented(api: Api) -> None:
    player = await api.register()
    own = [filled(channel, player.id) for channel in CHANNELS if "{userId}" in channel.form]
    stand_for = {"leaderboard": ["leaderboard:scoreboard"], "user:me:*": own, "user:me:score": own[:1]}
    for name, meant in stand_for.items():
        async with listening(api.url, name, token=player.token) as one:
            assert (await one.until_type("connected")).json["channels"] == meant
