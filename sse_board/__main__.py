"""The command line: `sse-board` or `python -m sse_board`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sse_board.log import configure_logging
from sse_board.settings import Settings, SettingsError, load_settings, require

#: Exit statuses: what was asked for is wrong; it was right, but could not be done; Ctrl-C.
MISUSED, FAILED, INTERRUPTED = 2, 1, 130

# Each command imports what it needs, so that none pays for the others; a supervisor stays small.


def up(args: argparse.Namespace, settings: Settings) -> int:
    from sse_board.processes.up import up  # noqa: PLC0415

    up(settings, args.data, workers=args.workers, demo=args.demo)
    return 0


def serve(args: argparse.Namespace, settings: Settings) -> int:
    from sse_board.processes.serve import serve  # noqa: PLC0415

    serve(settings, args.workers)
    return 0


def worker(_: argparse.Namespace, settings: Settings) -> int:
    require(settings, "database_url", "redis_url")
    import asyncio  # noqa: PLC0415
    import gc  # noqa: PLC0415

    gc.disable()  # all that is imported stays: looking through it takes a quarter of the time until it works
    from sse_board.worker import run  # noqa: PLC0415

    gc.enable()
    asyncio.run(run(settings))
    return 0


def migrate(_: argparse.Namespace, settings: Settings) -> int:
    require(settings, "database_url")
    from sse_board.processes.prepare import prepare  # noqa: PLC0415

    for name in prepare(settings):
        print(f"applied {name}")
    return 0


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("sse-board", description="Live leaderboards over Server-Sent Events.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_up(commands.add_parser("up", help="everything in one foreground command, with its own stores"))
    _add_serve(commands.add_parser("serve", help="the web processes, on DATABASE_URL and REDIS_URL"))
    commands.add_parser("worker", help="what runs once per installation").set_defaults(func=worker)
    commands.add_parser("migrate", help="bring the database up to date").set_defaults(func=migrate)
    tail = commands.add_parser("tail", help="follow channels in the terminal")
    if arguments[:1] == ["tail"]:
        from sse_board.terminal.tail import add_arguments  # noqa: PLC0415

        add_arguments(tail)
    user = commands.add_parser("user", help="create and change accounts")
    if arguments[:1] == ["user"]:
        from sse_board.accounts.shell import add_commands  # noqa: PLC0415

        add_commands(user)
    bench = commands.add_parser("bench", help="measure what the service can do here")
    if arguments[:1] == ["bench"]:
        from sse_board.bench.commands import add_commands as add_benches  # noqa: PLC0415

        add_benches(bench)
    return parser


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (HOST)")
    parser.add_argument("--port", type=_port, help="port to listen on, 0 for any free one (PORT)")
    parser.add_argument("--workers", type=_count, default=1, metavar="N", help="web processes (1)")
    parser.set_defaults(func=serve)


def _add_up(parser: argparse.ArgumentParser) -> None:
    _add_serve(parser)
    parser.add_argument("--data", type=Path, default=Path(".data"), help="folder of the stores (.data)")
    parser.add_argument("--demo", action="store_true", help="with simulated players that keep scoring")
    parser.set_defaults(func=up)


def _port(text: str) -> int:
    if not 0 <= (port := int(text)) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return port


def _count(text: str) -> int:
    if (count := int(text)) < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return count


def _settings(args: argparse.Namespace) -> Settings:
    flags = {"host": getattr(args, "host", None), "port": getattr(args, "port", None)}
    settings = load_settings(**{name: value for name, value in flags.items() if value is not None})
    configure_logging(settings.log_level)
    return settings


def _fail(reason: object, status: int) -> int:
    print(f"sse-board: {reason}", file=sys.stderr)
    return status


def main() -> int:
    arguments = sys.argv[1:]
    args = _parser(arguments).parse_args(arguments)
    try:
        status: int = args.func(args, _settings(args))
    except SettingsError as error:
        return _fail(error, MISUSED)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        from sse_board.processes.mishaps import in_one_line  # noqa: PLC0415

        if (reason := in_one_line(error)) is None:
            raise
        return _fail(reason, FAILED)
    return status


if __name__ == "__main__":
    sys.exit(main())
