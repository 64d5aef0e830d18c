"""A burst costs one read, and a read that began too early is never shared."""

import asyncio

from sse_board.shared_reads import SharedReads


class Store:
    """Counts its reads; each waits until it is let go, and gives what was true when it began."""

    def __init__(self) -> None:
        self.value = 0
        self.reads = 0
        self.gates: list[asyncio.Event] = []

    async def read(self) -> int:
        seen, gate = self.value, asyncio.Event()
        self.reads += 1
        self.gates.append(gate)
        await gate.wait()
        return seen


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_comes_while_a_read_is_under_way_shares_the_next() -> None:
    store, shared = Store(), SharedReads[int]()
    first = asyncio.create_task(shared.get("board", store.read))
    await settle()
    store.value = 1  # a commit that the read under way does not see
    late = [asyncio.create_task(shared.get("board", store.read)) for _ in range(100)]
    await settle()
    assert store.reads == 1
    store.gates[0].set()
    await settle()
    store.gates[1].set()
    assert await first == 0
    assert await asyncio.gather(*late) == [1] * 100
    assert store.reads == 2


async def test_other_windows_do_not_wait() -> None:
    store, shared = Store(), SharedReads[int]()
    tasks = [asyncio.create_task(shared.get(key, store.read)) for key in ("a", "b")]
    await settle()
    assert store.reads == 2
    for gate in store.gates:
        gate.set()
    await asyncio.gather(*tasks)


async def test_a_reader_that_leaves_costs_the_others_nothing() -> None:
    store, shared = Store(), SharedReads[int]()
    tasks = [asyncio.create_task(shared.get("board", store.read)) for _ in range(2)]
    await settle()
    tasks[0].cancel()
    await settle()
    store.gates[0].set()
    assert await tasks[1] == 0


async def test_a_failure_is_told_to_all_and_remembered_by_nobody() -> None:
    shared = SharedReads[int]()

    async def fail() -> int:
        raise ValueError

    results = await asyncio.gather(*(shared.get("board", fail) for _ in range(3)), return_exceptions=True)
    assert [type(result) for result in results] == [ValueError] * 3

    async def succeed() -> int:
        return 1

    assert await shared.get("board", succeed) == 1
