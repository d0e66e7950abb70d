"""Why there is no data: from an expression down to the input that has none.

Only what the stored rows prove is said; where they leave it open, nothing is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import frozen

from trigpoint.compile.engines import engine_of
from trigpoint.compile.lookups import lookup_column
from trigpoint.compile.occurrences import measured, under, value_column
from trigpoint.compile.statement import own_column
from trigpoint.explain.facts import Facts
from trigpoint.explain.quantities import NO_SHIFT, as_written
from trigpoint.language import unparse
from trigpoint.language.templates import expanded
from trigpoint.model.explanation import Quantity, ScaleExplained, State
from trigpoint.model.expression import (
    Between,
    Binary,
    Call,
    Case,
    Column,
    Expression,
    In,
    IsNull,
    Literal,
    LookupValue,
    MetricValue,
    Node,
    Points,
    Unary,
)
from trigpoint.model.metric import Metric, PluginMetric, RollupMetric, TableMetric
from trigpoint.model.scorecard import Guard, Measure, Scorecard
from trigpoint.model.window import Shift

LOGIC = frozenset({"and", "or"})


@frozen
class Causes:
    """Why values, measures and guards of one subject have no data."""

    facts: Facts

    def of_measure(
        self, card: Scorecard, measure: Measure, state: State, quantity: Quantity, scale: ScaleExplained
    ) -> str | None:
        """Why a measure has no points; None where it has, or where the reason is not known."""
        if state == "no data":
            if quantity.value is not None:
                return self._condition(measure)
            tree = measure.value.tree
            return self._metric(tree.metric, tree.shift) if isinstance(tree, MetricValue) else self.of(tree)
        if state == "too few" and measure.min_n is not None:
            n = self.facts.levels.row.n(measured(card, measure))
            return f"fewer than {measure.min_n.text} with data (n = {n})"
        return self._unscalable(quantity, scale) if state == "unscalable" else None

    def of_guard(self, guard: Guard, number: Expression | None, values: Mapping[str, Quantity]) -> str | None:
        """Why a guard could not be judged."""
        if self.facts.levels.truth(f"guard__{guard.name}") is None:
            found = self.of(guard.when.tree)
        else:
            found = self.of(number.tree) if number else None
        if found:
            return found
        without = [name for name, value in values.items() if value.value is None]
        return f"{without[0]} has no data" if len(without) == 1 else None

    def of(self, node: Node, shift: Shift = NO_SHIFT, *, certain: bool = True) -> str | None:  # noqa: PLR0911  # one return for each kind of node
        """Why an expression has no data; `certain` if it is known to have none."""
        match node:
            case Column(name):
                return self._column(name, shift)
            case MetricValue(metric, inner):
                return self._input(node, metric, under(shift, inner))
            case LookupValue():
                return self._first(node.children, shift) or self._lookup(node, shift, certain)
            case Points(name):
                return None if self._points(name) is not None else f"points.{name} has no data"
            case Binary(operator) if operator in LOGIC:
                return self._logic(node, shift, certain)
            case Between() | In():
                operand = self.of(node.operand, shift, certain=False)
                return operand or (self._first(node.children[1:], shift) if certain else None)
            case Case(branches):
                return self.of(branches[0][0], shift, certain=False)
            case Call("coalesce"):
                return _all(self.of(each, shift, certain=False) for each in node.arguments)
            case Call("nullif", (first, *_)):
                return self.of(first, shift, certain=False)
            case IsNull():
                return None
            case Call(name) if name in self.facts.ruleset.functions:
                return self._plugged(node, shift, certain)
        return self._first(node.children, shift) or self._division(node, shift)

    def _plugged(self, call: Call, shift: Shift, certain: bool) -> str | None:
        """What is wrong inside a function of a plugin, else the first of its arguments that has no data."""
        ruleset = self.facts.ruleset
        inside = expanded(call, ruleset.functions[call.function], engine_of(ruleset).name)
        return self.of(inside, shift, certain=certain) or (self._first(call.arguments, shift) if certain else None)

    def _first(self, nodes: Iterable[Node], shift: Shift) -> str | None:
        """All of them are needed, so the first that has no data is reason enough."""
        return next((found for node in nodes if (found := self.of(node, shift, certain=False))), None)

    def _logic(self, node: Node, shift: Shift, certain: bool) -> str | None:
        """`false and no data` is false: one side alone proves nothing, unless the whole is known to have no data."""
        causes = [self.of(each, shift, certain=certain and _alike(node, each)) for each in node.children]
        return next((found for found in causes if found), None) if certain or None not in causes else None

    def _division(self, node: Node, shift: Shift) -> str | None:
        if not isinstance(node, Binary) or node.operator != "/" or self._number(node.right, shift) != 0:
            return None
        return (
            "division by zero" if isinstance(node.right, Literal) else f"division by zero: {unparse(node.right)} is 0"
        )

    def _column(self, name: str, shift: Shift) -> str | None:
        columns = self.facts.levels.row.columns
        if shift.ago is not None or own_column(name) not in columns or columns[own_column(name)] is not None:
            return None
        return f"{name} is blank"

    def _lookup(self, node: LookupValue, shift: Shift, certain: bool) -> str | None:
        """Kept beside the other values where a scorecard looks it up itself."""
        columns, name = self.facts.levels.row.columns, lookup_column(node)
        missing = not shift and name in columns and columns[name] is None
        return f"{unparse(node)} finds nothing" if missing or certain else None

    def _input(self, node: MetricValue, metric: str, shift: Shift) -> str | None:
        """A metric inside a formula: what it has to say itself, or at least its name."""
        if self._has_data(metric, shift):
            return None
        found = self._metric(metric, shift)
        if found is None:
            return f"{as_written(node)} has no data"
        return f"{as_written(node)}: {found}" if isinstance(self._rule(metric), TableMetric) else found

    def _metric(self, name: str, shift: Shift) -> str | None:
        metric = self._rule(name)
        if self._has_data(name, shift):
            return None
        if isinstance(metric, RollupMetric):
            return self._rollup(metric, shift)
        if isinstance(metric, PluginMetric):
            return self.facts.why_not(metric, shift)
        return self.facts.why(metric, shift) if isinstance(metric, TableMetric) else self.of(metric.value.tree, shift)

    def _rollup(self, metric: RollupMetric, shift: Shift) -> str | None:
        """No child counts: because there is none, or none that passes, or none with data."""
        if self.facts.levels.row.n(value_column(metric.name, shift)) != 0:
            return None
        chosen = " that meets its condition" if metric.where or metric.at else ""
        return f"no {metric.over}{chosen} has data"

    def _rule(self, metric: str) -> Metric:
        return self.facts.ruleset.metrics[metric]

    def _has_data(self, metric: str, shift: Shift) -> bool:
        """Also where the column was not kept: then nothing is known of it."""
        columns = self.facts.levels.row.columns
        return columns.get(value_column(metric, shift), "not kept") is not None

    def _points(self, name: str) -> float | None:
        return self.facts.levels.number(f"points__{name}")

    def _number(self, node: Node, shift: Shift) -> float | None:
        """The value of a number, a stored one, or a sum, difference or product of such."""
        match node:
            case Literal(float(value)):
                return value
            case Unary("-", operand):
                found = self._number(operand, shift)
                return None if found is None else -found
            case MetricValue(metric, inner):
                return self._cell(value_column(metric, under(shift, inner)))
            case Column(name) if shift.ago is None:
                return self._cell(own_column(name))
            case Binary("+" | "-" | "*" as operator, left, right):
                return _arithmetic(operator, self._number(left, shift), self._number(right, shift))
        return None

    def _cell(self, column: str) -> float | None:
        found = self.facts.levels.row.columns.get(column)
        return float(found) if isinstance(found, int | float) else None

    def _condition(self, measure: Measure) -> str:
        found = self.of(measure.when.tree) if measure.when else None
        return f"its condition has no data{f': {found}' if found else ''}"

    def _unscalable(self, quantity: Quantity, scale: ScaleExplained) -> str | None:
        if scale.kind == "choices":
            value = quantity.value
            shown = f"'{value}'" if isinstance(value, str) else str(value).lower()
            return f"no points listed for {shown}"
        missing = [knot.formula for knot in scale.knots if knot.formula and knot.at is None]
        return f"{missing[0]}, a number of its scale, has no data" if missing else None


def _all(causes: Iterable[str | None]) -> str | None:
    """Where one of several would do, each has its reason."""
    found = list(causes)
    return None if None in found else "; ".join(dict.fromkeys(each for each in found if each))


def _alike(node: Node, child: Node) -> bool:
    """`a and (b and c)`: where the whole has no data, no part of it is false."""
    return isinstance(node, Binary) and isinstance(child, Binary) and node.operator == child.operator


def _arithmetic(operator: str, left: float | None, right: float | None) -> float | None:
    if left is None or right is None:
        return None
    return {"+": left + right, "-": left - right, "*": left * right}[operator]
