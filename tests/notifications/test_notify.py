"""A notification is kept and told as its user's preferences say, with the transaction that it speaks of."""

import uuid
from dataclasses import replace
from functools import partial

import psycopg
import pytest
from psycopg.types.json import Jsonb

from sse_board.notifications.notify import Notice, notify
from sse_board.notifications.preferences import hidden
from tests.notifications.conftest import Site
from tests.support.clients import Player
from tests.support.streams import Stream, listening


def prefer(site: Site, player: Player, **settings: bool) -> None:
    with psycopg.connect(site.stores.database_url, autocommit=True) as database:
        database.execute("insert into preferences values (%s, %s)", [player.id, Jsonb(settings)])


def kept(site: Site, player: Player) -> list[str]:
    with psycopg.connect(site.stores.database_url) as database:
        rows = database.execute("select title from notices where user_id = %s order by created_at", [player.id])
        return [row[0] for row in rows]


async def tell(site: Site, *notices: Notice) -> None:
    async with site.outbox.writing() as writing:
        await notify(writing, notices)


def titles(stream: Stream) -> list[str]:
    return [message.json["title"] for message in stream.of_type("notification")]


def has_heard(stream: Stream, title: str) -> bool:
    return title in titles(stream)


async def test_preferences_decide_what_is_kept_and_what_is_told(site: Site) -> None:
    usual, picky, quiet = [await site.api.register() for _ in range(3)]
    prefer(site, picky, achievements=False, showOnline=False)
    prefer(site, quiet, realTimeNotifications=False)
    stranger = str(uuid.uuid4())
    notices = (
        Notice("", "achievements", "award", "x", "SUCCESS", link="/players/1"),
        Notice("", "gameResults", "game", "x", priority="LOW"),
        Notice("", "achievements", "urgent award", "x", priority="CRITICAL"),
    )
    everything = [notice.title for notice in notices]
    url, channel = site.server.url, "user:me:notifications"
    async with (
        listening(url, channel, token=usual.token) as heard,
        listening(url, channel, token=picky.token) as some,
        listening(url, channel, token=quiet.token) as last,
    ):
        for stream in (heard, some, last):
            await stream.until_type("connected")
        users = (usual.id, picky.id, quiet.id, stranger)
        await tell(site, *(replace(notice, user_id=user) for user in users for notice in notices))
        for stream in (heard, some, last):
            await stream.until(partial(has_heard, stream, everything[-1]))
        assert titles(heard) == everything
        assert heard.of_type("notification")[0].json["link"] == "/players/1"
        assert "link" not in heard.of_type("notification")[1].json
        assert titles(some) == everything[1:]
        assert titles(last) == everything[2:]
    assert kept(site, usual) == kept(site, quiet) == everything
    assert kept(site, picky) == everything[1:]
    assert await hidden(site.postgres, [usual.id, picky.id, stranger]) == {picky.id}


async def test_what_is_rolled_back_notifies_nobody(site: Site) -> None:
    player = await site.api.register()

    async def half_done() -> None:
        async with site.outbox.writing() as writing:
            await notify(writing, [Notice(player.id, "gameResults", "Won", "You won.")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half_done()
    assert kept(site, player) == []
