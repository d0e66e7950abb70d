"""Looks at the tables once they are loaded: facts without an owner, facts that are too old.

What a load found stays noted beside it, so that a run without a load tells it too.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import asdict, evolve

from trigpoint.errors import GateError, Problem, Severity
from trigpoint.intake.orphans import find_orphans
from trigpoint.intake.records import noted_loads
from trigpoint.intake.rows import Clock
from trigpoint.model.project import SourceSettings
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run import Finding, Load
from trigpoint.model.table import Table
from trigpoint.warehouse.layout import note, noted, quoted
from trigpoint.warehouse.load import open_for_load
from trigpoint.warehouse.sqlite import open_warehouse


def review(warehouse: Path, ruleset: Ruleset, loads: Sequence[Load], clock: Clock) -> tuple[Load, ...]:
    """The loads, each with the findings about its table."""
    reviewed = []
    with open_for_load(warehouse) as connection:
        for load in loads:
            orphans = find_orphans(connection, ruleset, ruleset.tables[load.table])
            note(connection, f"orphans:{load.table}", json.dumps([asdict(each) for each in orphans]))
            reviewed.append(_reviewed(connection, ruleset, load, orphans, clock))
    return tuple(reviewed)


def review_again(
    warehouse: Path, ruleset: Ruleset, sources: Sequence[SourceSettings], clock: Clock
) -> tuple[Load, ...]:
    """How the sources last ended, judged by today's clock: what is too old now, and was not when it was loaded.

    A source whose last load failed brought nothing: its facts are stale. One that never was loaded has none, which is
    an error (TP426), unless it was skipped.
    """
    reviewed = []
    with open_warehouse(warehouse) as facts:
        loads = list(noted_loads(facts.connection, sources))
        if never := [each for each in (_never_loaded(source, loads) for source in sources) if each is not None]:
            raise GateError(*never)
        for load in loads:
            orphans = json.loads(noted(facts.connection, f"orphans:{load.table}") or "[]")
            stale = evolve(load, status="stale") if load.status == "failed" else load
            reviewed.append(_reviewed(facts.connection, ruleset, stale, [Finding(**each) for each in orphans], clock))
    return tuple(reviewed)


def _never_loaded(source: SourceSettings, loads: Sequence[Load]) -> Problem | None:
    last = next((load for load in loads if load.source == source.name), None)
    if last is not None and (last.loaded_at is not None or last.status == "skipped"):
        return None
    failed = f": its last load failed ({last.error})" if last is not None and last.error else ""
    hint = "run without --no-load, or first: trigpoint load"
    return Problem("TP426", f"source '{source.name}' was never loaded{failed}", source.place, hint)


def _reviewed(
    connection: sqlite3.Connection, ruleset: Ruleset, load: Load, orphans: Sequence[Finding], clock: Clock
) -> Load:
    table = ruleset.tables[load.table]
    fresh: tuple[Finding, ...] = ()
    if table.visible_by is not None and (table.fresh.warn or table.fresh.error):
        newest = _newest_day(connection, table, table.visible_by, clock.zone)
        fresh = check_fresh(table, newest, clock.today)
    return evolve(load, findings=(*fresh, *orphans))


def _newest_day(connection: sqlite3.Connection, table: Table, column: str, zone: ZoneInfo) -> dt.date | None:
    """The day on which the newest fact came to exist, in the project's zone."""
    newest = connection.execute(f"SELECT max({quoted(column)}) FROM {quoted(table.name)}").fetchone()[0]  # noqa: S608  # checked names
    if not newest:
        return None
    if table.columns[column] == "date":
        return dt.date.fromisoformat(newest)
    return dt.datetime.fromisoformat(f"{newest}+00:00").astimezone(zone).date()


def check_fresh(table: Table, newest: dt.date | None, today: dt.date) -> tuple[Finding, ...]:
    """Whether the newest fact is older than `fresh` admits: one of today - 2 days does not lie within 2 days."""
    if table.fresh.error is not None and _too_old(newest, table.fresh.error.after(today, -1)):
        return (_not_fresh(table, newest, today, str(table.fresh.error), "error"),)
    if table.fresh.warn is not None and _too_old(newest, table.fresh.warn.after(today, -1)):
        return (_not_fresh(table, newest, today, str(table.fresh.warn), "warning"),)
    return ()


def _too_old(newest: dt.date | None, edge: dt.date) -> bool:
    return newest is None or newest <= edge


def _not_fresh(table: Table, newest: dt.date | None, today: dt.date, limit: str, severity: Severity) -> Finding:
    seen = f"the newest fact is of {newest}" if newest else "there are no facts"
    text = f"{seen}, today is {today}: they should be no older than {limit}"
    return Finding("not fresh", table.name, text, severity=severity)
