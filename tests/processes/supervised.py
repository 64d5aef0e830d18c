"""A supervisor over shell commands, a group an argument: `python -m tests.processes.supervised DRAIN GROUP…`.

A group is a JSON list of shell commands. The last second of DRAIN is kept for each group below.
"""

import json
import sys

from sse_board.log import configure_logging
from sse_board.processes.supervisor import Command, Supervisor


def main() -> None:
    configure_logging("INFO")
    drain_seconds, *groups = sys.argv[1:]
    commands = [
        [Command(f"part-{number}", ["bash", "-c", line]) for number, line in enumerate(json.loads(group))]
        for group in groups
    ]
    Supervisor(commands, float(drain_seconds), reserve=1.0).run()


if __name__ == "__main__":
    main()
