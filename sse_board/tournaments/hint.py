"""What processes tell each other of a changed tournament: `id epoch-seq`. Pure."""

from sse_board.version import Version

#: The Redis channel of hints, one for all tournaments.
CHANNEL = "tournaments"


def write_hint(id: str, version: Version) -> str:
    return f"{id} {version}"


def read_hint(message: str) -> tuple[str, Version]:
    id, _, version = message.partition(" ")
    epoch, _, seq = version.partition("-")
    return id, Version(int(epoch), int(seq))
