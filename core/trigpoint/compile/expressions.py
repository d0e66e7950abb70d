"""Bound trees to SQL text for one engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from attrs import frozen

from trigpoint.compile import sql
from trigpoint.compile.engines.base import Engine
from trigpoint.language.templates import expanded
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
    Node,
    Points,
    ScoreValue,
    Unary,
)

Reference = Column | MetricValue | ScoreValue | LookupValue | Points | Aggregate
_PRECEDENCE = {"or": 1, "and": 2, "=": 4, "<>": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6}
_NOT, _COMPARISON, _ATOM = 3, 4, 9


@frozen
class Emitter:
    """Prints trees. `refer` says what stands for a column, metric, score, lookup, points or aggregate at this place.

    `in_force` is the condition that `in_force()` stands for; `as_of` the date of the occurrence at hand.
    """

    engine: Engine
    as_of: dt.date
    year_start: int
    refer: Callable[[Reference], str]
    in_force: str = ""

    def print(self, node: Node, binding: int = 0) -> str:
        """The SQL of a tree; in parentheses where the place binds more tightly than the tree does."""
        text, strength = self._node(node)
        return f"({text})" if strength < binding else text

    def _node(self, node: Node) -> tuple[str, int]:
        match node:
            case Literal():
                return self.literal(node.value), _ATOM
            case Column() | MetricValue() | ScoreValue() | LookupValue() | Points() | Aggregate():
                return self.refer(node), _ATOM
            case AsOf():
                return self.literal(self.as_of), _ATOM
            case Unary("not", operand):
                return f"NOT {self.print(operand, _NOT + 1)}", _NOT
            case Unary(_, operand):
                return f"-{self.print(operand, _ATOM)}", 8
            case Binary():
                return self._binary(node)
            case Between() | In() | IsNull():
                return self._predicate(node), _COMPARISON
            case Case():
                return self._case(node), _ATOM
            case Call() if node.function in self.engine.plugged:
                return self._plugged(node)
            case Call():
                return self._call(node), _ATOM
        raise TypeError(f"no SQL for {type(node).__name__}: the tree is not bound")

    def literal(self, value: float | str | bool | dt.date) -> str:
        """A value as a literal of the engine."""
        if isinstance(value, bool):
            return self.engine.truth(value)
        if isinstance(value, float):
            return self.engine.number(value)
        return sql.text(value if isinstance(value, str) else value.isoformat())

    def _binary(self, node: Binary) -> tuple[str, int]:
        # Each child is printed once: twice would double the work with each level of nesting.
        strength = _PRECEDENCE[node.operator]
        if node.operator == "/":
            casts = node.left.type == "integer"
            left = self.print(node.left, 0 if casts else strength)
            left = self.engine.double(left) if casts else left
            return f"{left} / nullif({self.print(node.right)}, 0.0)", strength
        left = self.print(node.left, strength + (strength == _COMPARISON))
        return f"{left} {node.operator.upper()} {self.print(node.right, strength + 1)}", strength

    def _predicate(self, node: Between | In | IsNull) -> str:
        operand = self.print(node.operand, _COMPARISON + 1)
        if isinstance(node, IsNull):
            return f"{operand} IS {'NOT ' if node.negated else ''}NULL"
        negation = "NOT " if node.negated else ""
        if isinstance(node, In):
            return f"{operand} {negation}IN ({', '.join(self.print(item) for item in node.items)})"
        low, high = self.print(node.low, _COMPARISON + 1), self.print(node.high, _COMPARISON + 1)
        return f"{operand} {negation}BETWEEN {low} AND {high}"

    def _case(self, node: Case) -> str:
        """A condition without data makes the case no data: `CASE condition WHEN TRUE ... WHEN FALSE ...` has no other end."""
        rest = "NULL" if node.default is None else self.print(node.default)
        for condition, result in reversed(node.branches):
            then, when = self.print(result), self.print(condition)
            if _always_known(condition):
                rest = f"CASE WHEN {when} THEN {then} ELSE {rest} END"
            else:
                true, false = self.engine.truth(True), self.engine.truth(False)
                rest = f"CASE {when} WHEN {true} THEN {then} WHEN {false} THEN {rest} END"
        return rest

    def _plugged(self, node: Call) -> tuple[str, int]:
        """A function of a plugin: its template in the place of the call, of the type that the function has."""
        tree = expanded(node, self.engine.plugged[node.function], self.engine.name)
        if node.type == "number" and tree.type == "integer":
            return self.engine.double(self.print(tree)), _ATOM
        return self._node(tree)

    def _call(self, node: Call) -> str:
        if node.function == "in_force":
            return self.in_force
        binding = 7 if node.function in ("concat", "contains", "starts_with") else 0
        arguments = [self.print(argument, binding) for argument in node.arguments]
        if node.function in ("period", "period_start", "period_end"):
            arguments.append(str(self.year_start))
        return self.engine.function(node.function)(*arguments)


def _always_known(node: Node) -> bool:
    """Whether a condition is true or false whatever the data."""
    match node:
        case IsNull():
            return True
        case Unary("not", operand):
            return _always_known(operand)
        case Binary("and" | "or", left, right):
            return _always_known(left) and _always_known(right)
    return isinstance(node, Literal)
