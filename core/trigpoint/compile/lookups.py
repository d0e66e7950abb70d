"""Lookups in SQL: a scalar query that seeks a key, and among its rows the newest one that is known on a day."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

from attrs import frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.sql import identifier
from trigpoint.language import unparse
from trigpoint.model.expression import LookupValue, ValueType
from trigpoint.model.lookup import Lookup
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.table import Table


def lookup_column(node: LookupValue) -> str:
    """The value row's column for what a scorecard looks up: `lookup__targets__1f0c93ab`."""
    return f"lookup__{node.lookup}__{hashlib.sha256(unparse(node).encode()).hexdigest()[:8]}"


def look_up(
    ruleset: Ruleset,
    engine: Engine,
    dates: Dates,
    node: LookupValue,
    arguments: Sequence[str],
    day: dt.date,
    row_day: str | None = None,
) -> str:
    """The value for a key. `day` is the date at hand; `row_day` the SQL of the fact's own day, where there is a fact."""
    lookup = ruleset.lookups.get(node.lookup)
    if lookup is None:
        return "NULL"  # nobody knows what its table would hold today
    table = ruleset.tables[lookup.table]
    blank = ruleset.cluster(table.name)
    found = {f"lookup__key_{k}": column for k, column in enumerate(lookup.key, start=1)}
    where = []
    for (name, column), argument in zip(found.items(), arguments, strict=True):
        where.append(f"{name} = " + (f"nullif({argument}, '')" if column in blank else argument))
    on = _Day(engine, dates, dates.as_of if lookup.at == "fixed" else day, row_day if lookup.at == "row" else None)
    for name, bound in (("lookup__time", table.time), ("lookup__visible", table.known_row)):
        if bound:
            found[name] = bound
            where.append(on.until(name, table.type_of(bound)))
            where += [f"{name} <> ''"] if bound in blank else []
    value = _value(lookup, table, on, found)
    found["lookup__value"] = lookup.value
    value = f"nullif({value}, '')" if lookup.value in blank else value
    columns = ", ".join(f"{identifier(column)} AS {name}" for name, column in found.items())
    newest = " ORDER BY lookup__time DESC" if table.time else ""
    return (
        f"(SELECT {value} FROM (SELECT {columns} FROM {identifier(table.name)}) "
        f"WHERE {' AND '.join(where)}{newest} LIMIT 1)"
    )


def _value(lookup: Lookup, table: Table, on: _Day, found: dict[str, str]) -> str:
    """The value, from the day on that it was known."""
    if not (since := table.known.get(lookup.value)):
        return "lookup__value"
    found["lookup__known"] = since
    return f"CASE WHEN {on.until('lookup__known', table.type_of(since))} THEN lookup__value END"


@frozen
class _Day:
    """The day that is looked up at: one of the rules, or that of each row (`row`, SQL)."""

    engine: Engine
    dates: Dates
    day: dt.date
    row: str | None

    def until(self, column: str, kind: ValueType | None) -> str:
        """The condition that a date or moment lies on the day or before."""
        if self.row is None:
            return self.dates.until(column, kind, self.day)
        if kind == "timestamp":
            return f"{column} < {self.engine.function('as_moment')(self.engine.later_day(self.row, 1))}"
        return f"{column} <= {self.row}"
