"""As whom PostgreSQL runs: as we do, but it refuses to be root."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

#: The user without rights on every Linux: what root is turned into.
NOBODY = 65_534

#: Inside this user namespace root is called nobody, outside the files stay root's.
_NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
#: Containers often forbid namespaces. Then it really is nobody, who may still pass folders of root's.
_SWITCH = (
    *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    *("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--"),
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The command that leads to the user, and who must own the files."""

    wrap: tuple[str, ...]
    owner: int

    def take_over(self, directory: Path) -> None:
        """Make everything below `directory` the user's, as it may have been another's at the last start."""
        if os.geteuid() == 0 and directory.stat().st_uid != self.owner:
            for folder, _, files in os.walk(directory, topdown=False):
                for path in (*(os.path.join(folder, name) for name in files), folder):
                    os.chown(path, self.owner, self.owner, follow_symlinks=False)


def server_identity() -> Identity:
    if os.geteuid() != 0:
        return Identity((), os.geteuid())
    if _works(_NAMESPACE):
        return Identity(_NAMESPACE, 0)
    return Identity(_SWITCH, NOBODY)


def _works(wrap: tuple[str, ...]) -> bool:
    try:
        tried = subprocess.run([*wrap, "true"], check=False, capture_output=True)  # noqa: S603 - constants
    except OSError:
        return False
    return tried.returncode == 0
