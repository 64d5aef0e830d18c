"""Asking the process that holds a connection, whichever it is, by Redis."""

import asyncio
import time
import uuid
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from redis import RedisError
from redis.asyncio import Redis

from sse_board.errors import BoardError, Forbidden, InvalidRequest, NotFound, Unavailable
from sse_board.web.answers import encode

_log = structlog.get_logger()

#: How long the other process may take to answer: seconds.
ANSWER_SECONDS = 2.0
#: When a process that does not listen is asked once more: longer than its pause before it connects again. Seconds.
AGAIN_SECONDS = 0.8
#: For so long nobody waits again for a process that did not listen even then: seconds. It is asked all the same.
GONE_SECONDS = 30.0
#: Processes that are remembered as gone: any client can name one that never was.
GONE_LIMIT = 1_000

Handle = Callable[[Any], Awaitable[Any]]


class Remote:
    """`handle` answers what others ask this process; what it raises is raised where it was asked.

    `channel_of(kind, process)` names the Redis channels, so that installations that share a Redis do not meet.
    """

    def __init__(self, redis: Redis, process: str, channel_of: Callable[[str, str], str], handle: Handle) -> None:
        self._redis = redis
        self._channel_of = channel_of
        self._handle = handle
        self._asked: dict[str, asyncio.Future[Any]] = {}
        self._answering: set[asyncio.Task[None]] = set()
        #: Until when whom not to wait for.
        self._gone: OrderedDict[str, float] = OrderedDict()
        #: Where questions and answers for this process come in.
        self.questions = channel_of("ask", process)
        self.answers = channel_of("answer", process)

    async def ask(self, process: str, question: Any) -> Any:
        """Raises what the other process does; NotFound when there is none, Unavailable without Redis."""
        number = uuid.uuid4().hex
        future = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            message = encode([number, self.answers, question])
            if not await self._is_heard(process, message):
                raise NotFound("There is no live stream of that id.")
            async with asyncio.timeout(ANSWER_SECONDS):
                return await future
        except (RedisError, TimeoutError) as error:
            raise Unavailable("The process that holds this stream cannot be reached.") from error
        finally:
            del self._asked[number]

    async def _is_heard(self, process: str, message: bytes) -> bool:
        """A process that lost its connection to Redis is back in a moment; one that was not is gone."""
        channel = self._channel_of("ask", process)
        if await self._redis.publish(channel, message):
            return True
        if time.monotonic() < self._gone.get(process, 0.0):
            return False
        await asyncio.sleep(AGAIN_SECONDS)
        if await self._redis.publish(channel, message):
            return True
        self._remember_gone(process)
        return False

    def _remember_gone(self, process: str) -> None:
        self._gone[process] = time.monotonic() + GONE_SECONDS
        self._gone.move_to_end(process)
        if len(self._gone) > GONE_LIMIT:
            self._gone.popitem(last=False)

    def hear_question(self, _: str, message: str) -> None:
        """Raises ValueError for what is none."""
        number, answers, question = msgspec.json.decode(message, type=tuple[str, str, Any])
        task = asyncio.create_task(self._answer(number, answers, question))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    def hear_answer(self, _: str, message: str) -> None:
        """Raises ValueError for what is none."""
        number, answer, error = msgspec.json.decode(message, type=tuple[str, Any, dict[str, str] | None])
        future = self._asked.get(number)
        if future is None or future.done():
            return
        if error is None:
            future.set_result(answer)
        else:
            future.set_exception(_error(**error))

    async def _answer(self, number: str, answers: str, question: Any) -> None:
        answer: Any = None
        failure: dict[str, str] | None = None
        try:
            answer = await self._handle(question)
        except BoardError as error:
            failure = {"code": error.code, "message": error.message}
        except Exception as error:
            _log.exception("question cannot be answered")
            failure = {"code": BoardError.code, "message": f"It was not understood: {type(error).__name__}."}
        try:
            await self._redis.publish(answers, encode([number, answer, failure]))
        except RedisError as error:
            _log.warning("answer not sent", reason=repr(error))


#: What the other process may refuse a question with.
_KINDS: dict[str, type[BoardError]] = {
    kind.code: kind for kind in (InvalidRequest, Forbidden, NotFound, Unavailable)
}


def _error(code: str, message: str) -> BoardError:
    return _KINDS.get(code, BoardError)(message)
