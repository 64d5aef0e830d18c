"""A client at the other end of a cable that can be pulled: it vanishes without a word."""

import itertools
import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

#: Numbers of the capabilities that a network namespace takes: CAP_NET_ADMIN and CAP_SYS_ADMIN.
NEEDED_CAPABILITIES = 1 << 12 | 1 << 21


def missing() -> str:
    """Why there can be no cable here; empty where there can."""
    if shutil.which("ip") is None:
        return "needs the program ip (iproute2)"
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    capabilities = int(status.partition("CapEff:")[2].split()[0], 16)
    return "" if ~capabilities & NEEDED_CAPABILITIES == 0 else "needs root, with the right to make networks"


class Cable:
    """A network namespace of its own, and an address on either side, of which `near` is this machine's.

    The numbers are those of this process, so that several may be here at once; the addresses are kept for tests of
    networks (RFC 2544).
    """

    _numbers = itertools.count()

    def __init__(self) -> None:
        self.name = f"cable-{os.getpid()}-{next(self._numbers)}"
        self._here, self._there = f"here-{os.getpid()}", f"there-{os.getpid()}"
        third, fourth = divmod(4 * (os.getpid() % 2**14), 256)
        self.near, self._far = f"198.18.{third}.{fourth + 1}", f"198.18.{third}.{fourth + 2}"

    def __enter__(self) -> Self:
        self._ip("netns", "add", self.name)
        self._ip("link", "add", self._here, "type", "veth", "peer", "name", self._there, "netns", self.name)
        self._ip("address", "add", f"{self.near}/30", "dev", self._here)
        self._ip("link", "set", self._here, "up")
        self._ip("-n", self.name, "address", "add", f"{self._far}/30", "dev", self._there)
        self._ip("-n", self.name, "link", "set", self._there, "up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ip("link", "delete", self._here)  # the namespace would keep both ends while anything runs there
        self._ip("netns", "delete", self.name)

    def command(self, *command: str) -> tuple[str, ...]:
        """Run it at the far end."""
        return ("ip", "netns", "exec", self.name, *command)

    def pull(self) -> None:
        self._ip("-n", self.name, "link", "set", self._there, "down")

    def _ip(self, *arguments: str) -> None:
        subprocess.run(["ip", *arguments], check=True)
