"""What is told while one looks at something else, and what a page sends, over cuts and closed tabs."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest_asyncio
from playwright.async_api import Page, expect

from sse_board.achievements.definition import Achievement, StreakRule
from sse_board.achievements.grant import channel_of
from sse_board.clock import iso, utc_now
from sse_board.live.events.outbox import Outbox
from sse_board.live.events.record import NewEvent
from sse_board.notifications.notify import Notice, notify
from sse_board.stores.postgres import Postgres
from sse_board.stores.redis import channel_name, connect
from tests.browser.conftest import BOARD, Visit, Visitor
from tests.browser.test_pages import SOON
from tests.support.clients import PASSWORD, Api, Player, data_of, eventually
from tests.support.servers import Stores

#: As the scripts have it: ms for which a toast is shown.
SHOWN = 8_000
BOARD_PAGE = f"/boards/{BOARD}"
FORBIDDEN = """
    for (const name of ['localStorage', 'sessionStorage'])
        Object.defineProperty(window, name, { get() { throw new DOMException('forbidden', 'SecurityError'); } });
"""
#: What a page says when the test takes its network away.
CUT = ("ERR_", "Failed to fetch")


@pytest_asyncio.fixture(scope="module")
async def outbox(stores: Stores) -> AsyncIterator[Outbox]:
    postgres, redis = Postgres(stores.database_url, size=1), connect(stores.redis_url)
    await postgres.open()
    yield Outbox(postgres, redis, channel_name(redis, "events"), lambda: None)
    await redis.aclose()
    await postgres.close()


async def come(visit: Visitor, player: Player, path: str, provoked: tuple[str, ...] = ()) -> Visit:
    """The page, for somebody who has logged in, when its stream is followed."""
    one = await visit("/login", provoked=provoked)
    await log_in(one.page, player)
    await go(one.page, path)
    return one


async def go(page: Page, path: str) -> None:
    await page.add_init_script(
        "addEventListener('connected', () => document.documentElement.dataset.told = '', true)"
    )
    await page.goto(path)
    await page.locator("html[data-told]").wait_for(timeout=SOON)


async def unread(player: Player) -> int:
    answer = data_of(await player.request("GET", "/api/v1/notifications?unread=true"))
    return int(answer["unread"])


async def test_toasts_come_and_go_and_what_is_dismissed_is_read(visit: Visitor, api: Api, stores: Stores) -> None:
    admin, me = await api.admin(stores), await api.register("Toasted")
    one, stranger = await come(visit, me, BOARD_PAGE), await visit("/")
    page, toasts = one.page, one.page.locator(".toast")
    await page.clock.install()
    await page.evaluate("localStorage.setItem('sound', 'on')")
    await page.locator("h1").click()
    await admin.announce("Doors open", priority="LOW")
    await expect(toasts).to_have_count(1, timeout=SOON)
    await expect(page.locator("html")).to_have_attribute("data-rang", "sine", timeout=2 * SOON)
    await expect(page.locator("#spoken")).to_contain_text("Announcement: Doors open")
    await expect(stranger.page.locator(".toast", has_text="Doors open")).to_have_count(1, timeout=SOON)
    await page.clock.fast_forward(SHOWN + 1_000)
    await expect(toasts).to_have_count(0)
    for number in range(5):
        await admin.announce(f"Number {number}", targetUsers=[me.id])
    await admin.announce("Leave", targetUsers=[me.id], priority="CRITICAL", type="ERROR")
    await expect(page.locator("#toasts-more")).to_have_text("and 2 more in your inbox", timeout=SOON)
    await expect(page.locator(".unread")).to_contain_text("7")
    await expect(page.locator("#alarm")).to_contain_text("Problem · critical: Leave")
    await expect(page.locator("html")).to_have_attribute("data-rang", "square", timeout=2 * SOON)
    await toasts.nth(0).hover()
    await page.clock.fast_forward(SHOWN + 1_000)
    await expect(toasts).to_have_count(4)
    await page.mouse.move(0, 0)
    await page.clock.fast_forward(SHOWN + 1_000)
    await expect(toasts).to_have_text(["Problem · criticalLeaveLeave."])
    await page.reload()
    await expect(toasts).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(toasts).to_have_count(0)
    await eventually(lambda: _is(unread(me), 6))
    await expect(page.locator(".unread")).to_contain_text("6")


async def _is(answer: Any, expected: int) -> bool:
    return bool(await answer == expected)


async def test_what_was_missed_is_told_once_and_an_achievement_celebrated_once(
    visit: Visitor, api: Api, stores: Stores, outbox: Outbox
) -> None:
    admin, me = await api.admin(stores), await api.register("Missing")
    one = await come(visit, me, BOARD_PAGE)
    page, toasts = one.page, one.page.locator(".toast")
    await admin.announce("Heard", targetUsers=[me.id])
    await expect(toasts).to_have_count(1, timeout=SOON)
    await page.get_by_role("button", name="Dismiss: Heard").click()
    await page.goto("about:blank")
    await admin.announce("Missed", targetUsers=[me.id])
    await award(outbox, me)
    await page.goto(BOARD_PAGE)
    await expect(page.locator(".notices .toast-title")).to_have_text(["Missed"], timeout=SOON)
    feat = page.locator(".masthead .feat")
    await expect(feat).to_contain_text("One week", timeout=SOON)
    await expect(feat.locator(".badge[data-kind=streak]")).to_have_count(1)
    box, board = await feat.bounding_box(), await page.locator(".board").first.bounding_box()
    assert box
    assert board
    assert box["y"] + box["height"] <= board["y"], "it covers no row"
    other = await page.context.new_page()
    await go(other, BOARD_PAGE)
    await expect(other.locator(".badge")).to_have_count(0)
    await page.evaluate(
        "sessionStorage.removeItem(Object.keys(sessionStorage).find(name => /^toasts/.test(name)))"
    )
    for title in ("One week", "Missed"):
        await page.get_by_role("button", name=f"Dismiss: {title}").click()
    await page.reload()
    await admin.announce("Newest", targetUsers=[me.id])
    await expect(page.locator(".toast-title")).to_have_text(["Newest"], timeout=SOON)


async def award(outbox: Outbox, player: Player) -> None:
    """As the worker does when somebody has earned one."""
    one = Achievement("streak-7", "One week", "7 days in a row", "*", 50, StreakRule(days=7))
    data = {"userId": player.id, "username": player.username, **one.payload()}
    async with outbox.writing() as writing:
        writing.tell(NewEvent(channel_of(player.id), "achievement.unlocked", data))
        await notify(writing, [Notice(player.id, "achievements", one.title, one.description, "SUCCESS")])


async def test_what_was_done_offline_is_sent_once_and_in_order(visit: Visitor, api: Api, stores: Stores) -> None:
    admin, me = await api.admin(stores), await api.register("Off Line")
    ids = [(await admin.announce(f"Mark {number}", targetUsers=[me.id]))["id"] for number in range(3)]
    run = data_of(await me.request("POST", "/api/v1/sessions", {"app": "typing"}), 201)["sessionId"]
    one = await come(visit, me, "/me", provoked=CUT)
    page, context = one.page, one.page.context
    await context.set_offline(True)
    for number in range(3):
        await page.locator("li.new", has_text=f"Mark {number}").get_by_role("button").click()
        await expect(page.locator("li.new")).to_have_count(2 - number)
    await expect(page.locator(".unread")).to_be_hidden()
    for wpm, key in ((40, "a"), (50, "b"), (60, "b")):
        await send_progress(page, run, wpm, key)
    await expect(page.locator("#outbox")).to_have_text("5 changes wait to be sent")
    posted = posts(page)
    await context.set_offline(False)
    await eventually(lambda: _sent(page))
    await expect(page.locator("#outbox")).to_be_hidden()
    marks = [(f"/api/v1/notifications/{id}/read", None) for id in ids]
    path = f"/api/v1/sessions/{run}/progress"
    assert posted == [*marks, (path, {"currentWpm": 40}), (path, {"currentWpm": 60})]
    assert await unread(me) == 0
    await context.set_offline(True)
    await send_progress(page, run, 70, "c")
    await page.close()
    await context.set_offline(False)
    again = await context.new_page()
    posted = posts(again)
    lost = 0

    async def lose_the_answer(route: Any) -> None:
        nonlocal lost
        lost += 1
        await route.fetch()
        await route.abort()

    await again.route("**/progress", lose_the_answer, times=1)
    await again.goto("/me")
    await eventually(lambda: _sent(again))
    assert (lost, posted) == (1, [(path, {"currentWpm": 70})] * 2), "asked for again, which says the same"
    assert await wpm_of(me) == 70


async def test_tabs_without_locks_send_one_after_another_and_say_what_was_refused(
    visit: Visitor, api: Api
) -> None:
    me = await api.register("Two Tabs")
    one = await come(visit, me, "/me", provoked=("404", "429"))
    context = one.page.context
    await context.add_init_script("Object.defineProperty(navigator, 'locks', { value: undefined })")
    pages = [one.page, await context.new_page()]
    for page in pages:
        await page.goto("/me")
        await expect(page.locator("#outbox")).to_be_hidden()
    posted, busy = posts(context), True

    async def hold(route: Any) -> None:
        nonlocal busy
        if busy:
            busy = False
            await route.fulfill(status=429, headers={"Retry-After": "1"}, body="{}")
        else:
            await route.fulfill(status=202, json={"success": True, "data": {}})

    await context.route("**/held", hold)
    for page in pages:
        await page.evaluate("for (const n of [1, 2, 3]) outbox.send('POST', '/held', { n })")
    await eventually(lambda: _sent(pages[0]))
    assert sorted(body["n"] for _, body in posted[1:]) == [1, 1, 2, 2, 3, 3], "the first was asked to wait"
    await pages[0].evaluate("outbox.send('POST', '/api/v1/sessions/0/progress', { currentWpm: 1 }, {})")
    for page in pages:
        await expect(page.locator(".toast")).to_contain_text("A change was not taken", timeout=SOON)


async def test_a_page_of_who_was_here_before_sends_nothing_for_who_is_now(
    visit: Visitor, api: Api, stores: Stores
) -> None:
    admin, me, you = await api.admin(stores), await api.register("Was Here"), await api.register("Is Here")
    for player in (me, you):
        await admin.announce("Private", targetUsers=[player.id])
    one = await come(visit, me, "/me", provoked=("401",))
    page = one.page
    await log_in(page, you)
    await page.get_by_role("button", name="Mark all as read").click()
    await expect(page.locator("#outbox")).to_have_text("1 change waits to be sent", timeout=SOON)
    await admin.announce("Yours alone", targetUsers=[you.id])
    await page.evaluate("stream.reconnect()")
    await expect(page.locator(".note")).to_contain_text("Somebody else has logged in", timeout=SOON)
    await page.evaluate(
        "document.dispatchEvent(new CustomEvent('told', "
        "{ detail: { type: 'system.announcement', data: { title: 'Seen', category: 'systemAlerts' } } }))"
    )
    await expect(page.locator("#spoken")).to_contain_text("Seen")
    assert (await unread(me), await unread(you)) == (1, 2)
    await log_in(page, me)
    again = await page.context.new_page()
    await again.goto("/me")
    await eventually(lambda: _is(unread(me), 0))
    assert await unread(you) == 2
    await expect(page.locator("body")).not_to_contain_text("Yours alone")


async def log_in(page: Page, player: Player) -> None:
    form: dict[str, str | float | bool] = {"username": player.username, "password": PASSWORD}
    await page.context.request.post("/logout")
    await page.context.request.post("/login", form=form)


async def test_a_browser_that_keeps_nothing_or_nonsense_is_told_all_the_same(
    visit: Visitor, api: Api, stores: Stores
) -> None:
    admin, one, other = await api.admin(stores), await visit("/login"), await visit("/login", provoked=("400",))
    await one.page.add_init_script(FORBIDDEN)
    await go(one.page, BOARD_PAGE)
    await other.page.evaluate("localStorage.setItem('told ', '!'); sessionStorage.setItem('toasts ', '{')")
    await go(other.page, BOARD_PAGE)

    async def goes_on() -> bool:
        return bool(await other.page.evaluate("localStorage.getItem('told ') !== '!'"))

    await eventually(goes_on)
    await admin.announce("To all")
    for page in (one.page, other.page):
        await expect(page.locator(".toast-title")).to_have_text(["To all"], timeout=SOON)


async def test_a_maintenance_shows_at_once_where_a_stream_tells_of_it(
    visit: Visitor, api: Api, stores: Stores
) -> None:
    admin, path = await api.admin(stores), "/api/v1/admin/maintenance"
    one = await visit("/")
    await expect(one.page.locator("#connection")).to_contain_text("live", timeout=SOON)
    times = {"startsAt": iso(utc_now() + timedelta(hours=1)), "endsAt": iso(utc_now() + timedelta(hours=2))}
    id = data_of(await admin.request("POST", path, {**times, "message": "New floor"}), 201)["id"]
    await expect(one.page.locator("#maintenance")).to_contain_text("New floor", timeout=SOON)
    data_of(await admin.request("DELETE", f"{path}/{id}"))
    await expect(one.page.locator("#maintenance")).to_be_empty(timeout=SOON)


async def _sent(page: Page) -> bool:
    return bool(await page.evaluate("outbox.waiting().length === 0"))


async def send_progress(page: Page, run: str, wpm: int, key: str) -> None:
    await page.evaluate(
        "([path, body, key]) => { outbox.send('POST', path, body, { key }) }",
        [f"/api/v1/sessions/{run}/progress", {"currentWpm": wpm}, key],
    )


def posts(where: Any) -> list[tuple[str, Any]]:
    """Fills itself with what a page, or a browser, posts from now on, but for renewals of the login."""
    found: list[tuple[str, Any]] = []

    def note(request: Any) -> None:
        if request.method == "POST":
            body = json.loads(request.post_data) if request.post_data else None
            found.append(("/" + request.url.split("/", 3)[3], body))

    where.on("request", note)
    return found


async def wpm_of(player: Player) -> float:
    runs = data_of(await player.request("GET", "/api/v1/sessions/live?app=typing"))["sessions"]
    return float(next(run["currentWpm"] for run in runs if run["userId"] == player.id))
