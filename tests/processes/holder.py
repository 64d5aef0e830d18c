"""Holds an embedded pair until it is killed: `python -m tests.processes.holder DATA`."""

import json
import sys
import time
from pathlib import Path

from sse_board.stores.embedded import Embedded


def main() -> None:
    pair = Embedded(Path(sys.argv[1]))
    pair.start()
    print(json.dumps({"database": pair.database_url(), "redis": pair.redis_url()}), flush=True)
    time.sleep(600)


if __name__ == "__main__":
    main()
