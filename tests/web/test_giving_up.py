"""What becomes of a request that is still under way when its process must end."""

import asyncio
from typing import Any

import pytest

from sse_board.web.errors import answer_error
from sse_board.web.middleware import Edge
from sse_board.web.requestcounts import RequestCounts
from sse_board.web.templates import Templates

SCOPE = {"type": "http", "method": "POST", "path": "/api/v1/scores/action", "headers": [], "query_string": b""}
#: What the server says when it cancels.
TIME_OVER = "Task cancelled, timeout graceful shutdown exceeded"


async def begun(sent: list[Any]) -> asyncio.Task[None]:
    """A request that waits for something that does not come."""
    at_work = asyncio.Event()

    async def app(*_: Any) -> None:
        at_work.set()
        await asyncio.Event().wait()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    counts = RequestCounts()
    edge = Edge(app, answer=answer_error(Templates(maintenance=lambda: None), counts.errors), counts=counts)
    task = asyncio.create_task(edge(dict(SCOPE), receive, send))
    await at_work.wait()
    return task


async def test_it_is_told_so() -> None:
    sent: list[Any] = []
    task = await begun(sent)
    task.cancel(TIME_OVER)
    await task
    assert sent[0]["status"] == 503
    assert b"UNAVAILABLE" in sent[1]["body"]


async def test_another_cancellation_is_left_alone() -> None:
    sent: list[Any] = []
    task = await begun(sent)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sent == []
