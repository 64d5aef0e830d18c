"""Every operation of the document against a real server: whatever is sent, the answer is a documented one."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import schemathesis
from requests.auth import AuthBase
from schemathesis.checks import CheckContext, CheckFunction
from schemathesis.core.transport import Response
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import ignored_auth

from sse_board.accounts.tokens import Tokens
from sse_board.clock import utc_now
from sse_board.settings import load_settings
from sse_board.web.openapi import read_document
from tests.support.clients import Api, Player
from tests.support.servers import Stores, WebServer
from tests.tournaments.arena import arena
from tests.web.conftest import PLENTY

#: Drawn for each operation with a body, and without, beside some fifty systematic ones. The same on every run;
#: with more of them more is looked for.
EXAMPLES, FEW_EXAMPLES = 5, 2
#: These may refuse what fits their schema: a name that is taken, a time that is past, a picture that is none,
#: a user whom nobody knows, a flag or a notification that is none.
BEYOND_SCHEMAS = (
    "startRun",
    "listLiveRuns",
    "sendAction",
    "register",
    "refresh",
    "changeMe",
    "createBoard",
    "editBoard",
    "createActionType",
    "editActionType",
    "createAchievement",
    "announce",
    "listFlags",
    "getAuditLog",
    "listNotifications",
    "scheduleMaintenance",
    "listEvents",
    "createTournament",
    "editTournament",
    "addParticipant",
    "editParticipant",
    "pairRound",
    "importTournament",
)


class Admin(AuthBase):
    """Logs in and signs. Every request has the token of another login, so that logging out hurts nobody."""

    def __init__(self, player: Player, tokens: Tokens) -> None:
        self._player = player
        self._tokens = tokens
        self._generation = tokens.verify_access(player.token).generation

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        token = self._tokens.access(self._player.id, "ADMIN", str(uuid.uuid4()), self._generation, 1)
        request.headers["Authorization"] = f"Bearer {token}"
        if re.fullmatch("[0-9a-f]{64}", str(request.headers.get("X-Action-Signature"))):  # a wrong one stays wrong
            body = request.body if isinstance(request.body, bytes) else str(request.body or "").encode()
            request.headers["X-Action-Signature"] = self._player.sign(body)
        return request


@pytest.fixture(scope="module")
def server(stores: Stores, serve: Callable[..., WebServer]) -> WebServer:
    """It has the tournament of the document's examples."""
    examples = "c9a1b2de-8f0e-4c55-9d3c-0b5a6e1f7a10", "0f7c4b1a-21d2-4d0c-8f0b-6f3d3f1f0a01"
    tournament = arena(stores, players=4, system="round_robin", ids=examples)
    for number in (1, 2):
        tournament.start(number, step=number)
    return serve(stores, STREAM_LIMIT=1, **PLENTY)


@pytest.fixture(scope="module")
def _full_house(server: WebServer) -> Iterator[None]:
    """A stream on the only place: all others get the present state and end, so that even they can be looked at."""
    url = f"{server.url}/api/v1/stream?channels=leaderboard:scoreboard"
    with requests.get(url, stream=True, timeout=30) as stream:
        pieces = stream.iter_content()
        next(pieces)
        yield


@pytest.fixture(scope="module")
async def admin(server: WebServer, stores: Stores) -> Admin:
    keys = load_settings(stores.environment).jwt_keys
    async with Api(server.url) as api:
        player = await api.admin(stores)
        await player.score("task_finish")
    return Admin(player, Tokens(keys, utc_now, lambda: "a test's"))


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture(scope="module")
def description() -> BaseSchema:
    document = read_document()
    options: dict[str, Any] = {
        "generation": {"deterministic": True, "mode": "all"},
        "operations": list(map(_options, _operation_ids(document))),
    }
    return schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(options))


def _operation_ids(document: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """The name of each operation, and whether it takes a body."""
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "operationId" in operation:
                yield operation["operationId"], "requestBody" in operation


def _options(operation: tuple[str, bool]) -> dict[str, Any]:
    name, has_body = operation
    return {
        "include-operation-id": name,
        "generation": {"max-examples": EXAMPLES if has_body else FEW_EXAMPLES},
        "checks": {"positive_data_acceptance": {"enabled": name not in BEYOND_SCHEMAS}},
    }


@pytest.fixture(scope="module")
def needs_token() -> CheckFunction:
    """That who has no token is refused, once for each operation: as Schemathesis does in runs of its own."""
    shown: set[str] = set()

    def needs_token(context: CheckContext, answer: Response, case: schemathesis.Case[Any]) -> bool | None:
        context.auth_enforced_operations = shown
        return bool(ignored_auth(context, answer, case))

    return needs_token


@pytest.fixture(autouse=True)
def _node_id(request: pytest.FixtureRequest) -> None:
    """Schemathesis 4.32 looks for what pytest 9 calls otherwise."""
    request.node._nodeid = request.node.nodeid


@pytest.mark.usefixtures("_full_house")
def _answers_as_documented(
    case: schemathesis.Case[Any],
    server: WebServer,
    session: requests.Session,
    admin: Admin,
    needs_token: CheckFunction,
) -> None:
    """Statuses, types, headers and schemas of answers; wrong data, methods and tokens refused; no 500."""
    if case.query and case.query.get("wait") in range(1, 26):
        case.query["wait"] = 0  # a long poll that is right would take its time
    security = case.operation.definition.raw["security"]
    if {} in security:
        case.call_and_validate(base_url=server.url, session=session)
    if {"bearer": []} in security:
        checks: dict[str, Any] = {"excluded_checks": [ignored_auth], "additional_checks": [needs_token]}
        case.call_and_validate(base_url=server.url, session=session, auth=admin, **checks)


_operations = schemathesis.pytest.from_fixture("description")

# One test for each tag: together they would take longer than one test may on a busy machine.
test_boards = _operations.include(tag="boards").parametrize()(_answers_as_documented)
test_live = _operations.include(tag="live").parametrize()(_answers_as_documented)
test_tournaments = _operations.include(tag="tournaments").parametrize()(_answers_as_documented)
test_organising = _operations.include(tag="organising").parametrize()(_answers_as_documented)
test_scores = _operations.include(tag="scores").parametrize()(_answers_as_documented)
test_accounts = _operations.include(tag="accounts").parametrize()(_answers_as_documented)
test_notifications = _operations.include(tag="notifications").parametrize()(_answers_as_documented)
test_admin = _operations.include(tag="admin").parametrize()(_answers_as_documented)
test_about = _operations.include(tag="about").parametrize()(_answers_as_documented)


def test_every_tag_has_its_test() -> None:
    assert [name for tag in read_document()["tags"] if (name := f"test_{tag['name']}") not in globals()] == []
