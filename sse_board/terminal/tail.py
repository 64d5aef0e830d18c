"""`sse-board tail CHANNEL…`: live, coloured on a terminal, plain in a pipe."""

import argparse
import os
import sys
from typing import TextIO

from sse_board.settings import Settings
from sse_board.terminal.follow import Follower, FollowError
from sse_board.terminal.paint import painted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("channels", nargs="+", metavar="CHANNEL", help="leaderboard:scoreboard, leaderboard:* …")
    parser.add_argument("--url", help="the service (http://HOST:PORT)")
    parser.add_argument("--limit", type=int, default=10, choices=(10, 25, 50, 100), help="rows of each board (10)")
    parser.add_argument("--token-file", type=argparse.FileType(), help="file with an access token; - for stdin")
    parser.set_defaults(func=tail)


def tail(args: argparse.Namespace, settings: Settings) -> int:
    url = args.url or f"http://{settings.host}:{settings.port}"
    token = args.token_file.read().strip() if args.token_file else ""
    try:
        _print(Follower(url, args.channels, args.limit, token), sys.stdout)
    except FollowError as error:
        print(f"sse-board: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever read the pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _print(follower: Follower, output: TextIO) -> None:
    show = painted if output.isatty() else str
    for line in follower.lines():
        print(show(line), file=output, flush=True)
