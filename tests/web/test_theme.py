"""Which colours a reader chose, and where the form of that choice leads."""

import httpx
import pytest

from sse_board.web.theme import COOKIE, way_back
from tests.support.servers import WebServer

HOST = "board.example:8000"


@pytest.mark.parametrize(
    ("referer", "target"),
    [
        (f"http://{HOST}/boards/a?page=2", "/boards/a?page=2"),
        (f"http://{HOST.upper()}/me", "/me"),
        (f"http://{HOST}", "/"),
        ("", "/"),
        ("http://elsewhere.example/boards/a", "/"),
        (f"http://{HOST}//elsewhere.example", "/"),
        (f"http://{HOST}/\\elsewhere.example", "/"),
        (f"http://user@{HOST}/boards/a", "/"),
        ("http://[/boards", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_the_form_leads_back_to_a_page_of_this_site(referer: str, target: str) -> None:
    assert way_back(referer, HOST) == target


def test_a_choice_is_remembered_and_linked_without_script(http: httpx.Client, shared_server: WebServer) -> None:
    came = {"Referer": f"{shared_server.url}/boards/scoreboard"}
    chosen = http.post("/theme", data={"theme": "dark"}, headers=came)
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/boards/scoreboard")
    assert chosen.cookies[COOKIE] == "dark"
    linked = {"dark": "all", "light": "not all", "sepia": "(prefers-color-scheme: dark)"}
    for theme, media in linked.items():
        page = http.get("/login", headers={"Cookie": f"{COOKIE}={theme}"})
        assert f'night.css" media="{media}"' in page.text


@pytest.mark.parametrize("form", [{"theme": "sepia"}, {}])
def test_another_theme_is_refused(http: httpx.Client, form: dict[str, str]) -> None:
    assert http.post("/theme", data=form).status_code == 400


def test_a_form_of_endless_fields_is_refused(http: httpx.Client) -> None:
    assert http.post("/theme", data={f"field-{number}": "x" for number in range(50)}).status_code == 400
