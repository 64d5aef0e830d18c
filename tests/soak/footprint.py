"""What a web process holds, seen from outside."""

from dataclasses import astuple, dataclass, fields

from tests.support.clients import Api
from tests.support.processes import threads_of
from tests.support.scrapes import scrape


@dataclass(frozen=True, slots=True)
class Footprint:
    """`memory`: resident, bytes; the rest are numbers of things."""

    memory: float
    tasks: float
    files: float
    threads: float
    connections: float

    def above(self, before: "Footprint", share: float) -> list[str]:
        """The names of what has grown by more than this share."""
        grown = zip(fields(self), astuple(self), astuple(before), strict=True)
        return [each.name for each, now, then in grown if now > then * (1 + share)]


async def footprint(metrics: Api) -> Footprint:
    """Of the process whose bare metrics these are."""
    told = await scrape(metrics.http)
    (about,) = told.samples("sse_board_process_info")
    return Footprint(
        told.value("process_resident_memory_bytes"),
        told.value("sse_board_event_loop_tasks"),
        told.value("process_open_fds"),
        threads_of(int(about.labels["pid"])),
        told.value("sse_board_connections"),
    )
