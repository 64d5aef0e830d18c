"""A program that runs until the test has seen enough of what it prints."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from sse_board import ROOT
from tests.support.clients import PATIENCE, eventually


class Followed:
    """Its output in a pipe, read as it comes."""

    def __init__(
        self, *command: str | Path, directory: Path = ROOT, environment: Mapping[str, str] | None = None
    ) -> None:
        self.process = subprocess.Popen(
            command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self.text = ""

    def says(self, text: str, times: int = 1) -> bool:
        assert self.process.stdout is not None
        self.text += (self.process.stdout.read() or b"").decode()
        return self.text.count(text) >= times

    def end(self) -> None:
        """Kill it; what it still had to say is lost."""
        self.process.kill()
        self.process.communicate()

    async def until_says(self, text: str, times: int = 1, seconds: float = PATIENCE) -> None:
        try:
            await eventually(lambda: self.says(text, times), seconds)
        except AssertionError:
            self.process.kill()
            errors = self.process.communicate()[1].decode()
            raise AssertionError(f"never says {text!r}:\n{self.text}\n{errors}") from None
