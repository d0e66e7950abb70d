"""Looks at the tables once they are loaded: facts without an owner, facts that are too old."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import evolve

from trigpoint.errors import Severity
from trigpoint.intake.orphans import find_orphans
from trigpoint.intake.rows import Clock
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.run import Finding, Load
from trigpoint.model.table import Table
from trigpoint.warehouse.layout import quoted
from trigpoint.warehouse.load import open_for_load


def review(warehouse: Path, ruleset: Ruleset, loads: Sequence[Load], clock: Clock) -> tuple[Load, ...]:
    """The loads, each with the findings about its table."""
    with open_for_load(warehouse) as connection:
        return tuple(evolve(load, findings=_findings(connection, ruleset, load, clock)) for load in loads)


def _findings(connection: sqlite3.Connection, ruleset: Ruleset, load: Load, clock: Clock) -> tuple[Finding, ...]:
    table = ruleset.tables[load.table]
    fresh: tuple[Finding, ...] = ()
    if table.visible_by is not None and (table.fresh.warn or table.fresh.error):
        newest = _newest_day(connection, table, table.visible_by, clock.zone)
        fresh = check_fresh(table, newest, clock.today)
    return (*fresh, *find_orphans(connection, ruleset, table))


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
