"""The program that pairs one round of a Swiss by the FIDE Dutch rules, in a process of its own (`engine.py`).

It reads the round's number and a TRF file, and writes the pairs, strongest board first. Its standard input stays
open for as long as somebody wants the answer; once that ends, however it ends, so does the program.
"""

import os
import resource
import sys
import threading

import msgspec
from gacrux.gacruxexeptions import GacruxNoLegalPairing
from gacrux.pairingdutch import pairing_dutch
from gacrux.trf2json import trf2json

from sse_board.tournaments.pairing.exits import IMPOSSIBLE

#: What pairing 1 000 players may take at the very most: bytes of address space. Beyond that something is wrong.
MEMORY_LIMIT = 2 << 30
#: Seconds of a processor, after which there would be no answer for very much longer; 500 players take 1 to 25.
PROCESSOR_LIMIT = 60
#: Other people's frames go first: a quarter of what they get where all want the processor.
NICENESS = 5


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_LIMIT, PROCESSOR_LIMIT + 1))
    os.nice(NICENESS)
    question = msgspec.json.decode(sys.stdin.buffer.readline(), type=tuple[int, str])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        pairs = pair(*question)
    except GacruxNoLegalPairing as fault:
        sys.stderr.write(str(fault))
        sys.exit(IMPOSSIBLE)
    sys.stdout.buffer.write(msgspec.json.encode(pairs))


def pair(number: int, text: str) -> list[tuple[int, int]]:
    """White and Black of each board; Black is 0 for who is left over."""
    file = trf2json()
    file.parse_file(text, 0)
    engine = pairing_dutch(file.get_tournament(1), number, {"experimental": [], "verbose": 0})
    brackets = engine.compute_pairing(False)
    games = [game for bracket in brackets for game in bracket["pairs"]]
    return [(game["w"], game["b"]) for game in sorted(games, key=lambda game: int(game["board"]))]


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    main()
