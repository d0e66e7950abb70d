"""The generations of the store's layout: each is a function that leads from the one before to it.

Only here is sqlite_utils imported, inside the functions: it takes 0.1 s warm and 0.6 s cold, so neither those who read
nor a run that publishes into a store there already is should pay for it. (The wide tables of values and scores are
`WITHOUT ROWID`, which sqlite_utils cannot write: they grow in `sheets`.)
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from trigpoint.errors import DiskError

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x74726967  # "trig" in the header of the file: `file trigpoint.db` and we ourselves know it by that
Migration = Callable[["Database"], None]


# Generation 1: table, columns (`?`: may be empty), primary key. The wide tables come with the first run that needs them.
_FIRST = (
    ("rulesets", "fingerprint TEXT, settings TEXT, calendar TEXT, origins TEXT, first_seen TEXT", ("fingerprint",)),
    (
        "scorecards",
        "ruleset TEXT, scorecard TEXT, position INTEGER, subject TEXT, family TEXT?, bands TEXT, groups TEXT, "
        "measures TEXT, inputs TEXT",
        ("ruleset", "scorecard"),
    ),
    (
        "runs",
        "id INTEGER, as_of TEXT, ruleset TEXT, status TEXT, started_at TEXT, published_at TEXT?, "
        "first_published_at TEXT?, exit_code INTEGER?, counts TEXT, seconds TEXT, error TEXT?, version TEXT, "
        "warehouse TEXT",
        ("id",),
    ),
    ("current", "run INTEGER", ("run",)),
    ("contents", "run INTEGER, table TEXT, columns TEXT, rows INTEGER, digest TEXT", ("run", "table")),
    (
        "findings",
        "run INTEGER, position INTEGER, severity TEXT, kind TEXT, where TEXT, text TEXT, count INTEGER",
        ("run", "position"),
    ),
    (
        "loads",
        "run INTEGER, source TEXT, table TEXT, status TEXT, rows INTEGER, quarantined INTEGER, newest TEXT?, "
        "loaded_at TEXT?, seconds REAL, error TEXT?",
        ("run", "source"),
    ),
)
_REFERENCES = {"run": ("run", "runs", "id"), "ruleset": ("ruleset", "rulesets", "fingerprint")}


def first(database: Database) -> None:
    """Generation 1: runs and what belongs to each."""
    for name, text, key in _FIRST:
        columns = dict(column.split(" ") for column in text.split(", "))
        database.table(name).create(
            {column: kind.rstrip("?") for column, kind in columns.items()},
            pk=key if len(key) > 1 else key[0],
            foreign_keys=[_REFERENCES[column] for column in columns if column in _REFERENCES],
            not_null=[column for column, kind in columns.items() if not kind.endswith("?")],
            strict=True,
        )
    database.execute("CREATE UNIQUE INDEX one_published_run_a_date ON runs(as_of) WHERE status = 'published'")


def second(database: Database) -> None:
    """Generation 2: for which period a scorecard's scores become final."""
    database.table("scorecards").add_column("every", str)


MIGRATIONS: tuple[Migration, ...] = (first, second)
GENERATION = len(MIGRATIONS)


def create_store(path: Path) -> None:
    """Makes an empty store. It is built aside and renamed, so that there never is half of one. Needs the run lock."""
    fresh = path.with_name(path.name + ".new")
    _remove(fresh)
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA journal_mode = WAL")
        _apply(connection, 0, MIGRATIONS)
    settle(fresh, path)


def upgrade(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> Path | None:
    """Brings an open store to the newest generation, after a back-up. Returns the back-up, None if nothing was due."""
    have = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if have >= len(migrations):
        return None
    backup = path.with_name(f"{path.name}.generation-{have}")
    back_up(connection, backup)
    _apply(connection, have, migrations)
    return backup


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """A copy of the store under another name: written aside, checked, and only then given its name."""
    aside = target.with_name(target.name + ".new")
    _remove(aside)
    os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # VACUUM INTO accepts an empty file
    connection.execute("VACUUM main INTO ?", (str(aside),))
    with closing(sqlite3.connect(aside)) as copy:
        # A copy whose writer was killed opens without complaint and is empty: it has to be looked into.
        sound = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        if not sound or _runs(copy) != _runs(connection):
            raise DiskError.of("TP609", f"the back-up {aside} is not a copy of the store", hint="look at the disk")
    settle(aside, target)


def settle(aside: Path, target: Path) -> None:
    """Makes a finished file durable and gives it its name."""
    _sync(aside)
    os.replace(aside, target)
    _sync(target.parent)


def _apply(connection: sqlite3.Connection, have: int, migrations: Sequence[Migration]) -> None:
    from sqlite_utils import Database

    database = Database(connection, execute_plugins=False)  # plugins of others have no business in the store
    connection.execute("BEGIN IMMEDIATE")
    try:
        for migration in migrations[have:]:
            migration(database)
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise sqlite3.IntegrityError("a migration left rows without their run")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _runs(connection: sqlite3.Connection) -> object:
    return connection.execute("SELECT count(*), max(id) FROM runs").fetchone()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
