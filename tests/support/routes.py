"""Every route that takes a JSON body, and who may send it one."""

import json
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.clients import PASSWORD, Player


@dataclass(frozen=True, slots=True)
class Route:
    """One that takes a JSON body; `who` sends it, `good` is a body that it would take."""

    method: str
    path: str
    who: str
    good: dict[str, Any]


ROUTES = {
    "register": Route(
        "POST",
        "/api/v1/auth/register",
        "nobody",
        {"username": "Newcomer", "email": "new@example.org", "password": PASSWORD, "timeZone": "UTC"},
    ),
    "login": Route("POST", "/api/v1/auth/login", "nobody", {"username": "Nobody Known", "password": "wrong"}),
    "refresh": Route("POST", "/api/v1/auth/refresh", "nobody", {"refreshToken": "unknown"}),
    "me": Route("PATCH", "/api/v1/auth/me", "player", {"timeZone": "UTC", "avatar": None, "password": PASSWORD}),
    "session": Route("POST", "/api/v1/sessions", "player", {"app": "typing"}),
    "progress": Route(
        "POST",
        "/api/v1/sessions/00000000-0000-4000-8000-000000000000/progress",
        "player",
        {"currentWpm": 60.5, "currentAccuracy": 98, "currentScore": 7, "progress": 40},
    ),
    "new board": Route(
        "POST",
        "/api/v1/admin/boards",
        "admin",
        {
            "slug": "bad_input",
            "title": "A board",
            "unit": "points",
            "policy": "sum",
            "direction": "desc",
            "decimals": 0,
            "ties": "first",
        },
    ),
    "board": Route("PATCH", "/api/v1/admin/boards/overall", "admin", {"title": "All", "unit": "", "decimals": 0}),
    "new type": Route(
        "POST",
        "/api/v1/admin/action-types",
        "admin",
        {
            "slug": "bad_type",
            "points": {"field": "points", "min": 0, "max": 1},
            "boards": [{"board": "overall", "field": "points"}],
            "bounds": {"points": {"min": 0, "max": 1}},
            "cooldownSeconds": 0,
            "dailyCap": 1,
            "requiresSession": False,
        },
    ),
    "type": Route(
        "PATCH", "/api/v1/admin/action-types/task_finish", "admin", {"points": {"fixed": 10}, "dailyCap": None}
    ),
    "user": Route(
        "PATCH",
        "/api/v1/admin/users/00000000-0000-4000-8000-000000000000",
        "admin",
        {"role": "VIEWER", "blocked": True},
    ),
    "flag": Route(
        "POST",
        "/api/v1/admin/flags/00000000-0000-4000-8000-000000000000/resolve",
        "admin",
        {"resolution": "dismissed", "note": "All is well."},
    ),
    "void": Route(
        "POST",
        "/api/v1/admin/actions/unknown/void",
        "admin",
        {"userId": "00000000-0000-4000-8000-000000000000", "reason": "A script."},
    ),
}


class Sender:
    def __init__(self, http: httpx.Client, people: dict[str, Player]) -> None:
        self._http = http
        self._people = people

    def send(self, route: Route, body: bytes, **headers: str) -> httpx.Response:
        bearer = self._people[route.who].bearer if route.who in self._people else {}
        all_headers = {"Content-Type": "application/json", **bearer, **headers}
        return self._http.request(route.method, route.path, content=body, headers=all_headers)


def encoded(body: Any) -> bytes:
    """Half characters stay half, as `\\ud800`."""
    return json.dumps(body).encode()
