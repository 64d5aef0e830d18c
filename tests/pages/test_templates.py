import json
from collections import Counter
from typing import Any

import pytest

from sse_board.web.bundles import SCRIPTS
from sse_board.web.following import followed
from sse_board.web.templates import STATIC, Templates
from sse_board.web.theme import COOKIE
from tests.pages.markup import Markup, Tag
from tests.pages.samples import HOSTILE, IDS, contexts, empty_panel, entry, panel

TEMPLATES = Templates()
CONTEXTS = contexts()
every_template = pytest.mark.parametrize("state", CONTEXTS)
LIVE = (
    *("home", "board", "empty board", "activity", "empty activity", "tournament", "tournaments"),
    *("player", "new player", "runs", "no runs", "run"),
)
HTMX_ATTRIBUTES = {"data-hx-sse:connect", "data-hx-trigger", "data-hx-swap", "data-hx-target", "data-hx-get"}
REFERENCES = ("for", "aria-labelledby", "aria-describedby")


def rendered(state: str) -> Markup:
    template, context = CONTEXTS[state]
    return Markup(TEMPLATES.render(template, **context))


def fragment(**changes: Any) -> Markup:
    return Markup(TEMPLATES.render("fragments/board.html", panel=panel(**changes)))


def cells(markup: Markup, name: str) -> list[Tag]:
    return [tag for tag in markup.with_class(name) if "tbody" in tag.parents]


@every_template
def test_what_people_typed_never_becomes_markup(state: str) -> None:
    template, context = CONTEXTS[state]
    assert "<script>alert" not in TEMPLATES.render(template, **context)
    scripts = rendered(state).named("script")
    assert all(tag.attributes["src"].startswith("/static/") and not tag.text for tag in scripts)


@every_template
def test_nothing_is_inline_that_the_content_security_policy_forbids(state: str) -> None:
    for tag in rendered(state).tags:
        assert tag.name != "style"
        assert not [name for name in tag.attributes if name == "style" or name.startswith("on")]
        assert not tag.attributes.get("href", "").lower().startswith("javascript:")


@every_template
def test_ids_are_unique_and_references_lead_somewhere(state: str) -> None:
    tags = rendered(state).tags
    ids = Counter(tag.attributes["id"] for tag in tags if "id" in tag.attributes)
    assert not [name for name, count in ids.items() if count > 1]
    wanted = {name for tag in tags for key in REFERENCES for name in tag.attributes.get(key, "").split()}
    assert wanted <= set(ids)


@every_template
def test_htmx_attributes_are_known_and_written_as_data_attributes(state: str) -> None:
    names = {name for tag in rendered(state).tags for name in tag.attributes}
    assert not [name for name in names if name.startswith("hx-")]
    assert {name for name in names if name.startswith("data-hx-")} <= HTMX_ATTRIBUTES


#: Files that are joined from others when the service starts.
BUNDLES = ("site.css", "wall.css", "admin.css", "site.js", "wall.js", "htmx.js")


@every_template
def test_static_files_that_are_named_exist(state: str) -> None:
    prefix = TEMPLATES.static("")
    addresses = [tag.attributes.get(key, "") for tag in rendered(state).tags for key in ("src", "href")]
    ours = [address for address in addresses if address.startswith("/static/")]
    named = [address.removeprefix(prefix).partition("#")[0] for address in ours]
    assert all(name in BUNDLES or (STATIC / name).is_file() for name in named)


@pytest.mark.parametrize(
    "state", [state for state in CONTEXTS if "fragment" not in state and "frame" not in state]
)
def test_a_page_has_one_title_one_main_and_one_first_heading(state: str) -> None:
    page = rendered(state)
    assert [len(page.named(name)) for name in ("title", "main", "h1")] == [1, 1, 1]
    assert page.named("html")[0].attributes["lang"] == "en"


@pytest.mark.parametrize("state", LIVE)
def test_a_live_page_follows_one_stream_and_reloads_without_script(state: str) -> None:
    page = rendered(state)
    (stream,) = [tag for tag in page.tags if "data-hx-sse:connect" in tag.attributes]
    asked, viewer = (CONTEXTS[state][1][name] for name in ("stream_url", "viewer"))
    assert stream.attributes["data-hx-sse:connect"] == followed(asked, viewer)
    (refresh,) = [tag for tag in page.named("meta") if tag.attributes.get("http-equiv") == "refresh"]
    assert refresh.parents[-2:] == ("head", "noscript")


@pytest.mark.parametrize(
    "state",
    ["login", "register", "error", "ended run", "round", "older tournaments"],
)
def test_other_pages_neither_stream_nor_reload(state: str) -> None:
    template, context = CONTEXTS[state]
    page = TEMPLATES.render(template, **context)
    assert "data-hx-" not in page
    assert "http-equiv" not in page
    assert "<script" not in page


@pytest.mark.parametrize("state", ["older activity", "cross-table", "tournament's player", "desk, players"])
def test_a_page_that_stands_still_follows_what_is_told_and_nothing_else(state: str) -> None:
    page = rendered(state)
    (stream,) = [tag for tag in page.tags if "data-hx-sse:connect" in tag.attributes]
    assert stream.attributes["data-hx-sse:connect"] == followed("", CONTEXTS[state][1]["viewer"])
    assert not [
        tag for tag in page.tags if tag.attributes.get("http-equiv") == "refresh" or "data-poll" in tag.attributes
    ]


@pytest.mark.parametrize("state", ["wall of standings", "wall of pairings"])
def test_a_wall_hears_of_nothing_but_its_own_channels(state: str) -> None:
    (stream,) = [tag for tag in rendered(state).tags if "data-hx-sse:connect" in tag.attributes]
    assert "system" not in stream.attributes["data-hx-sse:connect"]
    assert not rendered(state).with_class("outbox")


