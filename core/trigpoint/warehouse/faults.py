"""What SQLite and the system say of a file of facts, in our words."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from trigpoint.errors import (
    ConfigError,
    DiskError,
    LockedError,
    PermissionDeniedError,
    Place,
    Problem,
    TrigpointError,
    WriteError,
)


def worded(path: Path, error: sqlite3.Error | OSError) -> TrigpointError | None:
    """A fault of SQLite or of the system as one of ours: what happened to which file, and the exit code that says it."""
    name = getattr(error, "sqlite_errorname", "") or ""
    place = Place(str(path))
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")) or getattr(error, "errno", None) == errno.ENOSPC:
        hint = "make room on the disk; the last good load is still there"
        return DiskError(Problem("TP421", f"the warehouse cannot be written: {error}", place, hint))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        hint = "wait for it to end, then load again"
        return LockedError(Problem("TP422", "the warehouse is in use by another program", place, hint))
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        hint = "move the file away and load again: it holds nothing that the sources do not"
        return ConfigError(Problem("TP423", f"the warehouse is no sound SQLite database: {error}", place, hint))
    if isinstance(error, PermissionError) or name.startswith(("SQLITE_READONLY", "SQLITE_PERM", "SQLITE_AUTH")):
        hint = "give this user the right to write to the file and its folder"
        return PermissionDeniedError(Problem("TP420", f"the warehouse may not be written: {error}", place, hint))
    if isinstance(error, OSError) or name.startswith("SQLITE_CANTOPEN"):
        hint = "does its folder exist, and may this user write there?"
        return WriteError(Problem("TP420", f"the warehouse cannot be written: {error}", place, hint))
    return None  # a fault of ours, to be told as one
