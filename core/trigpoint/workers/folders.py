"""A folder for each process, which goes with it; what a run that was killed has left is removed by the next one."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

_BEGUN, _PREFIX = "trigpoint-begun-", "trigpoint-worker-"


class OwnFolder:
    """A new folder in that of temporary files, locked as long as whoever made it lives. Raises OSError."""

    def __init__(self) -> None:
        begun = tempfile.mkdtemp(prefix=_BEGUN)
        self._lock = -1
        try:
            self._lock = os.open(begun, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            # Only now it has the name by which others look for what is left.
            self.path = begun.replace(_BEGUN, _PREFIX)
            os.rename(begun, self.path)
        except BaseException:
            self._remove(begun)
            raise

    def remove(self) -> None:
        """Remove it with all that is in it."""
        self._remove(self.path)

    def _remove(self, path: str) -> None:
        if self._lock >= 0:
            os.close(self._lock)
        try:
            os.rmdir(path)  # opens nothing, where nothing more can be opened
        except OSError:
            shutil.rmtree(path, ignore_errors=True)


def sweep() -> None:
    """Remove the folders of those who are gone. A lock, and no process number: that one may be another's, or of another world."""
    with contextlib.suppress(OSError):
        for each in Path(tempfile.gettempdir()).iterdir():
            if each.name.startswith(_PREFIX):
                with contextlib.suppress(OSError):
                    _sweep(each)


def _sweep(path: Path) -> None:
    lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(lock).st_uid == os.getuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever has it lives
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(lock)
