"""Answers kept from one run to the next, in a small SQLite file of their own. Losing it costs time, and nothing else.

An answer is kept under a hash of all that it depends on; there are no keys and no facts in the file. What was not asked
for in 30 days is dropped, and the oldest go when the file grows over 256 MB. A file that cannot be used is left as it is:
`fault` says why, and nothing is kept.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path

KEPT_DAYS = 30
MOST_BYTES = 256 * 1024 * 1024
_APPLICATION = 0x74706B70  # "tpkp": our file and no other's
_FORMAT = 1
_DAY_SECONDS = 86_400
_PATIENCE = 1.0  # seconds to wait for another run that is writing
_TABLE = """CREATE TABLE answers (
    digest BLOB PRIMARY KEY NOT NULL,
    used_on INTEGER NOT NULL, -- a day, counted from 1970
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID"""


class Cache:
    """The file, open; or closed, with a `fault`."""

    def __init__(self, path: Path, today: int | None = None) -> None:
        self.fault: str | None = None
        self._connection: sqlite3.Connection | None = None
        self._today = int(time.time()) // _DAY_SECONDS if today is None else today
        self._used: list[bytes] = []
        try:
            self._connection = _opened(path)
        except (sqlite3.Error, OSError, _ForeignError) as error:
            self._give_up(path, error)
        self._path = path

    def answer(self, digest: bytes) -> bytes | None:
        """What is kept under a hash."""
        if self._connection is None:
            return None
        try:
            row = self._connection.execute(
                "SELECT used_on, content FROM answers WHERE digest = ?", (digest,)
            ).fetchone()
        except sqlite3.Error as error:
            self._give_up(self._path, error)
            return None
        if row is None:
            return None
        if row[0] != self._today:
            self._used.append(digest)
        return bytes(row[1])

    def keep(self, answers: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep answers, each under its hash."""
        if self._connection is None:
            return
        sql = "INSERT OR REPLACE INTO answers VALUES (?, ?, ?)"
        try:
            with self._connection:
                self._connection.executemany(sql, ((digest, self._today, content) for digest, content in answers))
        except sqlite3.Error as error:
            self._give_up(self._path, error)

    def close(self) -> None:
        """Note what was used, and drop what is old or too much."""
        if self._connection is None:
            return
        try:
            with self._connection:
                used = [(self._today, digest) for digest in self._used]
                self._connection.executemany("UPDATE answers SET used_on = ? WHERE digest = ?", used)
                self._connection.execute("DELETE FROM answers WHERE used_on < ?", (self._today - KEPT_DAYS,))
                self._shrink(self._connection)
        except sqlite3.Error as error:
            self._give_up(self._path, error)
        else:
            self._connection.close()
            self._connection = None

    def _shrink(self, connection: sqlite3.Connection) -> None:
        sizes = connection.execute(
            "SELECT digest, length(content) FROM answers ORDER BY used_on DESC, digest"
        ).fetchall()
        room, gone = MOST_BYTES * 3 // 4, []  # of which pages take a part
        for digest, size in sizes:
            room -= size + len(digest)
            if room < 0:
                gone.append((digest,))
        connection.executemany("DELETE FROM answers WHERE digest = ?", gone)

    def _give_up(self, path: Path, error: Exception) -> None:
        self.fault = f"answers of plugins are not kept: {path.name} {_told(error)}; remove the file if nobody needs it"
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


class _ForeignError(Exception):
    """The file is another program's, or of another version."""


def _opened(path: Path) -> sqlite3.Connection:
    new = not path.exists() or not path.stat().st_size
    if new:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=_PATIENCE)
    try:
        connection.execute("PRAGMA trusted_schema = OFF").fetchall()
        if new:
            _create(connection)
        _check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: sqlite3.Connection) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if (application, version) != (_APPLICATION, _FORMAT):
        raise _ForeignError
    connection.execute("SELECT count(*) FROM answers WHERE used_on < 0").fetchone()


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA auto_vacuum = FULL").fetchall()  # what is dropped makes the file smaller
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_FORMAT}")
        connection.execute(_TABLE)


def _told(error: Exception) -> str:
    if isinstance(error, _ForeignError):
        return "is no file of answers"
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return "is in use"
    return f"cannot be used ({error})"
