"""The accounts as two real web processes serve them."""

import time

import httpx
import pytest

from tests.accounts.pictures import data_url, png
from tests.accounts.site import registration
from tests.support.servers import Runner, Stores

AUTH = "/api/v1/auth"


@pytest.fixture(scope="module")
def servers(stores: Stores, runner: Runner) -> tuple[str, str]:
    """The addresses of two web processes on the same stores, which must outlive them (so they come first)."""
    first, second = runner.serve_two(stores)
    return first.url, second.url


def test_a_logout_on_one_process_is_known_to_the_other_within_a_second(servers: tuple[str, str]) -> None:
    here, there = servers
    data = httpx.post(f"{here}{AUTH}/register", json=registration("traveller")).json()["data"]
    bearer = {"Authorization": f"Bearer {data['accessToken']}"}
    assert httpx.get(f"{there}{AUTH}/me", headers=bearer).status_code == 200
    assert httpx.post(f"{here}{AUTH}/logout", headers=bearer).status_code == 200
    ended = time.monotonic()
    while httpx.get(f"{there}{AUTH}/me", headers=bearer).status_code == 200:
        assert time.monotonic() - ended < 1
    assert time.monotonic() - ended < 1


def test_a_browser_registers_shows_a_picture_and_leaves(servers: tuple[str, str]) -> None:
    with httpx.Client(base_url=servers[0], headers={"Accept": "text/html"}) as browser:
        assert browser.post("/register", data=registration("painter")).status_code == 303
        assert "painter" in browser.get("/").text
        answer = browser.patch(f"{AUTH}/me", json={"avatar": data_url(png())})
        assert browser.get(answer.json()["data"]["user"]["avatarUrl"]).content == png()
        assert browser.post("/logout").status_code == 303
        assert "painter" not in browser.get("/").text


def test_a_foreign_page_cannot_log_anybody_in_or_out(servers: tuple[str, str]) -> None:
    for path in ("/login", "/logout", "/register", f"{AUTH}/refresh"):
        answer = httpx.post(servers[0] + path, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
