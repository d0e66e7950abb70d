"""Lookups: the newest row of a table that is known on a date and has the key that is asked for."""

from __future__ import annotations

import datetime as dt

from oracle import days


def looked_up(facts, name: str, arguments: list, as_of: dt.date, day: dt.date | None):
    """The value for some key: on the run's date, the as-of date, or the `day` of the fact at hand."""
    lookup = facts.ruleset.lookups[name]
    at = {"fixed": facts.run, "as of": as_of, "row": day, None: as_of}[lookup.at]
    if at is None or None in arguments:
        return None  # a fact without a time, or a blank argument
    table = facts.ruleset.tables[lookup.table]
    newest, value = None, None
    for row in facts.tables.get(lookup.table, []):
        if [facts.cell(lookup.table, row, column, at, {}) for column in lookup.key] != arguments:
            continue
        if not facts.exists(lookup.table, row, at):
            continue
        if table.time is None:
            return facts.cell(lookup.table, row, lookup.value, at, {})
        time = row[table.time]
        if time is None or days.day_of(time, facts.zone) > at:
            continue
        if newest is None or time > newest:
            newest, value = time, facts.cell(lookup.table, row, lookup.value, at, {})
    return value
