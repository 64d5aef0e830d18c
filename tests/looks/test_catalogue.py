"""Nobody makes a page that nobody looks at."""

from base64 import b64encode
from collections import defaultdict
from uuid import UUID

from starlette.routing import Match, Route

from sse_board.app import Service
from sse_board.settings import KEY_BYTES, load_settings
from tests.looks.catalogue import PAGES, PARTS

#: What programs ask for.
NO_PAGES = ("/api/", "/metrics", "/livez", "/readyz", "/avatars/", "/static")
ANY = str(UUID(int=0, version=4))


def page_routes() -> list[Route]:
    key = "test:" + b64encode(bytes(KEY_BYTES)).decode()
    stores = {"DATABASE_URL": "postgresql://nowhere", "REDIS_URL": "redis://nowhere"}
    service = Service(load_settings({"JWT_KEYS": key, "ACTION_KEYS": key, **stores}))
    routes = [route for route in service.routes() if isinstance(route, Route) and "GET" in (route.methods or ())]
    return [route for route in routes if not route.path.startswith(NO_PAGES) and not route.path.endswith(PARTS)]


def matches(route: Route, path: str) -> bool:
    filled = path.partition("?")[0].format_map(defaultdict(lambda: ANY))
    return route.matches({"type": "http", "method": "GET", "path": filled, "headers": []})[0] is Match.FULL


def test_every_page_is_in_the_list() -> None:
    listed = [page.path for page in PAGES]
    missing = [route.path for route in page_routes() if not any(matches(route, path) for path in listed)]
    assert page_routes()
    assert not missing, "put them into tests/looks/catalogue.py, which is looked at as a whole"


def test_every_page_has_a_name_of_its_own() -> None:
    assert len({page.name for page in PAGES}) == len(PAGES)
