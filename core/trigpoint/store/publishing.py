"""Publishing: an evaluation becomes a run that can be seen, all of it in one transaction, or nothing."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from trigpoint.model.run import Evaluation, Finding, Load
from trigpoint.store.connection import BUSY_SECONDS, Store
from trigpoint.store.failures import disk_full, told
from trigpoint.store.records import Counts, Published
from trigpoint.store.rulesets import keep_ruleset
from trigpoint.store.runs import UNFINISHED, moment, seconds_as_json
from trigpoint.store.sheets import (
    SCRATCH,
    Sheet,
    applies_sql,
    attach,
    copy,
    counts_of,
    digest,
    make_room,
    quote,
    sheets_of,
    wide_tables,
)
from trigpoint.store.views import refresh_views

_CHECKPOINT_SECONDS = 1.0  # how long readers may keep the log from being emptied; the next run tries again
_SPARE_BYTES = 8 << 20


def publish(
    store: Store,
    evaluation: Evaluation,
    run: int,
    *,
    loads: Sequence[Load] = (),
    findings: Sequence[Finding] = (),
    exit_code: int = 0,
    move_back: bool = False,
    now: dt.datetime | None = None,
) -> Published:
    """Publishes the evaluation of the run that `start_run` numbered. Needs the run lock.

    `findings` are those from elsewhere, of the load; the evaluation's own are published anyway. A published run of the
    same date is replaced and **its number stays**: the same date from the same facts and rules gives the same bytes,
    clock times left out. The current run only moves forward in time, unless `move_back`.
    Raises DiskError, with the store as it was, if the disk is full.
    """
    _check_room(store.path, evaluation.scratch)
    with told(store.path), _attached(store.connection, evaluation):
        connection = store.connection
        sheets = sheets_of(connection, evaluation.ruleset)
        digests = {sheet.table: digest(connection, sheet) for sheet in sheets}  # before the lock: readers may come
        counts = counts_of(connection, evaluation.ruleset)
        with _no_checkpoint(connection), store.transaction():
            keep_ruleset(connection, evaluation.ruleset, moment(now))
            number, replaced = _take_over(connection, run, evaluation, exit_code, counts, moment(now))
            _copy_sheets(connection, evaluation, number, sheets, digests)
            _write_findings(connection, number, (*evaluation.findings, *findings))
            _write_loads(connection, number, loads)
            current = _point(connection, number, evaluation.as_of, move_back)
            if current:
                refresh_views(connection, evaluation.ruleset, sheets)
    _empty_log(store.connection)
    return Published(number, counts, replaced, current)


def _check_room(path: Path, scratch: Path) -> None:
    """The log takes a copy of what is written and the file another; better told before than in the middle."""
    with told(path):
        needed, free = 2 * scratch.stat().st_size + _SPARE_BYTES, shutil.disk_usage(path.parent).free
    if free < needed:
        raise disk_full(path, f"{needed >> 20} MB are needed, {free >> 20} MB are free")


@contextmanager
def _attached(connection: sqlite3.Connection, evaluation: Evaluation) -> Iterator[None]:
    attach(connection, evaluation)
    try:
        yield
    finally:
        connection.execute(f"DETACH {SCRATCH}")


@contextmanager
def _no_checkpoint(connection: sqlite3.Connection) -> Iterator[None]:
    """Keeps SQLite from moving the log into the file in the middle of a publish."""
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    try:
        yield
    finally:
        connection.execute("PRAGMA wal_autocheckpoint = 1000")


def _empty_log(connection: sqlite3.Connection) -> None:
    """Moves the log into the file, once, after the commit."""
    connection.execute(f"PRAGMA busy_timeout = {int(_CHECKPOINT_SECONDS * 1000)}")
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.OperationalError:
        # The run is published and durable in the log: that the log cannot be emptied now (a full disk) is no failure.
        return
    finally:
        connection.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")


def _take_over(
    connection: sqlite3.Connection, run: int, evaluation: Evaluation, exit_code: int, counts: Counts, now: str
) -> tuple[int, bool]:
    """Makes the run's row the published one of its date; returns its number and whether another was replaced."""
    as_of = evaluation.as_of.isoformat()
    row = connection.execute(
        "SELECT as_of, status, started_at, version, warehouse FROM runs WHERE id = ?", (run,)
    ).fetchone()
    if row is None or row[0] != as_of or row[1] not in UNFINISHED:
        raise ValueError(f"run {run} is not one of {as_of} that was started and has not ended")
    old = connection.execute("SELECT id FROM runs WHERE as_of = ? AND status = 'published'", (as_of,)).fetchone()
    number = run if old is None else int(old[0])
    if old is not None:
        connection.execute("DELETE FROM runs WHERE id = ?", (run,))
        _forget_contents(connection, number)
    connection.execute(
        "UPDATE runs SET status = 'published', ruleset = ?, started_at = ?, version = ?, warehouse = ?, "
        "published_at = ?, first_published_at = coalesce(first_published_at, ?), exit_code = ?, counts = ?, "
        "seconds = ?, error = NULL WHERE id = ?",
        (
            evaluation.ruleset.fingerprint,
            *row[2:],
            now,
            now,
            exit_code,
            json.dumps(counts),
            seconds_as_json(evaluation.seconds),
            number,
        ),
    )
    return number, old is not None


def _forget_contents(connection: sqlite3.Connection, run: int) -> None:
    for table in (*wide_tables(connection), "contents", "findings", "loads"):
        connection.execute(f"DELETE FROM {quote(table)} WHERE run = ?", (run,))  # noqa: S608  # the name is quoted


def _copy_sheets(
    connection: sqlite3.Connection, evaluation: Evaluation, run: int, sheets: Sequence[Sheet], digests: dict[str, str]
) -> None:
    stamp = {"run": run, "as_of": evaluation.as_of.isoformat(), "ruleset": evaluation.ruleset.fingerprint}
    for sheet in sheets:
        make_room(connection, sheet)
        if sheet.kind == "scores":
            rows = copy(connection, sheet, stamp, applies_sql(evaluation.ruleset, sheet.of))
        else:
            rows = copy(connection, sheet, {"run": run}, "")
        content = (run, sheet.table, json.dumps(sheet.columns), rows, digests[sheet.table])
        connection.execute("INSERT INTO contents VALUES (?, ?, ?, ?, ?)", content)


def _write_findings(connection: sqlite3.Connection, run: int, findings: Sequence[Finding]) -> None:
    rows = [(run, at, e.severity, e.kind, e.where, e.text, e.count) for at, e in enumerate(findings, 1)]
    connection.executemany("INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _write_loads(connection: sqlite3.Connection, run: int, loads: Sequence[Load]) -> None:
    rows = [
        (run, e.source, e.table, e.status, e.rows, e.quarantined, e.newest, e.loaded_at, e.seconds, e.error)
        for e in loads
    ]
    connection.executemany("INSERT INTO loads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _point(connection: sqlite3.Connection, run: int, as_of: dt.date, move_back: bool) -> bool:
    """Moves the pointer to the run, forward in time or where asked; returns whether it points to it now."""
    row = connection.execute("SELECT as_of FROM runs WHERE id = (SELECT run FROM current)").fetchone()
    if row is not None and row[0] > as_of.isoformat() and not move_back:
        return False
    connection.execute("DELETE FROM current")
    connection.execute("INSERT INTO current VALUES (?)", (run,))
    return True
