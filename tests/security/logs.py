"""The log of a server, as a program reads it."""

import json
from typing import Any

from tests.support.servers import WebServer


def log_of(server: WebServer) -> list[dict[str, Any]]:
    """Every line but the first, which is for people, is one JSON object. Raises ValueError."""
    lines = [json.loads(line) for line in server.log_text().split("\n")[1:] if line]
    assert all({"event", "level", "timestamp"} <= set(line) for line in lines)
    return lines
