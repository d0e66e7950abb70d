"""Facts -> values: each metric for each subject, with its n and newest fact, as of any date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from oracle import days, functions
from oracle.expressions import Context, evaluate, is_true
from oracle.facts import COMPANY, Facts, RowContext
from trigpoint.model.expression import Aggregate, Column, MetricValue, walk
from trigpoint.model.metric import TableMetric
from trigpoint.model.window import Shift


class Reading(NamedTuple):
    """Semantics 8: a value, the rows that count for it (None: it has no such number), and the newest of them."""

    value: object
    n: float | None
    newest: dt.date | None


class Values:
    """Reads any metric of any subject as of any date; remembers what it has read."""

    def __init__(self, facts: Facts, as_of: dt.date) -> None:
        self.facts = facts
        self.as_of = as_of  # of the whole evaluation: every other date is a shift
        self.ruleset = facts.ruleset
        self.remembered: dict = {}

    def read(self, name: str, subject: str, key: str, as_of: dt.date, shift: Shift | None = None) -> Reading:
        """A metric, whole, as of a date moved by `shift` (semantics 5: windows, in_force(), as_of and all)."""
        shift = shift or Shift()
        at = (name, subject, key, as_of, shift)
        if at not in self.remembered:
            moved = days.date_of_shift(shift.ago, as_of, self.facts.year_start)
            metric = self.ruleset.metrics[name]
            if isinstance(metric, TableMetric):
                reading = self.read_table(metric, subject, key, moved, shift)
            else:
                reading = self.read_formula(metric.value, subject, key, moved)
            if moved != self.as_of and self.too_early(subject, key, moved):
                reading = reading._replace(value=None)
            self.remembered[at] = reading._replace(value=functions.finite(reading.value))
        return self.remembered[at]

    # -- table metrics

    def read_table(self, metric: TableMetric, subject: str, key: str, as_of: dt.date, shift: Shift) -> Reading:
        table = self.ruleset.tables[metric.table]
        stretch = None
        if metric.window:
            edges = days.edges_before if shift.previous else days.edges
            stretch = edges(metric.window, as_of, self.facts.year_start)
        rows = [
            context
            for row in self.facts.rows_of(metric.table, subject, key, metric.via)
            if (context := self.passing(metric, row, as_of, stretch)) is not None
        ]
        reading = self.aggregated(metric, table, rows, as_of)
        return reading._replace(value=None) if self.reaches_back(table, subject, key, stretch, as_of) else reading

    def passing(self, metric: TableMetric, row: dict, as_of: dt.date, stretch) -> RowContext | None:
        """The row, if it exists, lies in the window and meets the condition (semantics 3, 5, 9)."""
        table = self.ruleset.tables[metric.table]
        if not self.facts.exists(metric.table, row, as_of):
            return None
        context = RowContext(self.facts, metric.table, row, as_of, metric.via)
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

    # -- what young subjects and tables do not know yet (semantics 6)

    def reaches_back(self, table, subject: str, key: str, stretch, as_of: dt.date) -> bool:
        """A window (a, b] reaches before `since` if a + 1 day < since; a shift if its date < since."""
        if stretch is not None:
            first = stretch[0] + days.ONE_DAY
            if self.too_early(subject, key, first) or (table.since is not None and first < table.since):
                return True
        return as_of != self.as_of and table.since is not None and as_of < table.since

    def too_early(self, subject: str, key: str, day: dt.date) -> bool:
        """Judged at the subject where the metric is computed; a blank `since` is no limit."""
        record = self.ruleset.subjects[subject]
        if record.since is None or record.young == "count":
            return False
        since = SubjectContext(self, subject, key, day).column(record.since, None)
        return since is not None and day < days.day_of(since, self.facts.zone)

    # -- formulas

    def read_formula(self, expression, subject: str, key: str, as_of: dt.date) -> Reading:
        """Semantics 8: the least n of its parts; semantics 19: the oldest of their newest facts."""
        value = evaluate(expression.tree, SubjectContext(self, subject, key, as_of))
        parts = [
            (node.shift, self.read(node.metric, subject, key, as_of, node.shift))
            for node in walk(expression.tree)
            if isinstance(node, MetricValue)
        ]
        n = min((part.n for _, part in parts if part.n is not None), default=None)
        newest = [part.newest for shift, part in parts if not shift and part.newest is not None]
        return Reading(functions.finite(value), n, min(newest, default=None))


class RowsContext(Context):
    """Names among the rows that pass: aggregates over them."""

    def __init__(self, facts: Facts, table, rows: list[RowContext], as_of: dt.date) -> None:
        self.facts, self.table, self.rows, self.as_of = facts, table, rows, as_of
        self.zone, self.year_start = facts.zone, facts.year_start

    def counting(self, node: Aggregate) -> list[RowContext]:
        """Semantics 8: the rows in which the argument has data; all of them for `count(*)` and `share`."""
        if node.argument is None or node.function == "share":
            return self.rows
        return [row for row in self.rows if evaluate(node.argument, row) is not None]

    def newest(self, rows: list[RowContext]) -> dt.date | None:
        """The day of the greatest `time` of some rows."""
        times = [row.column(self.table.time, None) for row in rows]
        return max((days.day_of(when, self.zone) for when in times if when is not None), default=None)

    def aggregate(self, node: Aggregate):
        """Semantics 7: rows pass, but none has data in the argument: no data."""
        rows = self.counting(node)
        if not rows:
            return None
        if node.function in ("latest", "earliest"):
            return self.at_the_end(node, rows)
        if node.function == "share":
            return sum(evaluate(node.argument, row) is True for row in rows) / len(rows)
        values = [1.0 if node.argument is None else evaluate(node.argument, row) for row in rows]
        return functions.finite(functions.aggregate(node.function, values, node.parameter, node.distinct))

    def at_the_end(self, node: Aggregate, rows: list[RowContext]):
        """Semantics 11: of the latest (earliest) time, and of those with the greatest (least) key."""
        timed = [row for row in rows if row.column(self.table.time, None) is not None]
        if not timed:
            return None

        def place(row: RowContext):
            return row.column(self.table.time, None), [row.row[name] for name in self.table.key]

        chosen = max(timed, key=place) if node.function == "latest" else min(timed, key=place)
        return functions.finite(evaluate(node.argument, chosen))


class SubjectContext(Context):
    """Names at a subject: its metrics, its own columns, and in a scorecard the points."""

    def __init__(self, values: Values, subject: str, key: str, as_of: dt.date, points=None) -> None:
        self.values, self.subject, self.key, self.as_of, self.points_of = values, subject, key, as_of, points
        self.zone, self.year_start = values.facts.zone, values.facts.year_start

    def column(self, name: str, owner: str | None):
        assert owner in (None, self.subject), owner
        table = self.values.ruleset.subjects[self.subject].table
        row = self.values.facts.own_row(self.subject, self.key)
        return self.values.facts.cell(table, row, name, self.as_of, {})

    def metric(self, name: str, shift: Shift):
        return self.values.read(name, self.subject, self.key, self.as_of, shift).value

    def points(self, name: str):
        return functions.rounded(self.points_of(name))


# -- where a metric is computed


def expressions_of(scorecard) -> Iterator:
    """Every expression of a scorecard that looks at the subject, numbers of scales included."""
    yield scorecard.when
    for measure in scorecard.measures:
        yield from (measure.value, measure.when, measure.min_n, *numbers_of(measure.scale))
    for gate in (group.gate for group in scorecard.groups if group.gate):
        yield from (gate.when, gate.otherwise)
    for guard in scorecard.guards:
        yield from (guard.when, guard.set, guard.floor, guard.cap)


def numbers_of(scale) -> list:
    """All numbers of a scale, in any order."""
    kind = type(scale).__name__
    if kind == "Linear":
        return [scale.worst, scale.best]
    if kind == "Steps":
        return [*scale.edges, *scale.points]
    if kind == "Curve":
        return [number for knot in scale.knots for number in knot]
    if kind == "Target":
        return [scale.target, scale.zero_at, scale.max_points]
    if kind == "Choices":
        return [points for _, points in scale.choices] + ([scale.otherwise] if scale.otherwise else [])
    assert kind == "Rank"
    return []


def home(facts: Facts, name: str) -> set[str]:
    """The subjects at which a metric is computed without being asked for: as it says, else the lowest it reaches."""
    metric = facts.ruleset.metrics[name]
    if metric.subjects:
        return set(metric.subjects)
    reached = reach(facts, name)
    below = [s for s in reached if not any(s != other and s in above(facts, other) for other in reached)]
    return set(below[:1])


def above(facts: Facts, subject: str) -> set[str]:
    """The subject and all its ancestors."""
    found = {subject, COMPANY}
    for parent in facts.ruleset.subjects[subject].parents:
        found |= above(facts, parent)
    return found


def reach(facts: Facts, name: str) -> list[str]:
    """The subjects at which a metric can be computed, in order of declaration."""
    metric = facts.ruleset.metrics[name]
    subjects = list(facts.ruleset.subjects)
    if isinstance(metric, TableMetric):
        return [s for s in subjects if s == COMPANY or len(facts.roads(metric.table, s, metric.via)) == 1]
    for node in walk(metric.value.tree):
        if isinstance(node, MetricValue):
            subjects = [s for s in subjects if s in reach(facts, node.metric)]
        if isinstance(node, Column):
            subjects = [s for s in subjects if owns(facts, s, node)]
    return subjects


def owns(facts: Facts, subject: str, node: Column) -> bool:
    """Whether a bare column is one of the subject's own: such a formula belongs to that subject."""
    table = facts.ruleset.subjects[subject].table
    return table is not None and facts.ruleset.tables[table].type_of(node.name) is not None


