"""The canonical text of a bound tree: what fingerprints hash and messages show. Binding it again gives the same tree."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from trigpoint.model.expression import (
    Aggregate,
    AsOf,
    Between,
    Binary,
    Call,
    Case,
    Column,
    In,
    IsNull,
    Literal,
    LookupValue,
    MetricValue,
    Name,
    Node,
    Points,
    Scalar,
    ScoreValue,
    Unary,
)

_POWERS: Mapping[str, int] = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6}
_COMPARISON, _MINUS, _VALUE = 4, 7, 8
_INTERNAL = frozenset({"as_day", "as_moment"})  # put in by binding, which puts them in again


def unparse(node: Node) -> str:  # noqa: PLR0911  # one return for each kind of node
    """The text of a tree, with no more parentheses than it needs."""
    match node:
        case Literal():
            return _literal(node.value)
        case Name():
            return ".".join(node.parts)
        case Column():
            return node.name if node.owner is None else f"{node.owner}.{node.name}"
        case MetricValue():
            return _metric(node)
        case Points():
            return f"points.{node.name}"
        case ScoreValue():
            return f"{node.scorecard}.{node.part}"
        case AsOf():
            return "as_of"
        case Call() if node.function in _INTERNAL:
            return unparse(node.arguments[0])
        case LookupValue():
            return f"lookup({', '.join((node.lookup, *(unparse(each) for each in node.arguments)))})"
        case Call():
            return f"{node.function}({', '.join(unparse(each) for each in node.arguments)})"
        case Aggregate():
            return _aggregate(node)
        case Case():
            return _case(node)
    return _operator(node)


def _operator(node: Node) -> str:
    match node:
        case Unary("not"):
            return f"not {_within(node.operand, _VALUE)}"
        case Unary():
            return f"-{_within(node.operand, _VALUE)}"
        case Binary():
            power = _POWERS.get(node.operator, _COMPARISON)
            left = power if power != _COMPARISON else power + 1
            return f"{_within(node.left, left)} {node.operator} {_within(node.right, power + 1)}"
        case Between():
            bounds = f"{_within(node.low, 5)} and {_within(node.high, 5)}"
            return f"{_within(node.operand, 5)} {_not(node.negated)}between {bounds}"
        case In():
            items = ", ".join(unparse(item) for item in node.items)
            return f"{_within(node.operand, 5)} {_not(node.negated)}in ({items})"
        case IsNull():
            return f"{_within(node.operand, 5)} is {_not(node.negated)}null"
    raise TypeError(f"no text for {type(node).__name__}")


def _power(node: Node) -> int:
    """How tightly the outermost operator of a node binds."""
    match node:
        case Call() if node.function in _INTERNAL:
            return _power(node.arguments[0])
        case Binary():
            return _POWERS.get(node.operator, _COMPARISON)
        case Between() | In() | IsNull():
            return _COMPARISON
        case Unary():
            return _MINUS if node.operator == "-" else _POWERS["not"]
        case Literal() if isinstance(node.value, float) and node.value < 0:
            return _MINUS
    return _VALUE


def _within(node: Node, power: int) -> str:
    """The text of an operand, in parentheses unless it binds at least as tightly as `power`."""
    text = unparse(node)
    return text if _power(node) >= power else f"({text})"


def _not(negated: bool) -> str:
    return "not " if negated else ""


def _literal(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.date):
        return f"date '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'"


def _metric(node: MetricValue) -> str:
    text = f"previous({node.metric})" if node.shift.previous else node.metric
    return text if node.shift.ago is None else f"ago({text}, '{node.shift.ago}')"


def _aggregate(node: Aggregate) -> str:
    if node.argument is None:
        return f"{node.function}(*)"
    parameter = "" if node.parameter is None else f", {_literal(node.parameter)}"
    return f"{node.function}({'distinct ' if node.distinct else ''}{unparse(node.argument)}{parameter})"


def _case(node: Case) -> str:
    branches = " ".join(f"when {unparse(when)} then {unparse(result)}" for when, result in node.branches)
    default = "" if node.default is None else f" else {unparse(node.default)}"
    return f"case {branches}{default} end"
