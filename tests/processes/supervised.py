"""A supervisor over shell commands: `python -m tests.processes.supervised DRAIN ROLLS GROUP…`.

A group is a JSON list of shell commands. The last second of DRAIN is kept for each group below. With "1" for
ROLLS a SIGHUP rolls the last group: `$1` is where a successor says that it serves, and empty for others.
"""

import json
import sys

from sse_board.log import configure_logging
from sse_board.processes.parts import Command
from sse_board.processes.supervisor import Supervisor


def main() -> None:
    configure_logging("INFO")
    drain_seconds, rolls, *groups = sys.argv[1:]
    commands = [
        [Command(f"part-{number}", ["bash", "-c", line]) for number, line in enumerate(json.loads(group))]
        for group in groups
    ]
    rolling = commands[-1] if rolls == "1" else []
    Supervisor(commands, float(drain_seconds), reserve=1.0, rolling=rolling).run()


if __name__ == "__main__":
    main()
