"""Opening the store: the one place where it is looked at, refused, created and set up."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from attrs import frozen

from trigpoint.errors import ConfigError, InputError
from trigpoint.store.failures import cannot_create, not_permitted, told
from trigpoint.store.lock import reading_lock
from trigpoint.store.migrations import APPLICATION_ID, GENERATION, create_store, upgrade

Mode = Literal["read", "write"]
BUSY_SECONDS = 10.0


@frozen
class Store:
    """An open store. `read`: one unmoving state of it, from opening to closing, whatever runs do meanwhile."""

    path: Path
    mode: Mode
    connection: sqlite3.Connection
    held: ExitStack

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[tuple[object, ...]]:
        """The rows of a query, one after the other."""
        with told(self.path):
            yield from self.connection.execute(sql, parameters)

    def first(self, sql: str, parameters: Sequence[object] = ()) -> tuple[object, ...] | None:
        """The first row of a query, None if there is none."""
        return next(iter(list(self.rows(sql, parameters))), None)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of what is written inside, or nothing. Begins as a writer: a reader that turns writer fails at once."""
        with told(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            finally:
                if self.connection.in_transaction:  # on a full disk SQLite has rolled back already
                    self.connection.execute("ROLLBACK")

    def close(self) -> None:
        """Lets go of the file."""
        self.held.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_store(path: Path, mode: Mode = "read") -> Store:
    """Opens the store at `path`; to write, also creates it or brings it up to date (under the run lock only).

    Raises InputError if there is none to read; ConfigError, without having written, if the file is not a store of
    ours or newer than this program; PermissionDeniedError, WriteError or DiskError if the system refuses.
    """
    with told(path):
        if not _is_store(path):
            if mode == "read":
                raise _no_store(path)
            if not path.parent.is_dir():
                raise cannot_create(path, "there is no such folder")
            create_store(path)
        if mode == "write" and not (_writable(path) and _writable(path.parent)):
            raise not_permitted(path)  # SQLite would open it for reading only, and fail in the middle of a run
        with ExitStack() as held:
            connection = _connect(path, mode, held)
            _check_generation(connection, path, mode)
            return Store(path, mode, connection, held.pop_all())


def _is_store(path: Path) -> bool:
    """Whether there is a store; refuses other files by their first bytes, before SQLite could write to them."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return False
    except IsADirectoryError:
        raise _foreign("TP602", path, "is a folder, not a file") from None
    if not header:
        return False
    if not header.startswith(b"SQLite format 3\0") or len(header) < 100:
        raise _foreign("TP602", path, "is not a SQLite file")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise _foreign("TP603", path, "belongs to another program")
    _refuse_newer(int.from_bytes(header[60:64], "big"), path)
    return True


def _connect(path: Path, mode: Mode, held: ExitStack) -> sqlite3.Connection:
    connection = _raw(path, "mode=rw", held)
    if mode == "write":
        _set_up(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        return connection
    try:
        return _begin_reading(connection)
    except sqlite3.OperationalError:
        # Readers share an index of the log that lies beside the store. Who may not write in the folder cannot make
        # one; then, and only while no run is going on, the file alone is the whole truth.
        if _writable(path.parent) or path.with_name(path.name + "-wal").exists():
            raise
    held.enter_context(reading_lock(path))
    return _begin_reading(_raw(path, "mode=ro&immutable=1", held))


def _raw(path: Path, options: str, held: ExitStack) -> sqlite3.Connection:
    uri = f"file:{quote(str(path.absolute()))}?{options}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    held.callback(connection.close)
    return connection


def _set_up(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")


def _begin_reading(connection: sqlite3.Connection) -> sqlite3.Connection:
    _set_up(connection)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("BEGIN")
    connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()  # the snapshot begins with the first read
    return connection


def _check_generation(connection: sqlite3.Connection, path: Path, mode: Mode) -> None:
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    _refuse_newer(found, path)
    if found < GENERATION:
        if mode == "write":
            upgrade(connection, path)
            return
        hint = "the next `trigpoint run` brings it up to date, and keeps a back-up"
        raise ConfigError.of("TP615", f"{path} is of generation {found}, this program reads {GENERATION}", hint=hint)


def _refuse_newer(found: int, path: Path) -> None:
    if found > GENERATION:
        text = f"{path} was written by a newer trigpoint (generation {found}, this one knows {GENERATION})"
        raise ConfigError.of("TP604", text, hint="install the newer version; nothing was changed")


def _no_store(path: Path) -> InputError:
    return InputError.of("TP601", f"there are no results yet: {path} does not exist", hint="`trigpoint run` makes it")


def _foreign(code: str, path: Path, reason: str) -> ConfigError:
    return ConfigError.of(code, f"{path} {reason}", hint="set another path under [store]; nothing was changed")


def _writable(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
