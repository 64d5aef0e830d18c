"""Follows one board with a library from PyPI: `python follow.py httpx-sse|sseclient-py URL LIMIT`.

Prints a line of JSON for each thing that happens; javascript/follow.mjs prints the same.
"""

import json
import sys
from collections.abc import Iterator
from typing import Any

import httpx
from httpx_sse import connect_sse
from sseclient import SSEClient

#: (type, data) of each event.
Events = Iterator[tuple[str, str]]


def httpx_sse(url: str) -> Events:
    with httpx.Client(timeout=None, trust_env=False) as client, connect_sse(client, "GET", url) as source:
        for event in source.iter_sse():
            yield event.event, event.data


def sseclient_py(url: str) -> Events:
    with httpx.stream("GET", url, timeout=None, trust_env=False) as response:
        for event in SSEClient(response.iter_bytes()).events():
            yield event.event, event.data


def follow(events: Events, limit: int) -> None:
    rows: dict[int, Any] = {}
    for kind, data in events:
        if kind != "leaderboard.update":
            continue
        update = json.loads(data)
        if update["snapshot"]:
            rows.clear()
        rows.update({entry["position"]: entry for entry in update["entries"]})
        shown = range(1, min(limit, update["total"]) + 1)
        rows = {position: rows[position] for position in shown}
        board = {"leaderboard": list(rows.values()), "total": update["total"], "version": update["version"]}
        print(json.dumps({"board": board}), flush=True)


if __name__ == "__main__":
    libraries = {"httpx-sse": httpx_sse, "sseclient-py": sseclient_py}
    follow(libraries[sys.argv[1]](sys.argv[2]), int(sys.argv[3]))
