"""The second wall: gives every name a reference and every node a type, and refuses what is not on the list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal as Choice

from attrs import evolve

from trigpoint.language import calls
from trigpoint.language.faults import ExpressionError, Fault
from trigpoint.language.names import Scope, resolve
from trigpoint.language.parse import parse
from trigpoint.language.types import WORDS, arithmetic_hint, common, comparison_hint, into, literal_type
from trigpoint.language.unquoted import told_as_texts, with_quotes
from trigpoint.model.expression import (
    NUMERIC,
    Aggregate,
    AsOf,
    Between,
    Binary,
    Call,
    Case,
    Expression,
    In,
    IsNull,
    Literal,
    Name,
    Node,
    Unary,
    ValueType,
    walk,
)

Expected = ValueType | Choice["any", "number"]
_LOGIC = frozenset({"and", "or"})
_ARITHMETIC = frozenset({"+", "-", "*", "/"})
_EQUALITY = frozenset({"=", "<>"})


def bound(text: str, scope: Scope, expect: Expected = "any") -> Expression:
    """The expression that `text` means in `scope`, however long it becomes with the functions of plugins written out.

    Raises ExpressionError with all faults; an unknown name is told once and makes no further complaints.
    """
    try:
        parsed = parse(text)
    except ExpressionError as error:
        raise ExpressionError(*told_as_texts(error.faults, text, scope)) from None
    binder = Binder(scope)
    tree = binder.bind(parsed)
    if not binder.faults:
        binder.check_result(tree, expect)
    if binder.faults or tree.type is None:
        raise ExpressionError(*binder.faults)
    return Expression(text, tree, tree.type)


class Binder:
    """Walks a parsed tree once, collecting faults. A node whose type stays None is wrong, and was complained about."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.faults: list[Fault] = []
        self.inside: str | None = None  # the aggregate whose argument is being bound

    def fault(self, code: str, node: Node, text: str, hint: str | None = None) -> None:
        """Note what is wrong with a node and go on."""
        self.faults.append(Fault(code, text, *node.span, hint))

    def check_result(self, tree: Node, expect: Expected) -> None:
        """The whole tree has the expected type and, in a table metric, aggregates the rows."""
        fits = expect in ("any", tree.type) or (expect == "number" and tree.type in NUMERIC)
        if not fits and tree.type:
            wanted = WORDS[expect]  # type: ignore[index]  # "any" always fits
            hint = "compare it with something, as in x > 0" if expect == "boolean" else None
            self.fault("TP222", tree, f"{wanted} is expected, this is {WORDS[tree.type]}", hint)
        if self.scope.aggregates and not any(isinstance(node, Aggregate) for node in walk(tree)):
            told = "the value of a table metric needs an aggregate"
            self.fault("TP231", tree, told, "write count(*), sum(x), avg(x), max(x), share(condition), ...")

    def bind(self, node: Node) -> Node:  # noqa: PLR0911  # one return for each kind of node
        """The node with its references and types."""
        match node:
            case Literal():
                return evolve(node, type=literal_type(node.value))
            case Name():
                return self.name(node)
            case Unary():
                return self.unary(node)
            case Binary():
                return self.binary(node)
            case Between() | In():
                return self.ranged(node)
            case IsNull():
                return evolve(node, operand=self.bind(node.operand), type="boolean")
            case Case():
                return self.case(node)
            case Call():
                return calls.bind_call(self, node)
            case Aggregate():
                return calls.bind_count(self, node)
        raise TypeError(f"the parser makes no {type(node).__name__}")

    def name(self, node: Name) -> Node:
        """A reference, which in a table metric's value stands inside an aggregate."""
        found = resolve(node, self.scope)
        if isinstance(found, Fault):
            self.faults.append(found)
            return node
        if not isinstance(found, AsOf | Literal):
            self.check_row(found, f"'{'.'.join(node.parts)}'")
        return found

    def check_row(self, node: Node, what: str) -> None:
        """What belongs to a single row cannot stand beside aggregates over many."""
        if self.scope.aggregates and self.inside is None:
            told = f"{what} differs from row to row: it stands inside an aggregate here"
            self.fault("TP231", node, told, f"write sum({what.strip(chr(39))}), max(...), latest(...) or another one")

    def unary(self, node: Unary) -> Node:
        operand = self.bind(node.operand)
        if node.operator == "not":
            return evolve(node, operand=self.condition(operand, "not"), type="boolean")
        self.check_numbers("-", (operand,))
        if isinstance(operand, Literal) and isinstance(operand.value, float):
            return evolve(operand, value=0.0 - operand.value, span=node.span)  # one spelling of negative numbers
        return evolve(node, operand=operand, type=operand.type if operand.type in NUMERIC else None)

    def condition(self, node: Node, where: str) -> Node:
        """The node, which has to be true or false."""
        if node.type is not None and node.type != "boolean":
            hint = "compare it with something, as in x > 0"
            self.fault("TP220", node, f"`{where}` takes conditions, this is {WORDS[node.type]}", hint)
        return node

    def check_numbers(self, operator: str, operands: Iterable[Node]) -> None:
        """Arithmetic takes numbers; the first operand that is none is told."""
        wrong = next((each for each in operands if each.type is not None and each.type not in NUMERIC), None)
        if wrong is not None and wrong.type:
            told = f"`{operator}` takes numbers, this is {WORDS[wrong.type]}"
            self.fault("TP220", wrong, told, arithmetic_hint(operator, wrong))

    def binary(self, node: Binary) -> Node:
        left, right = self.bind(node.left), self.bind(node.right)
        kind: ValueType
        if node.operator in _LOGIC:
            left, right = self.condition(left, node.operator), self.condition(right, node.operator)
            kind = "boolean"
        elif node.operator in _ARITHMETIC:
            self.check_numbers(node.operator, (left, right))
            whole = left.type == right.type == "integer" and node.operator != "/"
            kind = "integer" if whole else "number"
        else:
            left, right = self.comparable(node, (left, right), ordered=node.operator not in _EQUALITY)
            kind = "boolean"
        return evolve(node, left=left, right=right, type=kind)

    def comparable(self, whole: Node, nodes: Sequence[Node], *, ordered: bool) -> Sequence[Node]:
        """The nodes, all of one type; with `ordered` one that has smaller and larger values."""
        self.faults = with_quotes(self.faults, nodes)
        first = nodes[0]
        for other in nodes[1:]:
            if first.type and other.type and common((first.type, other.type)) is None:
                told = f"{WORDS[first.type]} cannot be compared with {WORDS[other.type]}"
                self.fault("TP220", whole, told, comparison_hint(first, other))
                return nodes
        if ordered and first.type == "boolean":
            self.fault("TP220", whole, "conditions have no order", "compare them by = and <>, or join them by and, or")
        kind = common(node.type for node in nodes)
        return [into(node, kind if kind == "timestamp" else None) for node in nodes]

    def ranged(self, node: Between | In) -> Node:
        """`between` and `in`: all values of one type."""
        nodes = self.comparable(node, [self.bind(each) for each in node.children], ordered=isinstance(node, Between))
        if isinstance(node, Between):
            operand, low, high = nodes
            return evolve(node, operand=operand, low=low, high=high, type="boolean")
        return evolve(node, operand=nodes[0], items=tuple(nodes[1:]), type="boolean")

    def case(self, node: Case) -> Node:
        conditions = [self.condition(self.bind(when), "when") for when, _ in node.branches]
        results = [self.bind(result) for _, result in node.branches]
        if node.default is not None:
            results.append(self.bind(node.default))
        kind, results = self.unified(results, "the results of `case`")
        default = results.pop() if node.default is not None else None
        return evolve(node, branches=tuple(zip(conditions, results, strict=True)), default=default, type=kind)

    def unified(self, nodes: list[Node], what: str) -> tuple[ValueType | None, list[Node]]:
        """One type for all nodes, and the nodes turned into it."""
        kind = common(node.type for node in nodes)
        known = [node for node in nodes if node.type is not None]
        if kind is None and known:
            odd = next(node for node in known if common((known[0].type, node.type)) is None)
            told = f"{what} are of two types: {WORDS[known[0].type]} and {WORDS[odd.type]}"  # type: ignore[index]  # known
            self.fault("TP220", odd, told, comparison_hint(known[0], odd))
        return kind, [into(node, kind if kind == "timestamp" else None) for node in nodes]
