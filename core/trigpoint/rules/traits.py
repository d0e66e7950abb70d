"""What is known of a metric through all that it is computed from, noted once when it is made.

Looked up by walking down each time, a chain of formulas that each read the one before twice would double the time with
every link.
"""

from __future__ import annotations

from attrs import frozen

from trigpoint.model.expression import MetricValue, ScoreValue, walk
from trigpoint.model.metric import FormulaMetric, Metric, PluginMetric, RollupMetric, TableMetric, expressions
from trigpoint.model.table import Table


@frozen
class Traits:
    """`depth` is the number of formulas and rollups on the longest way down to the facts.

    `shifted`: ago() stands behind it; `scored`: scores do; `rolls`: it is computed wherever a rollup is; `counted`: it
    has an n; `dated`: facts with a time stand behind it, looked at as of the date itself.
    """

    depth: int = 0
    shifted: bool = False
    scored: bool = False
    rolls: bool = False
    counted: bool = True
    dated: bool = False


def traits_of(metric: Metric, tables: dict[str, Table], known: dict[str, Traits]) -> Traits:
    """The traits of a metric whose parts are known."""
    if isinstance(metric, TableMetric | PluginMetric):
        return Traits(dated=metric.table is not None and tables[metric.table].time is not None)
    nodes = [node for expression in expressions(metric) for node in walk(expression.tree)]
    parts = [(node.shift, known[node.metric]) for node in nodes if isinstance(node, MetricValue)]
    return Traits(
        depth=1 + max((each.depth for _, each in parts), default=0),
        shifted=any(shift.ago is not None or each.shifted for shift, each in parts),
        scored=any(isinstance(node, ScoreValue) for node in nodes) or any(each.scored for _, each in parts),
        rolls=isinstance(metric, RollupMetric) or any(each.rolls for _, each in parts),
        counted=not isinstance(metric, FormulaMetric) or any(each.counted for _, each in parts),
        dated=any(each.dated for shift, each in parts if not shift),
    )
