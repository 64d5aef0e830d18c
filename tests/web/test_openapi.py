"""The document of the API says what is there, and is served to everybody."""

import re
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from jsonschema_rs import Draft202012Validator
from starlette.routing import Route

from sse_board.app import Service
from sse_board.errors import BoardError
from sse_board.settings import KEY_BYTES, load_settings
from sse_board.web.openapi import read_document
from tests.support.servers import WebServer

METHODS = {"get", "put", "post", "delete", "patch", "options", "trace"}

#: What programs ask for.
API = ("/api/", "/metrics")

DOCUMENT = read_document()


def routes() -> Iterator[Route]:
    """The HTTP routes of the application as it is put together for real, without pages and probes."""
    key = "test:" + b64encode(bytes(KEY_BYTES)).decode()
    stores = {"DATABASE_URL": "postgresql://nowhere", "REDIS_URL": "redis://nowhere"}
    service = Service(load_settings({"JWT_KEYS": key, "ACTION_KEYS": key, **stores}))
    return (route for route in service.routes() if isinstance(route, Route) and route.path.startswith(API))


def on_the_wire(path: str) -> str:
    """`/users/{user_id:uuid}` as clients are told: `/users/{userId}`."""
    bare = re.sub(r"\{(\w+)(:\w+)?\}", r"{\1}", path)
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), bare)


def served() -> set[tuple[str, str]]:
    return {
        (method.lower(), on_the_wire(route.path))
        for route in routes()
        for method in (route.methods or set()) - {"HEAD"}
    }


def documented() -> set[tuple[str, str]]:
    return {(method, path) for path, item in DOCUMENT["paths"].items() for method in item.keys() & METHODS}


def operations() -> list[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """(label, operation, all of its parameters)."""
    return [
        (f"{method} {path}", item[method], [*item.get("parameters", []), *item[method].get("parameters", [])])
        for path, item in DOCUMENT["paths"].items()
        for method in item.keys() & METHODS
    ]


def resolve(part: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT
    if "$ref" not in part:
        return part
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_routes_and_document_agree_both_ways() -> None:
    assert documented() == served()


def test_every_part_of_a_path_is_a_parameter_and_nothing_else_is() -> None:
    for label, _, parameters in operations():
        named = {one["name"] for one in map(resolve, parameters) if one["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", label)), label


def test_every_operation_has_a_name_of_its_own_one_tag_and_says_who_may() -> None:
    assert {tuple(operation["tags"]) for _, operation, _ in operations()} == {
        (tag["name"],) for tag in DOCUMENT["tags"]
    }
    names = [operation["operationId"] for _, operation, _ in operations()]
    assert len(names) == len(set(names))
    assert [label for label, operation, _ in operations() if not operation.get("security")] == []
    assert [label for label, operation, _ in operations() if not operation.get("summary")] == []


def test_nothing_is_referred_to_that_is_not_there_or_kept_that_nobody_refers_to() -> None:
    referred = set(references(DOCUMENT))
    kinds = ("schemas", "responses", "parameters", "headers")
    kept = {f"#/components/{kind}/{name}" for kind in kinds for name in DOCUMENT["components"][kind]}
    assert referred == kept


def test_it_is_openapi() -> None:
    schemathesis.openapi.from_dict(read_document()).validate()


def examples(part: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(place, schema, example) of every example, that of a body and that in a schema."""
    if isinstance(part, dict):
        if "example" in part and ("schema" in part or "properties" in part):
            yield place, part.get("schema", part), part["example"]
        for name, inner in part.items():
            yield from examples(inner, f"{place}/{name}")
    elif isinstance(part, list):
        for number, inner in enumerate(part):
            yield from examples(inner, f"{place}/{number}")


@pytest.mark.parametrize(
    ("schema", "example"), [pytest.param(*rest, id=place) for place, *rest in examples(DOCUMENT)]
)
def test_an_example_fits_its_schema(schema: Any, example: Any) -> None:
    whole = {"allOf": [schema], "components": DOCUMENT["components"]}
    errors = Draft202012Validator(whole, validate_formats=True).iter_errors(example)
    assert [error.message for error in errors] == []


def test_every_code_of_an_error_is_documented() -> None:
    codes = {BoardError.code, *(kind.code for kind in BoardError.__subclasses__())}
    assert codes == set(DOCUMENT["components"]["schemas"]["ErrorCode"]["enum"])


def test_the_document_is_served_to_everybody(shared_server: WebServer) -> None:
    answer = httpx.get(f"{shared_server.url}/api/openapi.json", headers={"Origin": "https://viewer.example"})
    assert answer.json() == DOCUMENT
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_who_has_the_document_is_told_that_it_has_not_changed(shared_server: WebServer) -> None:
    tag = httpx.get(f"{shared_server.url}/api/openapi.json").headers["etag"]
    again = httpx.get(f"{shared_server.url}/api/openapi.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