def computed(facts: Facts) -> dict[str, set[str]]:
    """Semantics 12 and 25: the metrics computed at each subject: at home, and wherever something asks."""
    found: dict[str, set[str]] = {subject: set() for subject in facts.ruleset.subjects}
    for name in facts.ruleset.metrics:
        for subject in home(facts, name):
            found[subject].add(name)
    for scorecard in facts.ruleset.scorecards.values():
        for expression in (*expressions_of(scorecard), facts.ruleset.subjects[scorecard.subject].eligible):
            found[scorecard.subject] |= asked(expression)
    return {subject: with_parts(facts, names) for subject, names in found.items()}


def with_parts(facts: Facts, names: set[str]) -> set[str]:
    """Some metrics, with all that their formulas ask for."""
    found, waiting = set(names), list(names)
    while waiting:
        metric = facts.ruleset.metrics[waiting.pop()]
        new = set() if isinstance(metric, TableMetric) else asked(metric.value) - found
        found |= new
        waiting += new
    return found


def asked(expression) -> set[str]:
    """The metrics whose plain value an expression reads; what it shifts is computed as a column of its own."""
    if expression is None:
        return set()
    nodes = (node for node in walk(expression.tree) if isinstance(node, MetricValue))
    return {node.metric for node in nodes if not node.shift}


def own_columns(facts: Facts, subject: str) -> set[str]:
    """Semantics 25: every own column that a scorecard expression reads; an in-place value is a column of its own."""
    found = set()
    for scorecard in facts.ruleset.scorecards_of(subject):
        values = [measure.value for measure in scorecard.measures]
        for expression in (*expressions_of(scorecard), facts.ruleset.subjects[subject].eligible):
            if expression is not None and expression not in values:
                found |= {node.name for node in walk(expression.tree) if isinstance(node, Column)}
    return found


def shifted(scorecard) -> set[tuple[str, Shift]]:
    """Semantics 25: each `previous` and `ago` inside a scorecard has a column of its own."""
    nodes = [node for each in expressions_of(scorecard) if each for node in walk(each.tree)]
    return {(node.metric, node.shift) for node in nodes if isinstance(node, MetricValue) and node.shift}
