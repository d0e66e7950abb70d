"""How a declared table lies in the warehouse, and what the warehouse notes beside the facts.

A table is STRICT and WITHOUT ROWID, ordered by (owner, time, number of the row in the order of whole rows): statement 1
then reads the facts of one subject in one go, and sums them in an order that depends on the facts alone.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from attrs import frozen

from trigpoint.errors import Problem
from trigpoint.model.expression import ValueType
from trigpoint.model.ruleset import DAY, Ruleset

FORMAT = 1
_KEPT_AS: dict[ValueType, str] = {
    "text": "TEXT",
    "integer": "REAL",
    "number": "REAL",
    "boolean": "INTEGER",
    "date": "TEXT",
    "timestamp": "TEXT",
}
NOTES = (
    """CREATE TABLE IF NOT EXISTS _meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID""",
    # Of each source: how the last attempt ended (status, attempted_at, error) and what the last good load brought.
    """CREATE TABLE IF NOT EXISTS _loads (
        source TEXT PRIMARY KEY,
        table_name TEXT NOT NULL,
        status TEXT NOT NULL,
        rows INTEGER,
        quarantined INTEGER NOT NULL DEFAULT 0,
        newest TEXT,
        loaded_at TEXT,
        files TEXT NOT NULL DEFAULT '[]',
        seconds REAL NOT NULL DEFAULT 0,
        attempted_at TEXT NOT NULL,
        error TEXT
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS _quarantine (
        source TEXT NOT NULL,
        table_name TEXT NOT NULL,
        file TEXT NOT NULL,
        row INTEGER NOT NULL,
        reason TEXT NOT NULL,
        excerpt TEXT NOT NULL
    ) STRICT""",
)


@frozen
class Layout:
    """A table as it lies in the warehouse. In the columns of `cluster`, all of them texts, no data is ''; elsewhere NULL."""

    table: str
    columns: Mapping[str, ValueType]
    cluster: tuple[str, ...]
    unique: tuple[str, ...] = ()  # the key of a subject, in the subject's own table; with history the start too
    timezone: str | None = None  # in which timestamps were read, where there are any
    day: str | None = None  # the date column that facts are ordered by; kept as a number beside it too

    @property
    def declaration(self) -> str:
        """What the layout depends on, as it is noted with the table: another one asks for a fresh load."""
        parts = {
            "columns": dict(self.columns),
            "cluster": list(self.cluster),
            "unique": list(self.unique) if len(self.unique) > 1 else next(iter(self.unique), None),
            "timezone": self.timezone,
            "day": self.day,
        }
        return json.dumps(parts)


def layout_of(ruleset: Ruleset, table: str) -> Layout:
    """How a declared table is to lie."""
    columns = ruleset.tables[table].columns
    unique = next((ruleset.own_key(subject) for subject in ruleset.subjects.values() if subject.table == table), ())
    timezone = ruleset.calendar.timezone if "timestamp" in columns.values() else None
    day = DAY in ruleset.hidden(table) and ruleset.tables[table].time
    return Layout(table, columns, ruleset.cluster(table), unique, timezone, day or None)


def quoted(name: str) -> str:
    """A name for SQL. Names are [a-z][a-z0-9_]*, but may be words of SQL, like "order"."""
    return f'"{name}"'


def create_table(layout: Layout, name: str) -> str:
    """The statement that creates the table under `name`."""
    lines = [f"{quoted(column)} {_kept_as(layout, column)}" for column in layout.columns]
    lines += ["_n INTEGER NOT NULL", "_loaded_at INTEGER NOT NULL"]
    if layout.day:
        # The newest of many days is found faster among numbers than among texts: docs/decisions/0005.
        number = f"CAST(julianday({quoted(layout.day)}) + 0.5 AS INTEGER)"
        lines.append(f"{DAY} INTEGER GENERATED ALWAYS AS ({number}) STORED")
    lines.append(f"PRIMARY KEY ({', '.join([*map(quoted, layout.cluster), '_n'])})")
    if layout.unique:
        lines.append(f"UNIQUE ({', '.join(map(quoted, layout.unique))})")
    return f"CREATE TABLE {quoted(name)} (\n    " + ",\n    ".join(lines) + "\n) STRICT, WITHOUT ROWID"


def _kept_as(layout: Layout, column: str) -> str:
    kept = _KEPT_AS[layout.columns[column]]
    return f"{kept} NOT NULL" if column in layout.cluster else kept


def prepare(connection: sqlite3.Connection, ruleset: Ruleset, filled: Mapping[str, str]) -> None:
    """Create the notes, and empty tables for those declared that no source fills. `filled` are source and table.

    What a source brought that the project no longer has goes too, and so do tables that are no longer declared: nobody
    would know where those facts come from.
    """
    for statement in NOTES:
        connection.execute(statement)
    note(connection, "format", str(FORMAT))
    note(connection, "timezone", ruleset.calendar.timezone)
    gone = [
        (name, table)
        for name, table in connection.execute("SELECT source, table_name FROM _loads")
        if name not in filled
    ]
    for notes in ("_loads", "_quarantine"):
        connection.executemany(f"DELETE FROM {notes} WHERE source = ?", [(name,) for name, _table in gone])
    orphaned = {table for _name, table in gone}
    for table in _noted_tables(connection) - ruleset.tables.keys():
        connection.execute(f"DROP TABLE IF EXISTS {quoted(table)}")
        connection.execute("DELETE FROM _meta WHERE name = ?", (f"table:{table}",))
    for table in ruleset.tables.keys() - set(filled.values()):
        layout = layout_of(ruleset, table)
        if table in orphaned or noted(connection, f"table:{table}") != layout.declaration:
            replace_by_empty(connection, layout)


def _noted_tables(connection: sqlite3.Connection) -> set[str]:
    """The tables that a load has made."""
    names = connection.execute("SELECT name FROM _meta WHERE name LIKE 'table:%'")
    return {name.removeprefix("table:") for (name,) in names}


def replace_by_empty(connection: sqlite3.Connection, layout: Layout) -> None:
    """An empty table in the place of whatever has its name."""
    connection.execute(f"DROP TABLE IF EXISTS {quoted(layout.table)}")
    connection.execute(create_table(layout, layout.table))
    connection.execute("DELETE FROM _meta WHERE name = ?", (f"cursor:{layout.table}",))  # nothing to add news to
    note(connection, f"table:{layout.table}", layout.declaration)


def note(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a value in `_meta`."""
    connection.execute("INSERT OR REPLACE INTO _meta (name, value) VALUES (?, ?)", (name, value))


def noted(connection: sqlite3.Connection, name: str) -> str | None:
    """A value of `_meta`, or None; also where there is no `_meta` yet."""
    try:
        row = connection.execute("SELECT value FROM _meta WHERE name = ?", (name,)).fetchone()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return None
        raise
    return str(row[0]) if row else None


def check_layout(connection: sqlite3.Connection, ruleset: Ruleset) -> tuple[Problem, ...]:
    """What keeps the loaded tables from being scored by these rules: each problem names a table and asks for a load."""
    problems = []
    for table in ruleset.tables:
        layout = layout_of(ruleset, table)
        loaded = noted(connection, f"table:{table}")
        if loaded is None:
            problems.append(Problem("TP424", f"table '{table}' has never been loaded", hint="run: trigpoint load"))
        elif loaded != layout.declaration:
            text = f"table '{table}' was loaded {_difference(json.loads(loaded), json.loads(layout.declaration))}"
            problems.append(Problem("TP424", text, hint="run: trigpoint load"))
    return tuple(problems)


def _difference(before: Mapping[str, object], now: Mapping[str, object]) -> str:
    if before["timezone"] != now["timezone"] and before["timezone"] and now["timezone"]:
        return f"in the time zone {before['timezone']}, and the project is in {now['timezone']} now"
    if before["columns"] != now["columns"]:
        return "with other columns or types than it declares now"
    return "in another order than `belongs_to`, `time` or the subject's parents ask for now"
