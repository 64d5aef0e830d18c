"""Child processes that never outlive their parent."""

import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from signal import Signals
from typing import IO


def spawn(
    command: Sequence[str],
    *,
    death: Signals,
    wrap: Sequence[str] = (),
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
    output: IO[bytes] | None = None,
    descriptors: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start a child that the kernel sends `death` to when this process ends, however it ends.

    A session of its own keeps a terminal's Ctrl-C away from it: its parent decides how it stops.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("the death signal watches the thread that spawned, so only the main thread may")
    # `wrap` may change the user, and that forgets a death signal: set it last.
    whole = [*wrap, "setpriv", "--pdeathsig", death.name.removeprefix("SIG"), "--", *command]
    return subprocess.Popen(  # noqa: S603 - an argument vector, no shell
        whole,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        pass_fds=descriptors,
        start_new_session=True,
    )
