"""The units of compilation: a metric, at a subject, as of a shifted date. What is computed where, and in which order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from attrs import frozen

from trigpoint.compile.lookups import lookup_column
from trigpoint.compile.statement import own_column
from trigpoint.language import unparse
from trigpoint.model.benchmark import Benchmark
from trigpoint.model.expression import Column, Expression, LookupValue, MetricValue, Node, ScoreValue, walk
from trigpoint.model.metric import Computed, FormulaMetric, Metric, PluginMetric, RollupMetric, expressions
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import RESERVED, Measure, Scorecard
from trigpoint.model.window import Length, Shift


@frozen
class Occurrence:
    """One metric at one subject, shifted or not: a column of the value row, with its n and its newest fact."""

    metric: Metric
    subject: str
    shift: Shift = Shift()

    @property
    def column(self) -> str:
        """The column of the value row that holds the value."""
        return value_column(self.metric.name, self.shift)


def computed(occurrence: Occurrence) -> Computed:
    """The occurrence's metric, which is known to be one of the rules' own."""
    if isinstance(occurrence.metric, PluginMetric):
        raise TypeError(f"{occurrence.metric.name} is computed by a plugin")
    return occurrence.metric


Found = Mapping[str, tuple[Occurrence, ...]]  # for each subject what is computed there


def value_column(metric: str, shift: Shift = Shift()) -> str:  # noqa: B008  # a frozen record
    """`arr`, `arr__ago_12_months`, `active_users__previous`."""
    parts = [metric]
    if shift.ago is not None:
        length = isinstance(shift.ago, Length)
        parts.append(("ago_" if length else "ago_start_of_") + str(shift.ago).replace(" ", "_"))
    return "__".join([*parts, "previous"] if shift.previous else parts)


def score_column(node: ScoreValue) -> str:
    """The value row's column for what a scorecard, or family, says: `health__score`, `health__points__seats`."""
    part = node.part if node.part in RESERVED else f"points__{node.part}"
    return f"{node.scorecard}__{part}"


def in_place(scorecard: Scorecard, measure: Measure) -> str | None:
    """The name of the unnamed metric that a measure's own `value` is; None where the measure names a metric."""
    return None if isinstance(measure.value.tree, MetricValue) else f"{scorecard.name}__{measure.name}"


def measured(scorecard: Scorecard, measure: Measure) -> str:
    """The column of the value row that a measure scores."""
    tree = measure.value.tree
    if isinstance(tree, MetricValue):
        return value_column(tree.metric, tree.shift)
    return f"{scorecard.name}__{measure.name}"


def applies_column(benchmark: Benchmark) -> str:
    """The column of the value row that says whether a benchmark applies: `benchmark__net_2016__1f0c93ab`.

    Benchmarks are no part of a ruleset's fingerprint: the end of the name stands for the condition, so that no answer
    to an older one is taken for an answer to this one.
    """
    condition = "true" if benchmark.when is None else unparse(benchmark.when.tree)
    return f"benchmark__{benchmark.name}__{hashlib.sha256(condition.encode()).hexdigest()[:8]}"


def looked_at(ruleset: Ruleset, subject: str) -> tuple[Expression, ...]:
    """What the scorecards of a subject, and its `eligible`, read from the value row."""
    cards = ruleset.scorecards_of(subject)
    if not cards:
        return ()
    eligible = ruleset.subjects[subject].eligible
    read = [expression for card in cards for expression in card.conditions]
    return tuple(read if eligible is None else [eligible, *read])


def asserted(ruleset: Ruleset, subject: str) -> tuple[Expression, ...]:
    """What the asserts on a subject read; unlike scorecards they are judged when all else is done."""
    return tuple(each.that for each in ruleset.asserts.values() if each.subject == subject)


def rolled_column(name: str, shift: Shift) -> str:
    """The value row's column for an own column as of a shifted date, which a rollup reads."""
    return value_column(name, shift) if shift else own_column(name)


def rolled(found: Found, subject: str) -> Iterator[Occurrence]:
    """The rollups over a subject, wherever they are computed."""
    for each in (each for above in found.values() for each in above):
        if isinstance(each.metric, RollupMetric) and each.metric.over == subject:
            yield each


