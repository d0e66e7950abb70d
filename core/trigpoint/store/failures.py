"""What SQLite and the operating system say, told as errors that name the file and the way out."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trigpoint.errors import ConfigError, DiskError, LockedError, PermissionDeniedError, TrigpointError, WriteError

_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns failures of the store's file into errors for people; what is none of them is a bug and passes through."""
    try:
        yield
    except sqlite3.Error as error:
        if (failure := of_sqlite(error, path)) is None:
            raise
        raise failure from error
    except OSError as error:
        if (failure := of_system(error, path)) is None:
            raise
        raise failure from error


def of_sqlite(error: sqlite3.Error, path: Path) -> TrigpointError | None:
    """The error that a failure of SQLite means; None if the program itself is wrong."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the upper bytes only say more of the same
    if code in _FULL:
        return disk_full(path, str(error))
    if code in _BUSY:
        hint = "close the program that is writing to it, then run again"
        return LockedError.of("TP616", f"{path} is being written to by another program", hint=hint)
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return not_permitted(path)
    if code == sqlite3.SQLITE_CANTOPEN:
        return cannot_create(path, str(error))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        hint = "restore the last back-up; nothing was changed"
        return DiskError.of("TP609", f"{path} is damaged: {error}", hint=hint)
    if "too many columns" in str(error):
        hint = "move the file aside and publish the dates you need into a new one"
        return ConfigError.of("TP617", f"{path} cannot take more columns: {error}", hint=hint)
    return None


def of_system(error: OSError, path: Path) -> TrigpointError | None:
    """The error that a failure of the operating system means; None if it is none of a file's."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
        return disk_full(path, error.strerror or str(error))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return not_permitted(path)
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG):
        return cannot_create(path, error.strerror or str(error))
    return None


def not_permitted(path: Path) -> PermissionDeniedError:
    """The file, or the folder it lies in, may not be used by this user."""
    hint = "the user who runs trigpoint needs to own the file and to write in its folder"
    return PermissionDeniedError.of("TP605", f"no permission for {path}", hint=hint)


def cannot_create(path: Path, reason: str) -> WriteError:
    """There is no such folder, or something else is in the way."""
    hint = f"make the folder {path.parent}, or set another path under [store]"
    return WriteError.of("TP606", f"{path} cannot be opened: {reason}", hint=hint)


def disk_full(path: Path, reason: str) -> DiskError:
    """There is no room, or the disk fails; what was published before stands."""
    hint = "make room on the disk and run again; the last published run is untouched"
    return DiskError.of("TP607", f"{path} could not be written: {reason}", hint=hint)
