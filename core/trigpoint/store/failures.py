"""What SQLite and the operating system say, told as errors that name the file and the way out."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from trigpoint.errors import ConfigError, DiskError, LockedError, PermissionDeniedError, TrigpointError, WriteError


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
    if code in _OF_SQLITE:
        return _OF_SQLITE[code](path, str(error))
    if "too many columns" in str(error):
        hint = "move the file aside and publish the dates you need into a new one"
        return ConfigError.of("TP617", f"{path} cannot take more columns: {error}", hint=hint)
    return None


def of_system(error: OSError, path: Path) -> TrigpointError | None:
    """The error that a failure of the operating system means; None if it is none of a file's."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
        return disk_full(path, error.strerror or str(error))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return not_permitted(path)
    if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG):
        return cannot_create(path, error.strerror or str(error))
    return None


def not_permitted(path: Path, _reason: str = "") -> PermissionDeniedError:
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


def busy(path: Path, _reason: str) -> LockedError:
    """Another program writes, and did not let go in time."""
    hint = "close the program that is writing to it, then run again"
    return LockedError.of("TP616", f"{path} is being written to by another program", hint=hint)


def damaged(path: Path, reason: str) -> DiskError:
    """The bytes are no database any more."""
    return DiskError.of("TP609", f"{path} is damaged: {reason}", hint="restore the last back-up; nothing was changed")


_OF_SQLITE: Mapping[int, Callable[[Path, str], TrigpointError]] = {
    sqlite3.SQLITE_FULL: disk_full,
    sqlite3.SQLITE_IOERR: disk_full,
    sqlite3.SQLITE_BUSY: busy,
    sqlite3.SQLITE_LOCKED: busy,
    sqlite3.SQLITE_READONLY: not_permitted,
    sqlite3.SQLITE_PERM: not_permitted,
    sqlite3.SQLITE_AUTH: not_permitted,
    sqlite3.SQLITE_CANTOPEN: cannot_create,
    sqlite3.SQLITE_CORRUPT: damaged,
    sqlite3.SQLITE_NOTADB: damaged,
}
