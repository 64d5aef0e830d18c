"""Paths that lead out of the folder, and uploads that are not what they say."""

import base64
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from sse_board.web import static
from sse_board.web.static import static_routes
from tests.accounts.pictures import data_url, gif, png
from tests.support.clients import Api, Player, data_of, error_of
from tests.support.refusals import refusal_of
from tests.support.servers import WebServer
from tests.support.wire import exchange

HOST = b"Host: example.org\r\n\r\n"
#: What would be found by whoever gets out: words of files beside the folder, and of the system.
SECRETS = (b"setuptools", b"root:", b"import ", b"create table")

ESCAPES = [
    "pyproject.toml",
    "sse_board/app.py",
    "../pyproject.toml",
    "../../etc/passwd",
    "..%2fpyproject.toml",
    "%2e%2e/pyproject.toml",
    "%2e%2e%2fpyproject.toml",
    "%252e%252e%252fpyproject.toml",
    "..%5cpyproject.toml",
    "..\\pyproject.toml",
    "....//pyproject.toml",
    "..;/pyproject.toml",
    "%c0%ae%c0%ae/pyproject.toml",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "//etc/passwd",
    "%2f%2fevil.example/x",
    "\\\\evil.example\\share",
    "file:///etc/passwd",
    "style/board.css%00",
    "style/board.css%00.png",
    "style/board.css/..",
    "",
    ".",
    "vendor",
    "vendor/htmx/",
    "vendor/../../pyproject.toml",
    "x" * 5_000,
]


@pytest.mark.parametrize("folder", ["/static/", "/static/BUILD/", "/avatars/"])
@pytest.mark.parametrize("path", ESCAPES, ids=lambda path: path[:30])
def test_no_path_leads_out_of_the_folder_or_lists_it(
    servers: tuple[WebServer, WebServer], folder: str, path: str
) -> None:
    if "BUILD" in folder:
        page = httpx.get(servers[0].url).text
        folder = folder.replace("BUILD", page.partition('data-build="')[2].partition('"')[0])
    answer = exchange(servers[0].url, f"GET {folder}{path} HTTP/1.1\r\n".encode() + HOST)
    assert refusal_of(answer).kind in ((404, "NOT_FOUND"), (400, "INVALID_REQUEST"))
    assert not [secret for secret in SECRETS if secret in answer.content]


async def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, folder = tmp_path / "secret.txt", tmp_path / "static"
    folder.mkdir()
    secret.write_text("root: secret")
    (folder / "open.txt").write_text("open")
    (folder / "link.txt").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    monkeypatch.setattr(static, "STATIC", folder)
    transport = httpx.ASGITransport(Starlette(routes=static_routes("build")))
    async with httpx.AsyncClient(transport=transport, base_url="http://board.test") as client:
        for mounted in ("/static", "/static/build"):
            assert (await client.get(f"{mounted}/open.txt")).text == "open"
            for path in ("link.txt", "up/secret.txt"):
                answer = await client.get(f"{mounted}/{path}")
                assert (answer.status_code, "secret" in answer.text) == (404, False)


def test_static_files_are_what_their_names_say_and_not_sniffed(servers: tuple[WebServer, WebServer]) -> None:
    for name, media_type in (
        ("site.css", "text/css"),
        ("site.js", "text/javascript"),
        ("mark.svg", "image/svg"),
    ):
        answer = httpx.get(f"{servers[0].url}/static/{name}")
        assert answer.headers["content-type"].startswith(media_type)
        assert answer.headers["x-content-type-options"] == "nosniff"


SCRIPT = b"<script>alert(1)</script>"


@pytest.mark.parametrize(
    "avatar",
    [
        data_url(SCRIPT, "image/png"),
        data_url(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"),
        data_url(b"\xef\xbb\xbf" + png(), "image/png"),
        data_url(b"MZ" + png(), "image/png"),
        data_url(b"%PDF-1.7", "application/pdf"),
        data_url(png()[:20]),
        data_url(png(60_000, 60_000)),
        data_url(png(0, 5)),
        data_url(png() + b"x" * 33_000),
        "data:text/html;base64," + base64.b64encode(SCRIPT).decode(),
        "data:image/png," + SCRIPT.decode(),
        "javascript:alert(1)",
        "https://evil.example/tracker.png",
        "//evil.example/tracker.png",
        "/avatars/../../etc/passwd",
        "file:///etc/passwd",
    ],
    ids=lambda avatar: avatar[:40],
)
async def test_what_is_no_small_picture_is_refused(player: Player, avatar: str) -> None:
    answer = await player.request("PATCH", "/api/v1/auth/me", {"avatar": avatar})
    assert error_of(answer) == (400, "INVALID_REQUEST")
    assert list(answer.json()["error"]["details"]) == ["avatar"]


@pytest.mark.parametrize("claimed", ["image/png", "text/html", "image/svg+xml", "text/javascript"])
async def test_a_picture_is_served_as_what_it_is_and_cannot_come_alive(
    api: Api, player: Player, claimed: str
) -> None:
    """A page hidden behind a picture's first bytes, whatever the upload says that it is."""
    hidden = gif() + SCRIPT
    changed = await player.request("PATCH", "/api/v1/auth/me", {"avatar": data_url(hidden, claimed)})
    url = data_of(changed)["user"]["avatarUrl"]
    for asked in (url, url.partition("?")[0], f"{url}&x=.html"):
        picture = await api.http.get(asked, headers={"Accept": "text/html"})
        assert picture.content == hidden
        assert picture.headers["content-type"] == "image/gif"
        assert picture.headers["x-content-type-options"] == "nosniff"
        assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert not (await api.http.get(f"/avatars/{player.id}.html")).is_success
