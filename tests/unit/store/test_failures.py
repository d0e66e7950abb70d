"""What SQLite and the system say, as errors for people."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from trigpoint.errors import TrigpointError
from trigpoint.store.failures import told

SQLITE = [
    (sqlite3.SQLITE_FULL, "TP607", 74),
    (sqlite3.SQLITE_IOERR | (3 << 8), "TP607", 74),
    (sqlite3.SQLITE_BUSY, "TP616", 75),
    (sqlite3.SQLITE_LOCKED, "TP616", 75),
    (sqlite3.SQLITE_READONLY | (6 << 8), "TP605", 77),
    (sqlite3.SQLITE_PERM, "TP605", 77),
    (sqlite3.SQLITE_CANTOPEN, "TP606", 73),
    (sqlite3.SQLITE_CORRUPT, "TP609", 74),
    (sqlite3.SQLITE_NOTADB, "TP609", 74),
]
SYSTEM = [
    (errno.ENOSPC, "TP607", 74),
    (errno.EIO, "TP607", 74),
    (errno.EACCES, "TP605", 77),
    (errno.EROFS, "TP605", 77),
    (errno.ENOENT, "TP606", 73),
    (errno.ENAMETOOLONG, "TP606", 73),
]


@pytest.mark.parametrize(("number", "code", "exit_code"), SQLITE)
def test_failures_of_sqlite_have_a_code_and_an_exit(number: int, code: str, exit_code: int) -> None:
    """Each kind of failure of SQLite, in all its shades, has one code, and the message names the file."""
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = number
    with pytest.raises(TrigpointError, match=r"here\.db") as caught, told(Path("here.db")):
        raise error
    assert (caught.value.problems[0].code, caught.value.exit_code) == (code, exit_code)


@pytest.mark.parametrize(("number", "code", "exit_code"), SYSTEM)
def test_failures_of_the_system_have_a_code_and_an_exit(number: int, code: str, exit_code: int) -> None:
    """Each kind of failure of the operating system has one code."""
    with pytest.raises(TrigpointError) as caught, told(Path("here.db")):
        raise OSError(number, "as the system says it")
    assert (caught.value.problems[0].code, caught.value.exit_code) == (code, exit_code)


@pytest.mark.parametrize(
    "error", [sqlite3.IntegrityError("FOREIGN KEY"), OSError(errno.EPIPE, "gone"), ValueError("a bug")]
)
def test_bugs_pass_through(error: Exception) -> None:
    """What is no failure of the file stays what it is."""
    with pytest.raises(type(error)), told(Path("here.db")):
        raise error
