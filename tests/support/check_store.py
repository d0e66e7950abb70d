"""What must hold of a store at any time, whatever happened to those who wrote it."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from trigpoint.errors import LockedError
from trigpoint.store.lock import run_lock
from trigpoint.store.migrations import APPLICATION_ID, GENERATION
from trigpoint.store.rulesets import decode
from trigpoint.store.sheets import Sheet, digest, wide_tables

# Clock times and durations: what the promise of identical bytes leaves out.
_CLOCK = {"started_at", "published_at", "first_published_at", "first_seen", "loaded_at", "seconds"}
_BESIDE = re.compile(r"(-wal|-shm|\.lock|\.generation-\d+)?")
_ASIDE = re.compile(r"\.(new|scratch|generation-\d+\.new)(-wal|-shm|-journal)?")  # while a run is at work


def check_store(path: Path, *, moved_back: bool = False, running: bool = False) -> tuple[str, ...]:
    """Everything that is wrong with a store; () if nothing is. `running`: a run goes on, or was killed."""
    with closing(_open(path)) as connection:
        connection.execute("BEGIN")
        found = [*_file(connection), *_runs(connection), *_contents(connection), *_pointer(connection, moved_back)]
        found += _strays(connection)
    return (*found, *_folder(path, running), *(() if running else _lock(path)))


def dump(path: Path) -> dict[str, str]:
    """A hash of what each table and view of a store says, clock times left out; and of the layout."""
    with closing(_open(path)) as connection:
        connection.execute("BEGIN")
        names = connection.execute("SELECT name, type, sql FROM sqlite_master ORDER BY name").fetchall()
        found = {"layout": _hash(names)}
        for name, kind, _ in names:
            if kind != "index":
                columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")') if row[1] not in _CLOCK]
                chosen = ", ".join(f'"{column}"' for column in columns)
                found[name] = _hash(sorted(map(repr, connection.execute(f'SELECT {chosen} FROM "{name}"'))))
    return found


def published(path: Path) -> dict[str, str]:
    """A hash of what counts as published, whatever numbers the runs have: a run that died has used one up."""
    with closing(_open(path)) as connection:
        connection.execute("BEGIN")
        found = {
            table: connection.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2').fetchall()
            for table in wide_tables(connection)
        }
        for table in ("contents", "findings", "loads"):
            found[table] = connection.execute(f'SELECT * FROM "{table}" ORDER BY 1, 2').fetchall()
        found["current"] = connection.execute("SELECT run FROM current").fetchall()
        sql = "SELECT id, as_of, ruleset, exit_code, counts FROM runs WHERE status = 'published' ORDER BY as_of"
        found["runs"] = connection.execute(sql).fetchall()
    dates = {row[0]: row[1] for row in found["runs"]}
    return {
        name: _hash(sorted(repr((dates[row[0]], *row[1:])) for row in rows)) for name, rows in found.items() if rows
    }


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, timeout=10)


def _hash(rows: object) -> str:
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def _file(connection: sqlite3.Connection) -> Iterator[str]:
    if (found := connection.execute("PRAGMA integrity_check").fetchall()) != [("ok",)]:
        yield f"integrity: {found[:3]}"
    if found := connection.execute("PRAGMA foreign_key_check").fetchall():
        yield f"foreign keys: {found[:3]}"
    for pragma, expected in (("application_id", APPLICATION_ID), ("user_version", GENERATION), ("journal_mode", "wal")):
        if (value := connection.execute(f"PRAGMA {pragma}").fetchone()[0]) != expected:
            yield f"{pragma} is {value}"


def _runs(connection: sqlite3.Connection) -> Iterator[str]:
    for number, status, exit_code, at in connection.execute("SELECT id, status, exit_code, published_at FROM runs"):
        if (status == "published") != (exit_code in (0, 3, 5)) or (status == "published") != (at is not None):
            yield f"run {number} is {status} with exit {exit_code}, published at {at}"
    sql = "SELECT as_of FROM runs WHERE status = 'published' GROUP BY as_of HAVING count(*) > 1"
    yield from (f"two published runs as of {row[0]}" for row in connection.execute(sql))
    for settings, calendar in connection.execute("SELECT settings, calendar FROM rulesets"):
        decode(settings), decode(calendar)


def _contents(connection: sqlite3.Connection) -> Iterator[str]:
    """Rows, digest and stamp of each published run equal what its tables hold."""
    sql = 'SELECT r.id, r.as_of, r.ruleset, c."table", c.columns, c.rows, c.digest FROM contents c JOIN runs r ON r.id = c.run'
    for run, as_of, ruleset, table, columns, rows, expected in connection.execute(sql).fetchall():
        kind, _, of = table.partition("_")
        sheet = Sheet(kind, of, tuple(json.loads(columns)))
        have = connection.execute(f'SELECT count(*) FROM "{table}" WHERE run = ?', (run,)).fetchone()[0]
        if have != rows:
            yield f"run {run} has {have} rows in {table}, not {rows}"
        if digest(connection, sheet, run) != expected:
            yield f"run {run} has other contents in {table}"
        if kind == "scores":
            stamps = connection.execute(
                f'SELECT DISTINCT as_of, ruleset FROM "{table}" WHERE run = ?', (run,)
            ).fetchall()
            if stamps not in ([], [(as_of, ruleset)]):
                yield f"run {run} has other stamps in {table}"


def _pointer(connection: sqlite3.Connection, moved_back: bool) -> Iterator[str]:
    newest = connection.execute("SELECT id FROM runs WHERE status = 'published' ORDER BY as_of DESC LIMIT 1").fetchall()
    current = connection.execute("SELECT run FROM current").fetchall()
    known = connection.execute("SELECT id FROM runs WHERE status = 'published'").fetchall()
    if current != newest and not (moved_back and len(current) == 1 and current[0] in known):
        yield f"the pointer is {current}, the newest run {newest}"


def _strays(connection: sqlite3.Connection) -> Iterator[str]:
    """Nothing refers to a run that is not published, and every view can be read."""
    allowed = "SELECT id FROM runs WHERE status = 'published'"
    for table in (*wide_tables(connection), "contents", "findings", "loads"):
        rows = connection.execute(f'SELECT DISTINCT run FROM "{table}" WHERE run NOT IN ({allowed})').fetchall()
        yield from (f"{table} holds rows of run {row[0]}, which is not published" for row in rows)
    for table in wide_tables(connection):
        sql = f'SELECT DISTINCT run FROM "{table}" WHERE run NOT IN (SELECT run FROM contents WHERE "table" = ?)'
        yield from (f"{table} has unannounced rows of run {row[0]}" for row in connection.execute(sql, (table,)))
    for (view,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        connection.execute(f'SELECT * FROM "{view}"').fetchone()


def _folder(path: Path, running: bool) -> Iterator[str]:
    for each in path.parent.iterdir():
        if each.name.startswith(path.name):
            ending = each.name.removeprefix(path.name)
            if not _BESIDE.fullmatch(ending) and not (running and _ASIDE.fullmatch(ending)):
                yield f"left over: {each.name}"
            elif each.stat().st_mode & 0o077:
                yield f"{each.name} can be read by others"


def _lock(path: Path) -> Iterator[str]:
    try:
        with run_lock(path):
            return
    except LockedError as error:
        yield str(error)
