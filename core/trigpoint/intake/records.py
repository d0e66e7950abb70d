"""What the warehouse notes about loads: how each source's last attempt ended, and which rows it did not take."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from trigpoint.intake.quarantine import Quarantine
from trigpoint.model.project import SourceSettings
from trigpoint.model.run import Load


@frozen
class LastLoad:
    """The last load of a source that took its table's place."""

    rows: int
    newest: str | None
    loaded_at: str


def last_good_load(connection: sqlite3.Connection, source: SourceSettings) -> LastLoad | None:
    """The last good load of this source into this table, if there was one."""
    row = connection.execute(
        "SELECT rows, newest, loaded_at FROM _loads WHERE source = ? AND table_name = ? AND loaded_at IS NOT NULL",
        (source.name, source.table),
    ).fetchone()
    return LastLoad(*row) if row else None


def noted_loads(connection: sqlite3.Connection, sources: Iterable[SourceSettings]) -> Iterator[Load]:
    """How the last attempt of each of these sources to fill its table ended; those never tried are left out."""
    columns = "source, table_name, status, coalesce(rows, 0), quarantined, newest, loaded_at, seconds, error"
    for source in sources:
        named = (source.name, source.table)
        for row in connection.execute(f"SELECT {columns} FROM _loads WHERE source = ? AND table_name = ?", named):  # noqa: S608  # fixed names
            yield Load(*row)


def write_good_load(connection: sqlite3.Connection, load: Load, files: Sequence[str], quarantine: Quarantine) -> None:
    """Note a load that takes its table's place."""
    connection.execute("DELETE FROM _loads WHERE table_name = ? AND source <> ?", (load.table, load.source))
    connection.execute(
        "INSERT OR REPLACE INTO _loads (source, table_name, status, rows, quarantined, newest, loaded_at, files, "
        "seconds, attempted_at, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        (
            load.source,
            load.table,
            load.status,
            load.rows,
            load.quarantined,
            load.newest,
            load.loaded_at,
            json.dumps(list(files)),
            round(load.seconds, 3),
            load.loaded_at,
        ),
    )
    _write_quarantine(connection, load, quarantine)


def write_failed_load(connection: sqlite3.Connection, load: Load, attempted_at: str, quarantine: Quarantine) -> None:
    """Note a load that failed, and its bad rows; what the last good load brought stays noted."""
    connection.execute(
        "INSERT INTO _loads (source, table_name, status, quarantined, seconds, attempted_at, error) "
        "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET status = excluded.status, "
        "quarantined = excluded.quarantined, seconds = excluded.seconds, attempted_at = excluded.attempted_at, "
        "error = excluded.error",
        (
            load.source,
            load.table,
            load.status,
            quarantine.count,
            round(load.seconds, 3),
            attempted_at,
            load.error,
        ),
    )
    _write_quarantine(connection, load, quarantine)


def _write_quarantine(connection: sqlite3.Connection, load: Load, quarantine: Quarantine) -> None:
    connection.execute("DELETE FROM _quarantine WHERE source = ?", (load.source,))
    connection.executemany(
        "INSERT INTO _quarantine (source, table_name, file, row, reason, excerpt) VALUES (?, ?, ?, ?, ?, ?)",
        ((load.source, load.table, row.file, row.row, row.reason, row.excerpt) for row in quarantine.rows),
    )