def test_a_page_without_boards_asks_for_no_stream() -> None:
    assert not [tag for tag in rendered("home without boards").tags if tag.attributes.get("id") == "stream"]


def test_the_htmx_configuration_is_json_and_keeps_error_bodies_off_the_page() -> None:
    (meta,) = [tag for tag in rendered("home").named("meta") if tag.attributes.get("name") == "htmx-config"]
    assert json.loads(meta.attributes["content"])["noSwap"] == [204, 304, "4xx", "5xx"]


def test_scripts_listen_before_htmx_begins_in_the_order_of_what_they_use_and_never_block() -> None:
    scripts = rendered("home").named("script")
    files = [tag.attributes["src"].rsplit("/", 1)[1] for tag in scripts]
    assert files == ["watchdog.js", "site.js", "htmx.js"]
    assert SCRIPTS.index("seats") < SCRIPTS.index("stream") < SCRIPTS.index("connection") < SCRIPTS.index("board")
    assert all("defer" in tag.attributes for tag in scripts)


def test_the_page_is_painted_from_the_very_fragment() -> None:
    sample = panel()
    body = TEMPLATES.render("fragments/board.html", panel=sample)
    page = TEMPLATES.render("home.html", viewer=None, panels=[sample], stream_url="/api/v1/stream")
    assert body in page
    assert body in TEMPLATES.render("fragments/frame.html", panel=sample)


def test_a_frame_names_the_board_that_it_morphs() -> None:
    partial = rendered("frame").tags[0]
    assert partial.name == "hx-partial"
    assert partial.attributes == {"data-hx-target": "#board-scoreboard", "data-hx-swap": "outerMorph"}


def test_a_board_says_its_version_its_channel_and_where_to_poll_it() -> None:
    section = fragment().by_id("board-scoreboard")
    assert section.attributes["data-version"] == "1-42"
    assert section.attributes["data-channel"] == "leaderboard:scoreboard"
    expected = "/api/v1/scores/leaderboard?board=scoreboard&limit=10&format=html"
    assert section.attributes["data-poll"] == expected


def test_a_board_is_a_table_with_caption_and_headings() -> None:
    board = fragment()
    headings = board.named("th")
    assert len(board.named("caption")) == 1
    assert [tag.attributes["scope"] for tag in headings] == ["col"] * 5 + ["row"] * 3


def test_rows_stand_in_rank_order_with_an_id_per_player() -> None:
    rows = [tag for tag in fragment().named("tr") if "tbody" in tag.parents]
    assert [tag.attributes["data-rank"] for tag in rows] == ["1", "2", "3"]
    assert [tag.attributes["id"] for tag in rows] == [f"entry-scoreboard-{user}" for user in IDS]


def test_shared_ranks_are_shown_as_they_are() -> None:
    tied = fragment(entries=[entry(1), entry(2, rank=1), entry(3)])
    assert [tag.text for tag in cells(tied, "rank")] == ["1", "1", "3"]


def test_movement_is_said_in_words() -> None:
    assert [tag.text for tag in cells(fragment(), "move")] == ["up 2, in an hour -12/h", "down 1", ""]


def test_a_name_is_shown_as_typed() -> None:
    assert HOSTILE in [tag.text for tag in fragment().named("bdi")]


def test_an_empty_board_says_so() -> None:
    board = Markup(TEMPLATES.render("fragments/board.html", panel=empty_panel()))
    assert [tag.text for tag in board.with_class("nothing")] == ["No scores yet. The first one takes the lead."]
    assert not board.named("time")


def test_a_board_without_unit_shows_scores() -> None:
    sample = panel()
    sample.board.unit = ""
    board = Markup(TEMPLATES.render("fragments/board.html", panel=sample))
    assert "Score" in [tag.text for tag in board.named("th")]


def test_a_page_marks_the_readers_own_row_and_a_fragment_nobodys() -> None:
    own = [tag.attributes["data-user"] for tag in rendered("board").tags if "data-own" in tag.attributes]
    assert own == [IDS[1]]
    assert not [tag for tag in rendered("fragment").tags if "data-own" in tag.attributes]


def test_a_refused_form_keeps_the_input_but_never_the_password() -> None:
    form = rendered("register, refused")
    assert form.by_id("username").attributes["value"] == HOSTILE
    assert form.by_id("username").attributes["aria-invalid"] == "true"
    assert "value" not in form.by_id("password").attributes


def test_logging_out_is_a_post() -> None:
    forms = rendered("home").named("form")
    assert [form.attributes["method"] for form in forms if form.attributes["action"] == "/logout"] == ["post"]


def test_the_colours_that_the_reader_chose_are_linked_and_said() -> None:
    templates = Templates()
    templates.themes.note({"type": "http", "headers": [(b"cookie", COOKIE.encode() + b"=dark")]})
    page = Markup(templates.render("home.html", **CONTEXTS["home"][1]))
    (night,) = [tag for tag in page.named("link") if tag.attributes["href"].endswith("/night.css")]
    assert night.attributes["media"] == "all"
    pressed = [tag.text for tag in page.named("button") if "aria-pressed" in tag.attributes]
    assert pressed == ["Dark"]


@pytest.mark.parametrize(
    ("state", "is_woken"), [("desk", True), ("desk, to pair", False), ("desk, pairing", False)]
)
def test_a_desk_whose_pairing_may_begin_without_an_event_is_polled_all_the_time(
    state: str, is_woken: bool
) -> None:
    (part,) = rendered(state).with_class("desk-part")
    assert ("data-woken" in part.attributes) is is_woken
