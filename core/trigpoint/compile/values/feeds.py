"""Metrics of plugins: the rows that each is given, and the scratch table that takes its values."""

from __future__ import annotations

from attrs import evolve, frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.occurrences import Occurrence
from trigpoint.compile.sql import text
from trigpoint.compile.statement import Feed, Statement
from trigpoint.compile.values.facts import row_metric
from trigpoint.compile.values.parts import Finish
from trigpoint.compile.values.queries import given_select, query_statement
from trigpoint.compile.values.scans import Found, found_rows
from trigpoint.model.expression import NUMERIC
from trigpoint.model.metric import PluginMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.subject import COMPANY
from trigpoint.model.window import DAY

_LISTED = "tp_cells"  # an aggregate of ours
_JSON = "json_group_array"  # one of SQLite's, which takes a third of the time


@frozen
class Fed:
    """One occurrence of a plugin's metric, as the value rows see it: a table of (key, value, n, newest), by function or query."""

    name: str
    feed: Feed | Statement
    finishes: dict[str, Finish]

    @property
    def table(self) -> str:
        """The scratch table that keeps the values."""
        return self.feed.table

    def statement(self) -> Feed | Statement:
        """What fills it."""
        return self.feed


def fed(ruleset: Ruleset, engine: Engine, dates: Dates, occurrence: Occurrence) -> Fed:
    """The feed of one occurrence of a plugin's metric."""
    metric, name = occurrence.metric, f"plugin__{occurrence.column}"
    if not isinstance(metric, PluginMetric):
        raise TypeError(f"{metric.name} is no metric of a plugin")
    day = occurrence.shift.date(dates.as_of, dates.year_start)
    window = None
    if metric.window is not None:
        edges = metric.window.before if occurrence.shift.previous else metric.window.edges
        after, last = edges(day, dates.year_start)
        window = (after + DAY, last)
    table = f"{name}__{occurrence.subject}"
    title = f"rows -> {occurrence.column} of {occurrence.subject}, by {metric.plugin}"
    feed: Feed | Statement = Feed(table, metric, occurrence.subject, day, window, "", title)
    newest = "NULL"
    if metric.failed is None:
        rows = found_rows(ruleset, engine, dates, occurrence.subject, [occurrence])
        time = rows.facts.newest(occurrence)
        newest = time.finish(f"{name}.newest") if time else "NULL"
        if metric.steps is not None:
            query = query_statement(rows, occurrence, metric.inputs, metric.steps, table, title)
            feed = evolve(query, metric=metric)
        else:
            made = given_select(rows, occurrence, metric.inputs) if metric.printed else _select(rows, occurrence, _JSON)
            listed = "" if metric.printed else _select(rows, occurrence, _LISTED)
            feed = Feed(table, metric, occurrence.subject, day, window, made, title, listed)
    value = f"{name}.value"
    return Fed(name, feed, {occurrence.column: Finish(value, f"coalesce({name}.n, 0)", newest, ())})


def _select(rows: Found, occurrence: Occurrence, others: str) -> str:
    """A row for each subject: key, how many rows it has, the newest fact's time, and the inputs' cells of its rows.

    Numbers are gathered as they are, `others` by that function: as JSON is printed, two doubles may be one.

    The cells are in the order in which the rows are read, which is that of the table for each owner of its rows: SQLite
    keeps the order of rows in a group.
    """
    metric, facts = row_metric(occurrence), rows.facts
    inputs = metric.inputs if isinstance(metric, PluginMetric) else {}
    time = facts.newest(occurrence)
    columns = {"key": rows.key or text(COMPANY), "n": "count(*)", "newest": f"max({time.time})" if time else "NULL"}
    for name, each in inputs.items():
        gather = _LISTED if each.type in NUMERIC else others
        columns[f"input__{name}"] = f"{gather}({facts.print(occurrence, each.tree)})"
    listed = ",\n".join(f"  {sql} AS {name}" for name, sql in columns.items())
    passing = [*rows.where, *facts.passing(occurrence, rows.bounds)]
    where = f"\nWHERE {' AND '.join(passing)}" if passing else ""
    grouped = f"\nGROUP BY {rows.groups}" if rows.groups else ""
    return f"SELECT\n{listed}\nFROM {rows.source}{where}{grouped}"
