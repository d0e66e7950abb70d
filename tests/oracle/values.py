"""Facts -> values: each metric for each subject, with its n and newest fact, as of any date."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from oracle import days, functions, queries, rollups
from oracle.aggregates import RowsContext
from oracle.expressions import Context, evaluate, is_true
from oracle.facts import Facts, RowContext
from oracle.lookups import looked_up
from trigpoint.model.expression import Aggregate, MetricValue, walk
from trigpoint.model.metric import PluginMetric, RollupMetric, TableMetric
from trigpoint.model.window import Shift


class Reading(NamedTuple):
    """Semantics 8: a value, the rows that count for it (None: it has no such number), and the newest of them."""

    value: object
    n: float | None
    newest: dt.date | None


class Values:
    """Reads any metric of any subject as of any date; remembers what it has read."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.as_of = facts.run  # of the whole evaluation: every other date is a shift
        self.ruleset = facts.ruleset
        self.scores = None  # what formulas may look at, once there is somebody who judges
        self.remembered: dict = {}

    def at(self, subject: str, key: str, as_of: dt.date, points=None) -> SubjectContext:
        """What names mean at a subject."""
        return SubjectContext(self, subject, key, as_of, points)

    def lookup(self, name: str, arguments: list, as_of: dt.date):
        """A lookup where there is no fact."""
        return looked_up(self.facts, name, arguments, as_of, None)

    def read(self, name: str, subject: str, key: str, as_of: dt.date, shift: Shift | None = None) -> Reading:
        """A metric, whole, as of a date moved by `shift` (semantics 5: windows, in_force(), as_of and all)."""
        shift = shift or Shift()
        at = (name, subject, key, as_of, shift)
        if at not in self.remembered:
            moved = days.date_of_shift(shift.ago, as_of, self.facts.year_start)
            metric = self.ruleset.metrics[name]
            if isinstance(metric, TableMetric | PluginMetric):
                reading = self.read_table(metric, subject, key, moved, shift)
            elif isinstance(metric, RollupMetric):
                reading = self.read_rollup(metric, subject, key, moved)
            else:
                reading = self.read_formula(metric.value, subject, key, moved)
            if moved != self.as_of and self.too_early(subject, key, moved):
                reading = reading._replace(value=None)
            self.remembered[at] = reading._replace(value=functions.finite(reading.value))
        return self.remembered[at]

    # -- table metrics

    def read_table(
        self, metric: TableMetric | PluginMetric, subject: str, key: str, as_of: dt.date, shift: Shift
    ) -> Reading:
        table = self.ruleset.tables[metric.table]
        stretch = None
        if metric.window:
            edges = days.edges_before if shift.previous else days.edges
            stretch = edges(metric.window, as_of, self.facts.year_start)
        seen_by = None if self.facts.roads.leads(metric.table, subject, metric.via) else (subject, key)
        rows = [
            context
            for row in self.facts.rows_of(metric.table, subject, key, metric.via, as_of)
            if (context := self.passing(metric, row, as_of, stretch, seen_by)) is not None
        ]
        if isinstance(metric, PluginMetric):
            reading = self.queried(metric, table, rows, as_of)
        else:
            reading = self.aggregated(metric, table, rows, as_of)
        return reading._replace(value=None) if self.reaches_back(table, subject, key, stretch, as_of) else reading

    def passing(
        self, metric: TableMetric | PluginMetric, row: dict, as_of: dt.date, stretch, seen_by
    ) -> RowContext | None:
        """The row, if it exists, lies in the window and meets the condition (semantics 3, 5, 9)."""
        table = self.ruleset.tables[metric.table]
        if not self.facts.exists(metric.table, row, as_of):
            return None
        context = RowContext(self.facts, metric.table, row, as_of, metric.via, seen_by)
        if stretch is not None:
            when = context.column(metric.at or table.time, None)
            if when is None or not stretch[0] < days.day_of(when, self.facts.zone) <= stretch[1]:
                return None
        return context if is_true(metric.where, context) else None

    def aggregated(self, metric: TableMetric, table, rows: list[RowContext], as_of: dt.date) -> Reading:
        """Semantics 7: no row passes: `empty`, or no data."""
        context = RowsContext(self.facts, table, rows, as_of)
        counting = [context.counting(node) for node in walk(metric.value.tree) if isinstance(node, Aggregate)]
        n = float(min((len(each) for each in counting), default=len(rows)))
        newest = None
        if table.time:
            times = [context.newest(each) for each in counting]
            newest = None if None in times else min(times, default=None)
        if not rows:
            return Reading(metric.empty, n, newest)
        return Reading(evaluate(metric.value.tree, context), n, newest)

    def queried(self, metric: PluginMetric, table, rows: list[RowContext], as_of: dt.date) -> Reading:
        """A plugin's query: all rows that it is given count, whatever it makes of them."""
        context = RowsContext(self.facts, table, rows, as_of)
        value = queries.value_of(metric.steps, [queries.given(metric.inputs, row) for row in rows], context)
        return Reading(value, float(len(rows)), context.newest(rows) if table.time else None)

    # -- rollups

    def read_rollup(self, metric: RollupMetric, subject: str, key: str, as_of: dt.date) -> Reading:
        """As of a date, whole: the children of that date, their books and their figures."""
        passing = rollups.children(self, metric, subject, key, as_of)
        context = rollups.ChildrenContext(self, passing, as_of, weighted=metric.holder == "share of days")
        nodes = [node for node in walk(metric.value.tree) if isinstance(node, Aggregate)]
        n = float(min((len(context.counting(node)) for node in nodes), default=len(passing)))
        newest = min((day for day in map(context.newest, nodes) if day is not None), default=None)
        reading = Reading(evaluate(metric.value.tree, context) if passing else None, n, newest)
        stretch = days.edges(metric.window, as_of, self.facts.year_start) if metric.window else None
        too_early = stretch is not None and self.too_early(subject, key, stretch[0] + days.ONE_DAY)
        return reading._replace(value=None) if too_early else reading

    # -- what young subjects and tables do not know yet (semantics 6)

    def reaches_back(self, table, subject: str, key: str, stretch, as_of: dt.date) -> bool:
        """A window (a, b] reaches before `since` if a + 1 day < since; a shift if its date < since."""
        if stretch is not None:
            first = stretch[0] + days.ONE_DAY
            if self.too_early(subject, key, first) or (table.since is not None and first < table.since):
                return True
        return as_of != self.as_of and table.since is not None and as_of < table.since

    def too_early(self, subject: str, key: str, day: dt.date) -> bool:
        """Judged at the subject where the metric is computed, as it is on the run's date; a blank `since` is no limit."""
        record = self.ruleset.subjects[subject]
        if record.since is None or record.young == "count":
            return False
        since = self.at(subject, key, self.as_of).column(record.since, None)
        return since is not None and day < days.day_of(since, self.facts.zone)

    # -- formulas

    def read_formula(self, expression, subject: str, key: str, as_of: dt.date) -> Reading:
        """Semantics 8: the least n of its parts; semantics 19: the oldest of their newest facts."""
        value = evaluate(expression.tree, self.at(subject, key, as_of))
        parts = [
            (node.shift, self.read(node.metric, subject, key, as_of, node.shift))
            for node in walk(expression.tree)
            if isinstance(node, MetricValue)
        ]
        n = min((part.n for _, part in parts if part.n is not None), default=None)
        newest = [part.newest for shift, part in parts if not shift and part.newest is not None]
        return Reading(functions.finite(value), n, min(newest, default=None))


class SubjectContext(Context):
    """Names at a subject: its metrics, its own columns, and in a scorecard the points."""

    def __init__(self, values: Values, subject: str, key: str, as_of: dt.date, points=None) -> None:
        self.values, self.subject, self.key, self.as_of, self.points_of = values, subject, key, as_of, points
        self.zone, self.year_start = values.facts.zone, values.facts.year_start
        self.functions = values.facts.functions

    def column(self, name: str, owner: str | None):
        assert owner in (None, self.subject), owner
        table = self.values.ruleset.subjects[self.subject].table
        row = self.values.facts.own_row(self.subject, self.key, self.as_of)
        return self.values.facts.cell(table, row, name, self.as_of, {})

    def metric(self, name: str, shift: Shift):
        return self.reading(name, shift).value

    def reading(self, name: str, shift: Shift) -> Reading:
        return self.values.read(name, self.subject, self.key, self.as_of, shift)

    def score(self, scorecard: str, part: str):
        assert self.as_of == self.values.as_of, "scores of another day are not kept"
        return self.values.scores.part(scorecard, self.key, part)

    def lookup(self, name: str, arguments: list):
        return self.values.lookup(name, arguments, self.as_of)

    def points(self, name: str):
        return functions.rounded(self.points_of(name))
