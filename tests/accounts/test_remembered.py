"""The memory of what was read."""

import asyncio

from sse_board.accounts.remembered import Remembered


async def test_a_value_is_read_once_until_it_is_forgotten() -> None:
    reads: list[str] = []

    async def load(user_id: str) -> int:
        reads.append(user_id)
        return len(reads)

    memory = Remembered(load, limit=2)
    assert [await memory.get("a"), await memory.get("a")] == [1, 1]
    memory.forget("a")
    assert await memory.get("a") == 2
    for user_id in ("b", "a", "c", "a", "b"):
        await memory.get(user_id)
    assert reads == ["a", "a", "b", "c", "b"]


async def test_what_was_read_while_it_changed_is_not_kept() -> None:
    gate, values = asyncio.Event(), ["old"]

    async def load(_: str) -> str:
        value = values[-1]
        await gate.wait()
        return value

    memory = Remembered(load, limit=2)
    reading = asyncio.create_task(memory.get("a"))
    await asyncio.sleep(0)
    values.append("new")
    memory.forget("a")
    gate.set()
    assert await reading == "old"
    assert await memory.get("a") == "new"
