"""`sse-board bench …`: each command measures one thing, prints it, and fails below what must be reached."""

import argparse
from collections.abc import Callable

from sse_board.bench import (
    actions,
    awards,
    broadcast,
    critical,
    fanout,
    handshake,
    latency,
    messages,
    page,
    polling,
    ranks,
    runs,
    scale,
    standings,
    streams,
)

#: What each measures, and what adds its arguments and `func(args, settings) -> exit status`.
_COMMANDS: dict[str, tuple[str, Callable[[argparse.ArgumentParser], None]]] = {
    "polling": ("conditional GET beside a bare Starlette route", polling.add_arguments),
    "actions": ("signed actions beside pgbench with the same writes", actions.add_arguments),
    "latency": ("from an action to the frame at a listener", latency.add_arguments),
    "awards": ("from an action to the achievement at its player", awards.add_arguments),
    "scale": (
        "a board of a million players beside one of a thousand, and how soon Redis has it again",
        scale.add_arguments,
    ),
    "fanout": (
        "what a stream and a frame cost, beside a bare C loop, sse-starlette and nginx nchan",
        fanout.add_arguments,
    ),
    "broadcast": ("how soon everybody has a frame, beside a bare C loop", broadcast.add_arguments),
    "streams": (
        "how many streams one process serves, and what they cost while nothing happens",
        streams.add_arguments,
    ),
    "handshake": ("from the request for a stream to its first event, while many come", handshake.add_arguments),
    "critical": (
        "how soon everybody has a critical announcement while boards are busy, beside a bare C loop",
        critical.add_arguments,
    ),
    "runs": ("live runs that tell how they go, with listeners", runs.add_arguments),
    "ranks": ("what players cost who listen to their own ranks, while others move them", ranks.add_arguments),
    "standings": ("from a result to the standings at a listener, in a large tournament", standings.add_arguments),
    "messages": ("a hundred events of the log a second, each to everybody", messages.add_arguments),
    "page": ("what a browser does while the rows of its board change", page.add_arguments),
}


def add_commands(parser: argparse.ArgumentParser) -> None:
    """The subcommands of `sse-board bench`."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name, (help, add_arguments) in _COMMANDS.items():
        add_arguments(commands.add_parser(name, help=help, description=help))
