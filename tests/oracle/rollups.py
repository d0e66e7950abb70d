"""Rollups: aggregates over the children of one kind, each in the book of whoever held it."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import NamedTuple

from oracle import days, functions
from oracle.books import When
from oracle.expressions import Context, evaluate, is_true
from oracle.roads import COMPANY
from trigpoint.model.expression import Aggregate, MetricValue, walk
from trigpoint.model.metric import RollupMetric


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
        part = weight(values, metric, child, (subject, key), as_of, stretch)
        if part > 0 and in_window(metric, context, stretch) and is_true(metric.where, context):
            found.append(Child(context, part))
    return found


def in_window(metric: RollupMetric, context: Context, stretch) -> bool:
    """Whether the day that `at` names lies in the window; without `at` the window is for the holders only."""
    if metric.at is None:
        return True
    when = evaluate(metric.at.tree, context)
    return when is not None and stretch[0] < days.day_of(when, context.zone) <= stretch[1]


def books(facts, metric: RollupMetric, subject: str, as_of: dt.date, stretch) -> dict[str, dict]:
    """For each child in whose books it is, and for what part: 1, or with "share of days" the share of the window's."""
    if metric.holder == "end":
        asked = [None]
    elif metric.holder == "start":
        asked = [When(stretch[0] + days.ONE_DAY, exactly=False)]
    else:
        count = (stretch[1] - stretch[0]).days
        asked = [When(stretch[0] + number * days.ONE_DAY) for number in range(1, count + 1)]
    table = facts.ruleset.subjects[metric.over].table
    found: dict[str, dict] = {}
    for key, row in facts.own_rows(metric.over, as_of).items():
        held = Counter(facts.owner_of(table, row, subject, metric.via, as_of, when) for when in asked)
        found[key] = {owner: number / len(asked) for owner, number in held.items()}
    return found


def weight(values, metric: RollupMetric, child: str, owner: tuple[str, str], as_of: dt.date, stretch) -> float:
    """The part of a child that counts for its owner."""
    subject, key = owner
    if subject == COMPANY:
        return 1.0  # with or without a known parent
    at = ("books", metric.name, subject, as_of)
    if at not in values.remembered:
        values.remembered[at] = books(values.facts, metric, subject, as_of, stretch)
    return values.remembered[at][child].get(key, 0.0)


class ChildrenContext(Context):
    """Names among the children that pass: aggregates over them, each counted for its part."""

    def __init__(self, values, passing: list[Child], as_of: dt.date, weighted: bool) -> None:
        self.values, self.passing, self.as_of, self.weighted = values, passing, as_of, weighted
        self.zone, self.year_start = values.facts.zone, values.facts.year_start
        self.functions = values.facts.functions

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
            newest = [child.context.reading(part.metric, part.shift).newest for part in unshifted(node)]
            found.append(min((day for day in newest if day is not None), default=None))
        return max((day for day in found if day is not None), default=None)


def unshifted(node) -> list[MetricValue]:
    """The metrics that something reads as they are on the date at hand."""
    return [each for each in walk(node) if isinstance(each, MetricValue) and not each.shift]
