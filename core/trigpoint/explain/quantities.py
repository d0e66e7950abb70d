"""Values of the value row with their type, unit and parts."""

from __future__ import annotations

from trigpoint.compile.occurrences import measured, value_column
from trigpoint.compile.statement import own_column
from trigpoint.explain.levels import Levels
from trigpoint.model.explanation import Quantity
from trigpoint.model.expression import Binary, Column, Expression, MetricValue, Node, Points, Scalar, ValueType, walk
from trigpoint.model.metric import FormulaMetric, Metric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Measure, Scorecard
from trigpoint.model.window import Shift


def quantity_of(ruleset: Ruleset, card: Scorecard, measure: Measure, levels: Levels) -> Quantity:
    """The raw value that a measure scores."""
    metric = ruleset.metrics.get(measure.metric or "")
    unit = measure.text.unit or (metric.text.unit if metric else None)
    value = typed(levels.row.columns.get(measured(card, measure)), measure.value.type)
    return Quantity(value, measure.value.type, unit, _parts(ruleset, measure, metric, value, levels))


def values_read(ruleset: Ruleset, expression: Expression, levels: Levels) -> dict[str, Quantity]:
    """What a condition looks at, by the name it has there."""
    found: dict[str, Quantity] = {}
    for node in walk(expression.tree):
        match node:
            case MetricValue(metric, shift):
                unit = ruleset.metrics[metric].text.unit
                kind = ruleset.metrics[metric].type
                cell = levels.row.columns.get(value_column(metric, shift))
                found[_as_written(metric, shift)] = Quantity(typed(cell, kind), kind, unit)
            case Column(name):
                kind = node.type or "text"
                found[name] = Quantity(typed(levels.row.columns.get(own_column(name)), kind), kind)
            case Points(name):
                found[f"points.{name}"] = Quantity(levels.number(f"points__{name}"))
    return found


def _as_written(metric: str, shift: Shift) -> str:
    """The metric as it stands in the rule."""
    name = f"previous({metric})" if shift.previous else metric
    return f"ago({name}, '{shift.ago}')" if shift.ago else name


def typed(cell: str | float | None, kind: ValueType) -> Scalar | None:
    """A stored cell as the value it stands for; dates stay text, as they are shown."""
    if cell is None or isinstance(cell, str):
        return cell
    return bool(cell) if kind == "boolean" else float(cell)


def _parts(
    ruleset: Ruleset, measure: Measure, metric: Metric | None, value: Scalar | None, levels: Levels
) -> tuple[Scalar | None, Scalar | None] | None:
    """Of a plain quotient, what is divided by what: '12 of 40' says more than 30 %."""
    if isinstance(measure.value.tree, MetricValue) and measure.value.tree.shift:
        return None
    tree = metric.value.tree if isinstance(metric, FormulaMetric) else measure.value.tree
    if not isinstance(tree, Binary) or tree.operator != "/":
        return None
    upper, lower = (_cell(ruleset, each, levels) for each in (tree.left, tree.right))
    if lower is None and isinstance(tree.right, Column):
        lower = _divisor(upper, value)
    return None if upper is None or lower is None else (upper, lower)


def _divisor(upper: Scalar | None, value: Scalar | None) -> float | None:
    """The value row keeps those own columns only that conditions read; what was divided by follows from the rest."""
    if isinstance(upper, str) or isinstance(value, str) or not upper or not value:
        return None
    return round(float(upper) / float(value), 6)  # type: ignore[arg-type]  # numbers: texts were sent away, dates do not divide


def _cell(ruleset: Ruleset, node: Node, levels: Levels) -> Scalar | None:
    match node:
        case MetricValue(metric, shift):
            return typed(levels.row.columns.get(value_column(metric, shift)), ruleset.metrics[metric].type)
        case Column(name):
            return typed(levels.row.columns.get(own_column(name)), node.type or "number")
    return None
