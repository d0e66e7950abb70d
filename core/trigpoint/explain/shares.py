"""Metrics that are a share of a whole: `sum(...) / sum(...)`, `share(...)`, `avg(...)`, row by row numerator and denominator."""

from __future__ import annotations

from attrs import frozen

from trigpoint.model.expression import Aggregate, Binary, Expression, MetricValue, Node
from trigpoint.model.metric import FormulaMetric, Metric, PluginMetric, RollupMetric, TableMetric
from trigpoint.model.ruleset import Ruleset


@frozen
class Share:
    """A share as a quotient of two sums: what each row adds above and below the line. None: 1 for each row that counts."""

    metric: TableMetric | RollupMetric
    upper: Node | None
    lower: Node | None
    is_condition: bool = False  # `upper` is a condition: 1 where it is true


def share_of(ruleset: Ruleset, value: Expression) -> Share | None:
    """The share that a value is, directly or through formulas that only name it; None if it is none."""
    tree = value.tree
    if not isinstance(tree, MetricValue) or tree.shift:
        return None
    metric: Metric = ruleset.metrics[tree.metric]
    if isinstance(metric, FormulaMetric):
        return share_of(ruleset, metric.value)
    return None if isinstance(metric, PluginMetric) else _share(metric)


def _share(metric: TableMetric | RollupMetric) -> Share | None:
    match metric.value.tree:
        case Binary("/", Aggregate() as upper, Aggregate() as lower) if _adds_up(upper) and _adds_up(lower):
            return Share(metric, upper.argument, lower.argument)
        case Aggregate("share", condition):
            return Share(metric, condition, None, is_condition=True)
    return None


def _adds_up(node: Aggregate) -> bool:
    return node.function == "sum" or (node.function == "count" and node.argument is None)
