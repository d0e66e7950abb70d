"""Values of the value row with their type and unit, and what they were computed from."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from trigpoint.compile.lookups import lookup_column
from trigpoint.compile.occurrences import measured, under, value_column
from trigpoint.compile.statement import own_column
from trigpoint.explain.levels import Levels
from trigpoint.language import unparse
from trigpoint.model.explanation import Quantity
from trigpoint.model.expression import (
    Binary,
    Column,
    Expression,
    LookupValue,
    MetricValue,
    Node,
    Points,
    Scalar,
    ValueType,
    walk,
)
from trigpoint.model.metric import FormulaMetric, PluginMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Measure, Scorecard
from trigpoint.model.window import Shift

NO_SHIFT = Shift()


def quantity_of(ruleset: Ruleset, card: Scorecard, measure: Measure, levels: Levels) -> Quantity:
    """The raw value that a measure scores."""
    tree = measure.value.tree
    if isinstance(tree, MetricValue):
        found = _metric(ruleset, tree.metric, tree.shift, levels)
        return evolve(found, unit=measure.text.unit or found.unit)
    cell = levels.row.columns.get(measured(card, measure))
    return _computed(ruleset, measure.value, NO_SHIFT, cell, measure.text.unit, levels)


def values_read(ruleset: Ruleset, expression: Expression, levels: Levels) -> dict[str, Quantity]:
    """What a condition looks at, by the name it has there."""
    return _read(ruleset, expression.tree, NO_SHIFT, levels)


def as_written(node: MetricValue) -> str:
    """The metric as it stands in the rule."""
    name = f"previous({node.metric})" if node.shift.previous else node.metric
    return f"ago({name}, '{node.shift.ago}')" if node.shift.ago else name


def typed(cell: str | float | None, kind: ValueType) -> Scalar | None:
    """A stored cell as the value it stands for; dates stay text, as they are shown."""
    if cell is None or isinstance(cell, str):
        return cell
    return bool(cell) if kind == "boolean" else float(cell)


def _metric(ruleset: Ruleset, name: str, shift: Shift, levels: Levels) -> Quantity:
    metric = ruleset.metrics[name]
    cell, unit = levels.row.columns.get(value_column(name, shift)), metric.text.unit
    if isinstance(metric, FormulaMetric):
        return _computed(ruleset, metric.value, shift, cell, unit, levels)
    found = Quantity(typed(cell, metric.type), metric.type, unit)
    return evolve(found, formula=_call(metric)) if isinstance(metric, PluginMetric) else found


def _call(metric: PluginMetric) -> str:
    """The plugin and what it was given: `survival.duration(start = booked_on, end = went_live_on, unit = weeks)`."""
    given = [f"{name} = {' '.join(each.text.split())}" for name, each in metric.inputs.items()]
    given += [f"{name} = {_setting(value)}" for name, value in metric.settings.items()]
    return f"{metric.plugin}({', '.join(given)})"


def _setting(value: object) -> str:
    """A setting as people read it; of a secret only where it is kept."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_setting(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_setting, value)) + "]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _computed(
    ruleset: Ruleset, formula: Expression, shift: Shift, cell: str | float | None, unit: str | None, levels: Levels
) -> Quantity:
    found = Quantity(typed(cell, formula.type), formula.type, unit)
    if isinstance(formula.tree, Column):
        return found
    inputs = _read(ruleset, formula.tree, shift, levels)
    text = " ".join(formula.text.split())
    return evolve(found, formula=text, inputs=inputs, parts=_parts(formula.tree, inputs))


def _read(ruleset: Ruleset, tree: Node, shift: Shift, levels: Levels) -> dict[str, Quantity]:
    """What an expression as of a shifted date looks at; own columns are kept as of the run's date only."""
    found: dict[str, Quantity] = {}
    for node in walk(tree):
        match node:
            case MetricValue(metric, inner):
                found[as_written(node)] = _metric(ruleset, metric, under(shift, inner), levels)
            case Column(name, None) if own_column(name) in levels.row.columns and shift.ago is None:
                kind = node.type or "text"
                found[name] = Quantity(typed(levels.row.columns[own_column(name)], kind), kind)
            case LookupValue() if lookup_column(node) in levels.row.columns and not shift:
                kind = node.type or "text"
                found[unparse(node)] = Quantity(typed(levels.row.columns[lookup_column(node)], kind), kind)
            case Points(name):
                found[f"points.{name}"] = Quantity(levels.number(f"points__{name}"))
    return found


def _parts(tree: Node, inputs: dict[str, Quantity]) -> tuple[Scalar, Scalar] | None:
    """Of a plain quotient, what is divided by what: '12 of 40' says more than 30 %."""
    if not isinstance(tree, Binary) or tree.operator != "/":
        return None
    upper, lower = (inputs.get(_name(each)) for each in (tree.left, tree.right))
    if upper is None or lower is None or upper.value is None or lower.value is None:
        return None
    return upper.value, lower.value


def _name(node: Node) -> str:
    match node:
        case MetricValue():
            return as_written(node)
        case Column(name, None):
            return name
    return ""
