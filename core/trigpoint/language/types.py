"""What types fit together, and the words and ways out when they do not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from trigpoint.model.expression import NUMERIC, Call, Literal, Node, Scalar, ValueType
from trigpoint.model.function import TIMES

EXACT = 2.0**53  # up to here each whole number is a double
WORDS: dict[ValueType, str] = {
    "text": "a text",
    "integer": "a number",
    "number": "a number",
    "boolean": "a condition (true or false)",
    "date": "a date",
    "timestamp": "a timestamp",
}
AS_NUMBER = "a condition is no number: write case when ... then 1 else 0 end"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def literal_type(value: Scalar) -> ValueType:
    """The type of a literal; a whole number is an integer however it is spelled."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, float):
        return "integer" if value.is_integer() and abs(value) <= EXACT else "number"
    return "date" if isinstance(value, dt.date) else "text"


def common(types: Iterable[ValueType | None]) -> ValueType | None:
    """The one type that holds values of all these types; None if there is none. Unknown ones (None) are passed over."""
    kinds = {kind for kind in types if kind is not None}
    if len(kinds) <= 1:
        return kinds.pop() if kinds else None
    if kinds <= NUMERIC:
        return "number"
    return "timestamp" if kinds <= TIMES else None


def into(node: Node, kind: ValueType | None) -> Node:
    """The node, with a date turned into its midnight or a timestamp into its day where the other is wanted."""
    if kind == "timestamp" and node.type == "date":
        return Call("as_moment", (node,), span=node.span, type="timestamp")
    if kind == "date" and node.type == "timestamp":
        return Call("as_day", (node,), span=node.span, type="date")
    return node


def comparison_hint(left: Node, right: Node) -> str | None:
    """The way out where two types cannot be compared."""
    kinds = {left.type, right.type}
    for one, other in ((left, right), (right, left)):
        if other.type == "boolean" and isinstance(one, Literal):
            truth = _truth(one.value)
            return None if truth is None else f"write {truth}"
        if other.type in NUMERIC and isinstance(one, Literal) and _is_number(one.value):
            return f"write {one.value} without quotes"
        if other.type in TIMES and isinstance(one, Literal) and isinstance(one.value, str):
            return f"write date '{one.value if _DAY.fullmatch(one.value) else '2026-03-31'}'"
    if kinds & TIMES and kinds & NUMERIC:
        return "write days_between(a, b) to get a number of days"
    return AS_NUMBER if "boolean" in kinds and kinds & NUMERIC else None


def arithmetic_hint(operator: str, wrong: Node) -> str | None:
    """The way out where something that is no number stands in arithmetic."""
    if wrong.type == "boolean":
        return AS_NUMBER
    if wrong.type in TIMES:
        return "write days_between(a, b) or days_since(d) to get a number of days"
    return "write concat(a, b) to join texts" if operator == "+" else None


def _truth(value: Scalar) -> str | None:
    return {"1": "true", "true": "true", "yes": "true", "0": "false", "false": "false", "no": "false"}.get(
        f"{value:g}" if isinstance(value, float) else str(value).lower()
    )


def _is_number(value: Scalar) -> bool:
    return isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) is not None
