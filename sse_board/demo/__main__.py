"""`python -m sse_board.demo [URL]`: simulated players until SIGTERM or SIGINT."""

import argparse
import asyncio
import contextlib
import signal
import sys
from random import Random

from sse_board.clock import utc_now
from sse_board.demo import arbiter
from sse_board.demo.client import Client
from sse_board.demo.matches import seats
from sse_board.demo.players import Player, cast
from sse_board.demo.simulation import simulate
from sse_board.demo.transport import Transport, connect
from sse_board.log import configure_logging
from sse_board.settings import Settings, SettingsError, load_settings, require

#: Who is gifted at what; any number would do, and the same one makes the same people at every start.
CAST_SEED = 7


async def run(url: str, settings: Settings) -> None:
    """Play until told to stop."""
    playing = asyncio.create_task(play(url, settings))
    for stop in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(stop, playing.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await playing


async def play(url: str, settings: Settings) -> None:
    dice = Random()
    async with connect(url) as http:
        transport = Transport(http, dice)
        await transport.wait_until_ready()

        def new_client(player: Player) -> Client:
            return Client(transport, player.name, settings.action_keys, utc_now)

        people = cast(Random(CAST_SEED))
        office = Client(transport, arbiter.NAME, settings.action_keys, utc_now)
        async with asyncio.TaskGroup() as group:
            group.create_task(simulate(people, new_client, utc_now, dice, settings.session_min_seconds))
            invited = seats(people, Random(CAST_SEED))
            group.create_task(arbiter.Arbiter(office, invited, utc_now, dice).hold(appoint))


async def appoint() -> None:
    """Done in the shell, as whoever runs the service would."""
    command = [sys.executable, "-m", "sse_board", "user", "role", arbiter.NAME, "ORGANIZER"]
    await (await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)).wait()


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError("an address such as http://127.0.0.1:8000")
    return text


def main() -> int:
    parser = argparse.ArgumentParser("python -m sse_board.demo", description="Simulated players.")
    parser.add_argument("url", nargs="?", type=_url, help="the server's address (http://HOST:PORT)")
    url = parser.parse_args().url
    try:
        settings = load_settings()
        require(settings, "action_keys")  # the players' passwords are derived from them
    except SettingsError as error:
        print(f"sse-board: {error}", file=sys.stderr)
        return 2
    configure_logging(settings.log_level)
    asyncio.run(run(url or f"http://{settings.host}:{settings.port}", settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
