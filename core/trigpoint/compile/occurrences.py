"""The units of compilation: a metric, at a subject, as of a shifted date. What is computed where, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import frozen

from trigpoint.model.expression import Column, Expression, MetricValue, Node, walk
from trigpoint.model.metric import FormulaMetric, Metric, TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Choices, Curve, Linear, Measure, Rank, Scale, Scorecard, Steps, Target
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


def value_column(metric: str, shift: Shift = Shift()) -> str:  # noqa: B008  # a frozen record
    """`arr`, `arr__ago_12_months`, `active_users__previous`."""
    parts = [metric]
    if shift.ago is not None:
        length = isinstance(shift.ago, Length)
        parts.append(("ago_" if length else "ago_start_of_") + str(shift.ago).replace(" ", "_"))
    return "__".join([*parts, "previous"] if shift.previous else parts)


def in_place(scorecard: Scorecard, measure: Measure) -> str | None:
    """The name of the unnamed metric that a measure's own `value` is; None where the measure names a metric."""
    return None if isinstance(measure.value.tree, MetricValue) else f"{scorecard.name}__{measure.name}"


def measured(scorecard: Scorecard, measure: Measure) -> str:
    """The column of the value row that a measure scores."""
    tree = measure.value.tree
    if isinstance(tree, MetricValue):
        return value_column(tree.metric, tree.shift)
    return f"{scorecard.name}__{measure.name}"


def scale_numbers(scale: Scale) -> tuple[Expression, ...]:
    """Every number of a scale, in a fixed order."""
    match scale:
        case Linear(worst, best):
            return (worst, best)
        case Steps(edges, points):
            return (*edges, *points)
        case Curve(knots):
            return tuple(number for knot in knots for number in knot)
        case Target(target, zero_at, max_points):
            return (target, zero_at, max_points)
        case Choices(choices, otherwise):
            return (*(points for _, points in choices), *([otherwise] if otherwise else []))
        case Rank():
            return ()


def conditions(scorecard: Scorecard) -> Iterator[Expression]:
    """Every expression of a scorecard that is evaluated on the value row: all but the values of its measures."""
    optional = [scorecard.when]
    for measure in scorecard.measures:
        optional += [measure.when, measure.min_n, *scale_numbers(measure.scale)]
    for group in scorecard.groups:
        optional += [group.gate.when, group.gate.otherwise] if group.gate else []
    for guard in scorecard.guards:
        optional += [guard.when, guard.set, guard.floor, guard.cap]
    return (expression for expression in optional if expression is not None)


def looked_at(ruleset: Ruleset, subject: str) -> tuple[Expression, ...]:
    """What the scorecards of a subject, and its `eligible`, read from the value row."""
    cards = ruleset.scorecards_of(subject)
    if not cards:
        return ()
    eligible = ruleset.subjects[subject].eligible
    read = [expression for card in cards for expression in conditions(card)]
    return tuple(read if eligible is None else [eligible, *read])


def own_columns(ruleset: Ruleset, subject: str, found: Iterable[Occurrence]) -> tuple[str, ...]:
    """The own columns that scorecards, and the formulas of the subject, read: so that a score can be explained later."""
    cards, own = ruleset.scorecards_of(subject), ruleset.subjects[subject]
    read = [*looked_at(ruleset, subject), *(measure.value for card in cards for measure in card.measures)]
    read += [each.metric.value for each in found if isinstance(each.metric, FormulaMetric)]
    nodes = (node for expression in read for node in walk(expression.tree))
    since = [own.since] if own.since and own.young != "count" else []
    return tuple(dict.fromkeys([*since, *(node.name for node in nodes if isinstance(node, Column))]))


def _metric_values(node: Node) -> Iterator[MetricValue]:
    return (each for each in walk(node) if isinstance(each, MetricValue))


def occurrences(ruleset: Ruleset) -> Mapping[str, tuple[Occurrence, ...]]:
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
    for subject in ruleset.subjects:
        for expression in looked_at(ruleset, subject):
            for part in _metric_values(expression.tree):
                demand(ruleset.metrics[part.metric], subject, part.shift)
    return {subject: tuple(each.values()) for subject, each in found.items()}


def parts(occurrence: Occurrence) -> tuple[MetricValue, ...]:
    """What a formula is computed from, its own shift included; nothing for a table metric."""
    if isinstance(occurrence.metric, TableMetric):
        return ()
    found = dict.fromkeys(_metric_values(occurrence.metric.value.tree))
    return tuple(MetricValue(each.metric, under(occurrence.shift, each.shift)) for each in found)


def under(outer: Shift, inner: Shift) -> Shift:
    """The shift of a part inside a shifted formula; `ago` within `ago` was refused when the rules were checked."""
    return Shift(outer.ago if inner.ago is None else inner.ago, outer.previous or inner.previous)
