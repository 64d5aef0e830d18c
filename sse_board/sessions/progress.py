"""`POST /api/v1/sessions/{id}/progress`: how a run goes, live only. No tick reaches PostgreSQL."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from redis import RedisError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sse_board.errors import BoardError, Conflict, Forbidden, InvalidRequest, NotFound, Unavailable
from sse_board.gathering import Gathered
from sse_board.sessions.finding import UNKNOWN, Finder, canonical
from sse_board.sessions.memory import TICKS_A_SECOND, LiveRuns, Tick
from sse_board.sessions.runs import OPEN_RUNS
from sse_board.web.answers import encode, ok, request_id
from sse_board.web.bodies import decode, require_json, set_fields
from sse_board.web.direct import Posted
from sse_board.web.headers import headers_of
from sse_board.web.identity import Authenticator, Identity, require_user
from sse_board.web.limits import RequestCount, limited

PATH = "/api/v1/sessions/{session_id}/progress"
#: Ticks that come within this go to Redis together: seconds. A call costs this process as much as ten ticks, and
#: nobody sees ten milliseconds.
TOGETHER_SECONDS = 0.01
#: Ticks a minute of one player in one process, refused ones included: what the open runs of a player may tell, and
#: as much again. Progress is outside the limit of requests, but must not be a way around all limits.
TICKS_A_MINUTE = 2 * OPEN_RUNS * TICKS_A_SECOND * 60
#: Whole scores are exact below this, here as on boards.
SCORE_LIMIT = 2**53
#: Digits behind the point that are kept of a number.
DECIMALS = 3

Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]
_UNSET = msgspec.UNSET


class ProgressBody(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What is told; `progress` in %, as everything else that is a share."""

    current_wpm: Annotated[float, msgspec.Meta(ge=0, le=300)] | msgspec.UnsetType = _UNSET
    current_accuracy: Percent | msgspec.UnsetType = _UNSET
    current_score: Annotated[float, msgspec.Meta(gt=-SCORE_LIMIT, lt=SCORE_LIMIT)] | msgspec.UnsetType = _UNSET
    progress: Percent | msgspec.UnsetType = _UNSET


#: Attribute → name on the wire.
_NAMES = dict(zip(ProgressBody.__struct_fields__, ProgressBody.__struct_encode_fields__, strict=True))


def read_values(body: bytes) -> tuple[tuple[str, str], ...]:
    """(field, number as text) for each that is told. Raises InvalidRequest."""
    told = set_fields(decode(body, ProgressBody))
    if not told:
        raise InvalidRequest("Tell at least one number.", details={"body": f"one of {', '.join(_NAMES.values())}"})
    return tuple((_NAMES[name], _text(value)) for name, value in told.items())


def _text(value: float) -> str:
    rounded = round(value, DECIMALS)
    return str(int(rounded)) if rounded.is_integer() else repr(rounded)


class Progress:
    """Ticks of all players, on their way into Redis."""

    def __init__(self, live: LiveRuns, finder: Finder, authenticator: Authenticator) -> None:
        self._finder = finder
        self._authenticator = authenticator
        self._ticks = Gathered(live.tick, pause=TOGETHER_SECONDS)
        self._count = RequestCount(TICKS_A_MINUTE)

    def routes(self) -> list[Route]:
        return [Route(PATH, self.progress, methods=["POST"])]

    async def progress(self, request: Request) -> Response:
        """For browsers and whoever else does not come on the short way (`web.direct`)."""
        identity = require_user(self._authenticator, request)
        headers, name = headers_of(request.scope), request.path_params["session_id"]
        return ok(await self.tell(Posted(identity, headers, await request.body(), request_id(request), name)), 202)

    async def tell(self, posted: Posted) -> dict[str, Any]:
        """The data of the 202: it is in Redis. Raises BoardError."""
        if not self._count.admits({}, posted.identity):
            raise self._count.refusal({}, posted.identity)
        require_json(posted.headers)
        await self._tell(posted.name, posted.identity, posted.body)
        return {"accepted": True}

    async def tell_fields(self, run_id: str, identity: Identity, fields: Mapping[str, float]) -> None:
        """The same from a form. Raises BoardError."""
        if not self._count.admits({}, identity):
            raise self._count.refusal({}, identity)
        await self._tell(run_id, identity, encode(fields))

    async def _tell(self, run_id: str, identity: Identity, body: bytes) -> None:
        tick = Tick(canonical(run_id), identity.user_id, read_values(body))
        try:
            await self._take(tick)
        except RedisError as error:
            raise Unavailable("Live metrics cannot be kept at the moment; the run goes on.") from error

    async def _take(self, tick: Tick) -> None:
        status = await self._ticks(tick)
        if status == "missing":
            run = await self._finder.recall(tick.run_id)
            if run is None:
                raise NotFound(UNKNOWN)
            status = "ended" if run.ended is not None else await self._ticks(tick)
        if status != "taken":
            raise _refusal(status)


def _refusal(status: str) -> BoardError:
    if status == "limited":
        return limited("progress", TICKS_A_SECOND, 1, 1, f"A run takes {TICKS_A_SECOND} ticks a second.")
    if status == "forbidden":
        return Forbidden("This is somebody else's run.")
    if status == "ended":
        return Conflict("This run has ended.")
    return Unavailable("Live metrics cannot be kept at the moment; the run goes on.")
