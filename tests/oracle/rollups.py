"""Rollups: aggregates over the children of one kind, each in the book of whoever held it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from oracle import days, functions
from oracle.books import When
from oracle.expressions import Context, evaluate, is_true
from oracle.roads import COMPANY
from trigpoint.model.expression import Aggregate, MetricValue, walk
from trigpoint.model.metric import FormulaMetric, RollupMetric, TableMetric


class Child(NamedTuple):
    """A child that passes: what names mean at it, and the part of it that counts (1, or a share of the days)."""

    context: Context
    weight: float


def children(values, metric: RollupMetric, subject: str, key: str, as_of: dt.date) -> list[Child]:
    """The children in the book of one subject that lie in the window and meet the condition."""
    stretch = days.edges(metric.window, as_of, values.facts.year_start) if metric.window else None
    found = []
    for child in values.facts.keys(metric.over, as_of):
        context = values.at(metric.over, child, as_of)
        part = weight(values.facts, metric, child, (subject, key), as_of, stretch)
        if part > 0 and in_window(metric, context, stretch) and is_true(metric.where, context):
            found.append(Child(context, part))
    return found


def in_window(metric: RollupMetric, context: Context, stretch) -> bool:
    """Whether the day that `at` names lies in the window; without `at` the window is for the holders only."""
    if metric.at is None:
        return True
    when = evaluate(metric.at.tree, context)
    return when is not None and stretch[0] < days.day_of(when, context.zone) <= stretch[1]


def weight(facts, metric: RollupMetric, child: str, owner: tuple[str, str], as_of: dt.date, stretch) -> float:
    """1 for a child in the owner's book, else 0; with `holder = "share of days"` the share of the window's days."""
    subject, key = owner
    if subject == COMPANY:
        return 1.0  # with or without a known parent

    def held(when: When | None) -> bool:
        place = ("holders", (metric.over, subject, tuple(metric.via.items()), when))
        holders = facts.remembered(*place, as_of, lambda: all_holders(facts, metric, subject, as_of, when))
        return holders.get(child) == key

    if metric.holder == "end":
        return float(held(None))
    if metric.holder == "start":
        return float(held(When(stretch[0] + days.ONE_DAY, exactly=False)))
    every = [stretch[0] + count * days.ONE_DAY for count in range(1, (stretch[1] - stretch[0]).days + 1)]
    return sum(held(When(day)) for day in every) / len(every)


def all_holders(facts, metric: RollupMetric, subject: str, as_of: dt.date, when: When | None) -> dict:
    """Whose each child is."""
    table = facts.ruleset.subjects[metric.over].table
    rows = facts.own_rows(metric.over, as_of)
    return {key: facts.owner_of(table, row, subject, metric.via, as_of, when) for key, row in rows.items()}


class ChildrenContext(Context):
    """Names among the children that pass: aggregates over them, each counted for its part."""

    def __init__(self, values, passing: list[Child], as_of: dt.date, weighted: bool) -> None:
        self.values, self.passing, self.as_of, self.weighted = values, passing, as_of, weighted
        self.zone, self.year_start = values.facts.zone, values.facts.year_start

    def lookup(self, name: str, arguments: list):
        return self.values.lookup(name, arguments, self.as_of)

    def counting(self, node: Aggregate) -> list[Child]:
        """Semantics 8: the children in which the argument has data; all of them for `count(*)` and `share`."""
        if node.argument is None or node.function == "share":
            return self.passing
        return [child for child in self.passing if evaluate(node.argument, child.context) is not None]

    def aggregate(self, node: Aggregate):
        """Semantics 7: children pass, but none has data in the argument: no data."""
        counting = self.counting(node)
        if not counting:
            return None
        if node.function == "share":
            true = [child.weight for child in counting if evaluate(node.argument, child.context) is True]
            return sum(true) / sum(child.weight for child in counting)
        data = [1.0 if node.argument is None else evaluate(node.argument, child.context) for child in counting]
        if self.weighted and node.function in ("sum", "count", "avg"):
            parts = [child.weight for child in counting]
            if node.function == "count":
                return sum(parts)
            total = sum(part * value for part, value in zip(parts, data, strict=True))
            return functions.finite(total if node.function == "sum" else total / sum(parts))
        return functions.finite(functions.aggregate(node.function, data, node.parameter, node.distinct))

    def newest(self, node: Aggregate) -> dt.date | None:
        """The newest, among the children that count, of the oldest newest facts that the argument looks at."""
        found = []
        for child in self.counting(node):
            days_of_parts = [
                child.context.reading(part.metric, part.shift).newest for part in timed_parts(self.values.ruleset, node)
            ]
            found.append(min((day for day in days_of_parts if day is not None), default=None))
        return max((day for day in found if day is not None), default=None)


def timed_parts(ruleset, node) -> list[MetricValue]:
    """The metrics that something reads unshifted and that have a newest fact."""
    nodes = [each for each in walk(node) if isinstance(each, MetricValue)]
    return [each for each in nodes if not each.shift and timed(ruleset, each.metric)]


def timed(ruleset, name: str) -> bool:
    """Whether a metric has a newest fact: some table below it has a time."""
    metric = ruleset.metrics[name]
    if isinstance(metric, TableMetric):
        return ruleset.tables[metric.table].time is not None
    assert isinstance(metric, FormulaMetric | RollupMetric)
    return bool(timed_parts(ruleset, metric.value.tree))