def shifted_columns(found: Found, subject: str) -> Mapping[str, tuple[str, Shift]]:
    """The own columns that rollups read as of a shifted date: what they are called in the value row."""
    return {
        rolled_column(node.name, each.shift): (node.name, each.shift)
        for each in rolled(found, subject)
        if each.shift
        for node in nodes_of(each.metric)
        if isinstance(node, Column)
    }


def nodes_of(metric: Metric) -> Iterator[Node]:
    """All nodes of all expressions of a metric."""
    return (node for expression in expressions(metric) for node in walk(expression.tree))


def own_columns(ruleset: Ruleset, subject: str, found: Found) -> tuple[str, ...]:
    """The own columns that scorecards, formulas of the subject, and rollups over it, read: so that all can be explained later."""
    cards, own = ruleset.scorecards_of(subject), ruleset.subjects[subject]
    read = [*looked_at(ruleset, subject), *asserted(ruleset, subject)]
    read += [measure.value for card in cards for measure in card.measures]
    read += [each.metric.value for each in found.get(subject, ()) if isinstance(each.metric, FormulaMetric)]
    read += [each for above in rolled(found, subject) if not above.shift for each in expressions(above.metric)]
    nodes = (node for expression in read for node in walk(expression.tree))
    since = [own.since] if own.since and own.young != "count" else []
    return tuple(dict.fromkeys([*since, *(node.name for node in nodes if isinstance(node, Column))]))


def _metric_values(node: Node) -> Iterator[MetricValue]:
    return (each for each in walk(node) if isinstance(each, MetricValue))


def _read(ruleset: Ruleset, expression: Expression) -> Iterator[tuple[Metric, Shift]]:
    """The metrics that an expression over the value row reads. What it looks up, beyond that row, is an unnamed one."""
    for node in walk(expression.tree):
        if isinstance(node, MetricValue):
            yield ruleset.metrics[node.metric], node.shift
        elif isinstance(node, LookupValue) and node.type is not None:
            yield FormulaMetric(lookup_column(node), Expression(unparse(node), node, node.type)), Shift()


def occurrences(ruleset: Ruleset) -> Found:
    """For each subject the occurrences computed there, each after the ones it is computed from.

    A metric is computed at its own subjects, and wherever a scorecard or another metric asks for it.
    """
    found: dict[str, dict[str, Occurrence]] = {subject: {} for subject in ruleset.subjects}

    def demand(metric: Metric, subject: str, shift: Shift) -> None:
        occurrence = Occurrence(metric, subject, shift)
        if occurrence.column in found[subject]:
            return
        for part in parts(occurrence):
            demand(ruleset.metrics[part.metric], subject, part.shift)
        found[subject][occurrence.column] = occurrence
        if isinstance(metric, RollupMetric):
            for node in nodes_of(metric):
                if isinstance(node, MetricValue):
                    demand(ruleset.metrics[node.metric], metric.over, under(shift, node.shift))

    for metric in ruleset.metrics.values():
        for subject in metric.subjects:
            demand(metric, subject, Shift())
    for card in ruleset.scorecards.values():
        for measure in card.measures:
            if name := in_place(card, measure):
                demand(FormulaMetric(name, measure.value), card.subject, Shift())
            else:
                for part in _metric_values(measure.value.tree):
                    demand(ruleset.metrics[part.metric], card.subject, part.shift)
    for benchmark in ruleset.benchmarks.values():
        demand(ruleset.metrics[benchmark.metric], benchmark.subject, Shift())
        if benchmark.when is not None:
            demand(FormulaMetric(applies_column(benchmark), benchmark.when), benchmark.subject, Shift())
    for subject in ruleset.subjects:
        for expression in (*looked_at(ruleset, subject), *asserted(ruleset, subject)):
            for metric, shift in _read(ruleset, expression):
                demand(metric, subject, shift)
    return {subject: tuple(each.values()) for subject, each in found.items()}


def parts(occurrence: Occurrence) -> tuple[MetricValue, ...]:
    """What a formula is computed from, its own shift included; nothing for a table metric or a rollup."""
    if not isinstance(occurrence.metric, FormulaMetric):
        return ()
    found = dict.fromkeys(_metric_values(occurrence.metric.value.tree))
    return tuple(MetricValue(each.metric, under(occurrence.shift, each.shift)) for each in found)


def under(outer: Shift, inner: Shift) -> Shift:
    """The shift of a part inside a shifted formula; `ago` within `ago` was refused when the rules were checked."""
    return Shift(outer.ago if inner.ago is None else inner.ago, outer.previous or inner.previous)
