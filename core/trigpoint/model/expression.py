"""The tree of an expression: a dozen kinds of frozen nodes, each with its span in the text and, once bound, its type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal as Choice

from attrs import field, frozen

from trigpoint.model.window import Shift

ValueType = Choice["text", "integer", "number", "boolean", "date", "timestamp"]
NUMERIC: frozenset[ValueType] = frozenset({"integer", "number"})
Span = tuple[int, int]  # half-open offsets, in characters, into the expression's text
Scalar = float | str | bool | dt.date


@frozen
class Node:
    """What all nodes share. Spans do not take part in equality: two texts of one meaning have equal trees."""

    span: Span = field(default=(0, 0), kw_only=True, eq=False)
    type: ValueType | None = field(default=None, kw_only=True)

    @property
    def children(self) -> tuple[Node, ...]:
        """The nodes directly below, in order of the text."""
        return ()


@frozen
class Literal(Node):
    """A number (always a float), text, truth value or date, written in the rule."""

    value: Scalar


@frozen
class Name(Node):
    """A name as it was parsed; binding replaces it by one of the references below."""

    parts: tuple[str, ...]


@frozen
class Column(Node):
    """A column of the row at hand (`owner` None), or of the subject `owner` on the row's way up."""

    name: str
    owner: str | None = None


@frozen
class MetricValue(Node):
    """The value of a metric for the subject at hand, as of the date moved by `shift`."""

    metric: str
    shift: Shift = Shift()


@frozen
class ScoreValue(Node):
    """What a scorecard, or the family's scorecard that applies, says of the subject: `health.score`.

    `part` is score, band, coverage or outcome, or the name of a group or measure for its points.
    """

    scorecard: str
    part: str


@frozen
class LookupValue(Node):
    """The value that a lookup holds for a key: `lookup(fx, currency)`."""

    lookup: str
    arguments: tuple[Node, ...]

    @property
    def children(self) -> tuple[Node, ...]:
        return self.arguments


@frozen
class Points(Node):
    """The points of a group or measure of the same scorecard: `points.NAME`."""

    name: str


@frozen
class AsOf(Node):
    """The date that everything is computed for."""


@frozen
class Unary(Node):
    """`not x` or `-x`."""

    operator: Choice["not", "-"]
    operand: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@frozen
class Binary(Node):
    """Arithmetic, comparison, `and`, `or`."""

    operator: Choice["+", "-", "*", "/", "=", "<>", "<", "<=", ">", ">=", "and", "or"]
    left: Node
    right: Node

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@frozen
class Between(Node):
    """`x between low and high`, both ends in."""

    operand: Node
    low: Node
    high: Node
    negated: bool = False

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand, self.low, self.high)


@frozen
class In(Node):
    """`x in (a, b, ...)`."""

    operand: Node
    items: tuple[Node, ...]
    negated: bool = False

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand, *self.items)


@frozen
class IsNull(Node):
    """`x is null`: the one question to which no data has an answer."""

    operand: Node
    negated: bool = False

    @property
    def children(self) -> tuple[Node, ...]:
        return (self.operand,)


@frozen
class Case(Node):
    """`case when ... then ... else ... end`; a condition without data makes the whole case no data."""

    branches: tuple[tuple[Node, Node], ...]
    default: Node | None = None

    @property
    def children(self) -> tuple[Node, ...]:
        nodes = tuple(node for branch in self.branches for node in branch)
        return nodes if self.default is None else (*nodes, self.default)


@frozen
class Call(Node):
    """A scalar function of the language; `in_force()` is one without arguments."""

    function: str
    arguments: tuple[Node, ...] = ()

    @property
    def children(self) -> tuple[Node, ...]:
        return self.arguments


@frozen
class Aggregate(Node):
    """A function over the rows that pass; `argument` is None for `count(*)`."""

    function: str
    argument: Node | None = None
    distinct: bool = False
    parameter: float | None = None  # of `percentile`

    @property
    def children(self) -> tuple[Node, ...]:
        return () if self.argument is None else (self.argument,)


@frozen
class Expression:
    """A bound expression: its text, its tree and its type. Equal when the meaning is equal, whatever the spelling."""

    text: str = field(eq=False)
    tree: Node
    type: ValueType

    @property
    def constant(self) -> Scalar | None:
        """The value, where the expression is a plain literal."""
        return self.tree.value if isinstance(self.tree, Literal) else None


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, parents first."""
    yield node
    for child in node.children:
        yield from walk(child)


def number(value: float) -> Expression:
    """A constant number as an expression."""
    return Expression(f"{value:g}", Literal(float(value), type="number"), "number")
