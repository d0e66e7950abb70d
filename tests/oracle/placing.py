"""Where a metric is computed, and what a value row holds."""

from __future__ import annotations

from collections.abc import Iterator

from oracle.facts import Facts
from trigpoint.model.expression import Column, MetricValue, ScoreValue, walk
from trigpoint.model.metric import FormulaMetric, PluginMetric, RollupMetric, TableMetric
from trigpoint.model.window import Shift


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


def expressions_within(metric) -> list:
    """What a metric looks at beside rows: of its own subject, or of its children."""
    if isinstance(metric, TableMetric | PluginMetric):
        return []
    if isinstance(metric, FormulaMetric):
        return [metric.value]
    return [each for each in (metric.value, metric.where, metric.at) if each is not None]


def home(facts: Facts, name: str) -> set[str]:
    """The subjects at which a metric is computed without being asked for: as it says; else, for a rollup, at all
    ancestors, and for the others at the lowest subject they reach."""
    metric = facts.ruleset.metrics[name]
    if metric.subjects:
        return set(metric.subjects)
    reached = reach(facts, name)
    if isinstance(metric, RollupMetric):
        return set(reached)
    below = [s for s in reached if not any(s != other and s in facts.roads.above(other) for other in reached)]
    return set(below[:1])


def reach(facts: Facts, name: str) -> list[str]:
    """The subjects at which a metric can be computed, in order of declaration."""
    metric = facts.ruleset.metrics[name]
    subjects = list(facts.ruleset.subjects)
    if isinstance(metric, TableMetric | PluginMetric):
        return [s for s in subjects if facts.roads.leads(metric.table, s, metric.via) or s in metric.subjects]
    if isinstance(metric, RollupMetric):
        return facts.roads.rolled_up_at(metric)
    for node in walk(metric.value.tree):
        if isinstance(node, MetricValue):
            subjects = [s for s in subjects if s in reach(facts, node.metric)]
        if isinstance(node, Column):
            subjects = [s for s in subjects if owns(facts, s, node)]
        if isinstance(node, ScoreValue):
            subjects = [s for s in subjects if s in scored_by(facts, node.scorecard)]
    return subjects


def owns(facts: Facts, subject: str, node: Column) -> bool:
    """Whether a bare column is one of the subject's own: such a formula belongs to that subject."""
    table = facts.ruleset.subjects[subject].table
    return table is not None and facts.ruleset.tables[table].type_of(node.name) is not None


def scored_by(facts: Facts, name: str) -> set[str]:
    """The subject of a scorecard, or of a family."""
    return {card.subject for card in facts.ruleset.scorecards.values() if name in (card.name, card.family)}


def computed(facts: Facts, *, shifts: bool = False) -> dict[str, set[str]]:
    """Semantics 12 and 25: the metrics computed at each subject: at home, and wherever something asks.

    With `shifts` also those of which only a shifted value is asked for.
    """
    ruleset = facts.ruleset
    found: dict[str, set[str]] = {subject: set() for subject in ruleset.subjects}
    waiting = [(subject, name) for name in ruleset.metrics for subject in home(facts, name)]
    for card in ruleset.scorecards.values():
        for expression in (*expressions_of(card), ruleset.subjects[card.subject].eligible):
            waiting += [(card.subject, name) for name in asked(expression, shifts)]
    for each in ruleset.asserts.values():
        waiting += [(each.subject, name) for name in asked(each.that, shifts)]
    while waiting:
        subject, name = waiting.pop()
        if name not in found[subject]:
            found[subject].add(name)
            metric = ruleset.metrics[name]
            below = metric.over if isinstance(metric, RollupMetric) else subject
            waiting += [(below, part) for each in expressions_within(metric) for part in asked(each, shifts)]
    return found


def asked(expression, shifts: bool = False) -> set[str]:
    """The metrics whose plain value an expression reads; what it shifts is computed as a column of its own."""
    if expression is None:
        return set()
    nodes = (node for node in walk(expression.tree) if isinstance(node, MetricValue))
    return {node.metric for node in nodes if shifts or not node.shift}


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
