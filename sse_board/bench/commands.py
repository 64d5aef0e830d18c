"""`sse-board bench …`: each command measures one thing, prints it, and fails below what must be reached."""

import argparse

from sse_board.bench import actions, broadcast, fanout, handshake, latency, messages, polling, scale, streams


def add_commands(parser: argparse.ArgumentParser) -> None:
    """The subcommands of `sse-board bench`; each sets `func(args, settings) -> exit status`."""
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    help = "conditional GET beside a bare Starlette route"
    polling.add_arguments(commands.add_parser("polling", help=help, description=help))
    help = "signed actions beside pgbench with the same writes"
    actions.add_arguments(commands.add_parser("actions", help=help, description=help))
    help = "from an action to the frame at a listener"
    latency.add_arguments(commands.add_parser("latency", help=help, description=help))
    help = "a board of a million players beside one of a thousand, and how soon Redis has it again"
    scale.add_arguments(commands.add_parser("scale", help=help, description=help))
    help = "what a stream and a frame cost, beside a bare C loop, sse-starlette and nginx nchan"
    fanout.add_arguments(commands.add_parser("fanout", help=help, description=help))
    help = "from a publication to its frame at everybody"
    broadcast.add_arguments(commands.add_parser("broadcast", help=help, description=help))
    help = "streams that one process holds, and what they cost while nothing happens"
    streams.add_arguments(commands.add_parser("streams", help=help, description=help))
    help = "from the request for a stream to its first event"
    handshake.add_arguments(commands.add_parser("handshake", help=help, description=help))
    help = "a hundred events of the log a second, each to everybody"
    messages.add_arguments(commands.add_parser("messages", help=help, description=help))
