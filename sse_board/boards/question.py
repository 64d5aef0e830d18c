"""What a GET of a leaderboard asks for, made of its query and `Accept` once for all who ask the same."""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from starlette.requests import Request
from starlette.types import Scope

from sse_board.boards.board import DEFAULT_BOARD
from sse_board.boards.catalog import known_slug
from sse_board.errors import InvalidRequest, Unauthorized
from sse_board.web.bodies import query_integer
from sse_board.web.headers import headers_of
from sse_board.web.negotiation import choose_face

FACES = ("json", "html", "csv", "text")
#: Rows of one answer.
ROWS_LIMIT = 100
#: A window may start this far down.
OFFSET_LIMIT = 100_000_000
#: Rows above and below a player, at the most: with the player's own they are one answer.
RADIUS_LIMIT = (ROWS_LIMIT - 1) // 2
#: Questions kept: those that pollers ask again and again …
KEPT = 1024
#: … which are short: characters of query and `Accept`.
KEPT_LENGTH = 512


@dataclass(frozen=True, slots=True)
class Question:
    """The first rows, those from `offset`, or those `around` a player, of a board in a face."""

    face: str
    slug: str
    limit: int
    offset: int
    around: str | None
    radius: int


class Questions:
    def __init__(self) -> None:
        self._known = lru_cache(KEPT)(_parse)

    def of(self, scope: Scope) -> Question:
        """Raises InvalidRequest, NotAcceptable and NotFound."""
        query, accept = scope["query_string"], _accept(scope)
        return (self._known if len(query) + len(accept) <= KEPT_LENGTH else _parse)(query, accept)


def _accept(scope: Scope) -> bytes:
    """Its lines are one list (RFC 9110 §5.3)."""
    headers = headers_of(scope)
    if len(headers) == len(scope["headers"]):
        return headers.get(b"accept", b"*/*")
    return b",".join(value for name, value in scope["headers"] if name == b"accept") or b"*/*"


def _parse(query: bytes, accept: bytes) -> Question:
    request = Request({"type": "http", "query_string": query, "headers": [(b"accept", accept)]})
    return Question(
        face=choose_face(request, FACES),
        slug=known_slug(request.query_params.get("board", DEFAULT_BOARD)),
        limit=query_integer(request, "limit", 10, 1, ROWS_LIMIT),
        offset=query_integer(request, "offset", 0, 0, OFFSET_LIMIT),
        around=request.query_params.get("around"),
        radius=query_integer(request, "radius", 5, 1, RADIUS_LIMIT),
    )


def player_meant(around: str, user_id: str | None) -> str:
    """The id of the player whom `around` means; `user_id`: of who asks. Raises Unauthorized for `me` without a
    login, InvalidRequest."""
    if around == "me":
        if user_id is None:
            raise Unauthorized("`around=me` needs a login.")
        return user_id
    try:
        return str(UUID(around))
    except ValueError:
        raise InvalidRequest("`around` must be `me` or a user id.", details={"around": "me or a UUID"}) from None
