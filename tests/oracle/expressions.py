"""Evaluates a bound tree for one row or one subject, node by node."""

from __future__ import annotations

import math
import operator

from oracle import functions
from trigpoint.model import expression as tree

COMPARISONS = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Context:
    """What names mean somewhere: a row of a table, a subject, or a set of rows. Each kind answers what it can."""

    zone = None
    year_start = 1
    functions = {}  # noqa: RUF012  # of plugins; nobody writes to it
    as_of = None

    def column(self, name: str, owner: str | None):
        raise AssertionError(f"no columns here: {owner}.{name}")

    def metric(self, name: str, shift):
        raise AssertionError(f"no metrics here: {name} {shift}")

    def score(self, scorecard: str, part: str):
        raise AssertionError(f"no scorecards here: {scorecard}.{part}")

    def lookup(self, name: str, arguments: list):
        raise AssertionError(f"no lookups here: {name} {arguments}")

    def points(self, name: str):
        raise AssertionError(f"no points here: {name}")

    def in_force(self):
        raise AssertionError("in_force() needs a row")

    def aggregate(self, node: tree.Aggregate):
        raise AssertionError(f"no rows here: {node.function}")


def evaluate(node: tree.Node, context: Context):
    """The value of a tree; None is no data."""
    value = RULES[type(node)](node, context)
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if isinstance(value, float) and math.isnan(value):
        return None  # nan becomes no data at once
    return value


def is_true(expression, context: Context) -> bool:
    """Semantics 9: only true is true. No expression means no condition."""
    return expression is None or evaluate(expression.tree, context) is True


def _unary(node, context):
    value = evaluate(node.operand, context)
    if value is None:
        return None
    return (not value) if node.operator == "not" else -value


def _binary(node, context):
    left, right = evaluate(node.left, context), evaluate(node.right, context)
    if node.operator == "and":
        return conjunction(left, right)
    if node.operator == "or":
        return negation(conjunction(negation(left), negation(right)))
    if left is None or right is None:
        return None  # no data spreads
    if node.operator in COMPARISONS:
        return COMPARISONS[node.operator](left, right)
    if node.operator == "/":
        return functions.divided(left, right)
    return {"+": operator.add, "-": operator.sub, "*": operator.mul}[node.operator](left, right)


def conjunction(left, right):
    """Semantics 9: three-valued logic."""
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def negation(value):
    return None if value is None else not value


def _between(node, context):
    value, low, high = (evaluate(each, context) for each in (node.operand, node.low, node.high))
    above = None if value is None or low is None else value >= low
    below = None if value is None or high is None else value <= high
    found = conjunction(above, below)
    return negation(found) if node.negated else found


def _in(node, context):
    value = evaluate(node.operand, context)
    items = [evaluate(item, context) for item in node.items]
    if value is None:
        return None
    found = True if value in [item for item in items if item is not None] else (None if None in items else False)
    return negation(found) if node.negated else found


def _is_null(node, context):
    return (evaluate(node.operand, context) is None) != node.negated


def _case(node, context):
    """Semantics 9: the first true branch wins; a condition without data met before it makes the whole no data."""
    for condition, result in node.branches:
        met = evaluate(condition, context)
        if met is None:
            return None
        if met:
            return evaluate(result, context)
    return None if node.default is None else evaluate(node.default, context)


def _call(node, context):
    if node.function == "in_force":
        return context.in_force()
    args = [evaluate(argument, context) for argument in node.arguments]
    if node.function in context.functions:
        return functions.finite(context.functions[node.function].oracle(*args))
    if node.function == "coalesce":
        return next((functions.finite(arg) for arg in args if arg is not None), None)
    if node.function == "nullif":
        return None if args[0] == args[1] else functions.finite(args[0])
    return functions.call(node.function, args, context)


RULES = {
    tree.Literal: lambda node, _: node.value,
    tree.Column: lambda node, context: context.column(node.name, node.owner),
    tree.MetricValue: lambda node, context: context.metric(node.metric, node.shift),
    tree.ScoreValue: lambda node, context: context.score(node.scorecard, node.part),
    tree.LookupValue: lambda node, context: context.lookup(node.lookup, [evaluate(a, context) for a in node.arguments]),
    tree.Points: lambda node, context: context.points(node.name),
    tree.AsOf: lambda _, context: context.as_of,
    tree.Unary: _unary,
    tree.Binary: _binary,
    tree.Between: _between,
    tree.In: _in,
    tree.IsNull: _is_null,
    tree.Case: _case,
    tree.Call: _call,
    tree.Aggregate: lambda node, context: context.aggregate(node),
}
