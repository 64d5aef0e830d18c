"""What a refusal looks like, and that it left nothing behind."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
from hypothesis import settings
from psycopg import sql

from tests.support.clients import parse

#: Everything that a request may write.
TABLES = (
    "actions",
    "action_types",
    "audit",
    "avatars",
    "boards",
    "commits",
    "entries",
    "flags",
    "logins",
    "refresh_tokens",
    "revocations",
    "runs",
    "users",
)
#: Words that only the inside of the service uses.
INSIDE = ("Traceback", "psycopg", "msgspec", "redis.", 'File "', "sse_board/")


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> tuple[int, str]:
        return self.status, self.code


def refusal_of(answer: httpx.Response) -> Refusal:
    """The refusal in an answer, which must be in the envelope and nothing but that."""
    body = parse(answer.content)
    error = body["error"]
    assert (set(body), body["success"]) == ({"success", "error"}, False)
    assert set(error) - {"details"} == {"code", "message", "requestId"}
    assert answer.headers["content-type"] == "application/json"
    assert error["requestId"] == answer.headers["x-request-id"]
    assert error["message"].endswith((".", "…")), "a sentence for people"
    assert not [word for word in INSIDE if word in answer.text]
    return Refusal(answer.status_code, error["code"], error["message"], error.get("details", {}))


def steady(examples: int) -> settings:
    """Hypothesis with the same examples on every run: what fails by chance is not looked at."""
    return settings(max_examples=examples, derandomize=True, deadline=None, database=None)


def taken_or_refused(database: psycopg.Connection, send: Callable[[], httpx.Response]) -> httpx.Response:
    """The answer: no fault of the server, and when it is a refusal, then one that left nothing behind."""
    before = contents(database)
    answer = send()
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        refusal_of(answer)
        assert contents(database) == before
    return answer


@contextlib.contextmanager
def unchanged(database: psycopg.Connection) -> Iterator[None]:
    """Fails when what runs inside has written anything."""
    before = contents(database)
    yield
    assert contents(database) == before


def contents(database: psycopg.Connection) -> dict[str, Any]:
    """A digest of each table."""
    one = sql.SQL("select {}, md5(string_agg(t::text, '|' order by t::text)) from {} t")
    parts = [one.format(sql.Literal(name), sql.Identifier(name)) for name in TABLES]
    return dict(database.execute(sql.SQL(" union all ").join(parts)).fetchall())
