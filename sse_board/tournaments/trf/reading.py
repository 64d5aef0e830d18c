from collections.abc import Callable
from datetime import datetime

from sse_board.tournaments.tournament import Picture


def decode_trf(body: bytes) -> str:
    raise NotImplementedError


def read_trf(text: str, new_id: Callable[[], str], now: datetime) -> Picture:
    raise NotImplementedError
