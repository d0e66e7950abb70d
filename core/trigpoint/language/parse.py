"""From text to a tree: a small Pratt parser, with the exact place of everything.

From loose to tight: or < and < not < comparison, in, between, is null < + - < * / < unary minus.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn, cast

from attrs import evolve

from trigpoint.language.depth import DEPTH_LIMIT, is_too_deep
from trigpoint.language.faults import ExpressionError, Fault
from trigpoint.language.spellings import WORDS
from trigpoint.language.tokens import Token, tokenize
from trigpoint.language.types import literal_type
from trigpoint.model.expression import Aggregate, Between, Binary, Call, Case, In, IsNull, Literal, Name, Node, Unary

NESTING_LIMIT = 32  # of parentheses, calls, case, not and minus inside each other
OR, AND, NOT, COMPARISON, SUM, PRODUCT = range(1, 7)
_POWER = {"or": OR, "and": AND, "+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "is": COMPARISON, "in": COMPARISON}
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})
_POWER |= dict.fromkeys((*_COMPARISONS, "between"), COMPARISON)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse(text: str) -> Node:
    """The tree of an expression, its names not yet bound to anything. Raises ExpressionError."""
    parser = _Parser(tokenize(text))
    if not parser.rest:
        parser.refuse("the expression is empty", hint="write a name, a number or a formula")
    node = parser.expression()
    if parser.rest:
        parser.unexpected("an operator or the end")
    if is_too_deep(node):
        raise ExpressionError(_too_deep(node.span))
    return node


def _too_deep(span: tuple[int, int]) -> Fault:
    told = (
        "the expression is nested too deeply (more than 21 calls, 9 cases or 6 lookups inside each other, or "
        f"{DEPTH_LIMIT} operators in a row)"
    )
    return Fault("TP202", told, *span, "make metrics of its parts and use their names")


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if _DAY.fullmatch(text) else None  # it reads '20260331' too
    except ValueError:
        return None


class _Parser:
    """Reads tokens from left to right; every method leaves `current` at the first token it did not use."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.position = 0
        self.nesting = 0

    @property
    def current(self) -> Token:
        return self.tokens[self.position]

    @property
    def following(self) -> Token:
        return self.tokens[min(self.position + 1, len(self.tokens) - 1)]

    @property
    def rest(self) -> int:
        """How many tokens are left."""
        return len(self.tokens) - 1 - self.position

    def at(self, *texts: str) -> bool:
        """Whether the current token is one of these keywords or symbols."""
        return self.current.kind in ("keyword", "symbol") and self.current.text in texts

    def take(self) -> Token:
        token = self.current
        self.position += 1
        return token

    def expect(self, text: str, where: str = "") -> Token:
        if not self.at(text):
            self.unexpected(f"'{text}'{where}")
        return self.take()

    def refuse(self, text: str, token: Token | None = None, hint: str | None = None) -> NoReturn:
        token = token or self.current
        raise ExpressionError(Fault("TP204", text, token.start, max(token.end, token.start + 1), hint))

    def unexpected(self, wanted: str) -> NoReturn:
        """Refuse the current token where something else was wanted, with a way out where the mistake is a known one."""
        token, before = self.current, self.tokens[max(self.position - 1, 0)]
        hint = WORDS.get(token.text) if token.kind == "name" else None
        if before.kind == "name" and before is not token:
            hint = hint or WORDS.get(before.text)
        if token.text == "," and before.kind == "number" and self.following.kind == "number":
            hint = "numbers are written without separators and with a point: 1000, 0.5"
        elif token.kind == "keyword" and token.text in ("and", "or") and self.following.text == "(":
            hint = f"write a {token.text} b"
        elif token.text == "+":
            hint = "leave out the plus"
        elif token.kind == "text" and before.kind == "text":
            hint = "an apostrophe inside a text is written twice: 'it''s'"
        elif hint is None and wanted.startswith("an operator") and token.kind in ("name", "number", "text"):
            hint = "join two conditions by and, or"
        self.refuse(f"{token} stands where {wanted} is expected", hint=hint)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        self.nesting += 1
        if self.nesting > NESTING_LIMIT:
            raise ExpressionError(_too_deep((self.current.start, self.current.end)))
        yield
        self.nesting -= 1

    def power(self) -> int:
        """How tightly the current token binds as an operator between two values; 0 if it is none."""
        if self.at("not") and self.following.text in ("in", "between"):
            return COMPARISON
        return _POWER.get(self.current.text, 0) if self.current.kind in ("keyword", "symbol") else 0

    def expression(self, floor: int = OR) -> Node:
        """A value, and all operators after it that bind at least as tightly as `floor`."""
        left, compared = self.prefix(floor), False
        while (power := self.power()) >= floor:
            if power == COMPARISON:
                if compared:
                    self.refuse("comparisons cannot be chained", hint="write a < b and b < c, or parentheses")
                left, compared = self.comparison(left), True
                continue
            operator = self.take().text
            right = self.expression(power + 1)
            left = Binary(operator, left, right, span=(left.span[0], right.span[1]))  # type: ignore[arg-type]  # _POWER
        return left

    def comparison(self, left: Node) -> Node:
        start, negated = left.span[0], self.at("not")
        if negated:
            self.take()
        operator = self.take()
        if operator.text in _COMPARISONS:
            right = self.expression(SUM)
            return Binary(operator.text, left, right, span=(start, right.span[1]))  # type: ignore[arg-type]  # as above
        if operator.text == "is":
            negated = self.at("not")
            if negated:
                self.take()
            if not self.at("null"):
                self.refuse("`is` asks for null only", operator, "write = to compare, is null to ask for missing data")
            return IsNull(left, negated, span=(start, self.take().end))
        if operator.text == "between":
            low = self.expression(SUM)
            self.expect("and", " of between")
            high = self.expression(SUM)
            return Between(left, low, high, negated, span=(start, high.span[1]))
        if not self.at("("):
            self.unexpected("a list in parentheses, as in ('a', 'b'),")
        items, end = self.items()
        if not items:
            self.refuse("the list of `in` is empty", operator)
        return In(left, items, negated, span=(start, end))

    def items(self) -> tuple[tuple[Node, ...], int]:
        """`(a, b, ...)` or `()`, and where it ends."""
        opening = self.take()
        items: list[Node] = []
        with self.deeper():
            while not self.at(")"):
                if items:
                    self.closing_or_comma(opening)
                items.append(self.expression())
        return tuple(items), self.take().end

    def closing_or_comma(self, opening: Token) -> None:
        if self.current.kind == "end":
            self.refuse("this parenthesis is not closed", opening)
        if not self.at(","):
            self.unexpected("',' or ')'")
        self.take()

    def prefix(self, floor: int) -> Node:
        """A value that does not begin with another one."""
        token = self.current
        if token.kind == "name":
            return self.name()
        if token.kind in ("number", "text") or self.at("true", "false"):
            return self.literal()
        if self.at("-", "not"):
            return self.unary(floor)
        begun = {"(": self.parenthesis, "case": self.case, "date": self.date, "null": self.null}
        if token.kind in ("symbol", "keyword") and token.text in begun:
            return begun[token.text]()
        self.unexpected("a value")

    def literal(self) -> Node:
        token = self.take()
        value = token.text == "true" if token.kind == "keyword" else cast("float | str", token.value)
        return Literal(value, span=(token.start, token.end), type=literal_type(value))

    def unary(self, floor: int) -> Node:
        token = self.take()
        if token.text == "not" and floor > NOT:
            self.refuse("`not` is too loose to stand here", token, "write (not ...)")
        with self.deeper():
            operand = self.expression(NOT) if token.text == "not" else self.prefix(PRODUCT + 1)
        return Unary(token.text, operand, span=(token.start, operand.span[1]))  # type: ignore[arg-type]  # `not` or -

    def parenthesis(self) -> Node:
        opening = self.take()
        with self.deeper():
            inner = self.expression()
        if self.current.kind == "end":
            self.refuse("this parenthesis is not closed", opening)
        closing = self.expect(")")
        return evolve(inner, span=(opening.start, closing.end))

    def null(self) -> NoReturn:
        before = self.tokens[max(self.position - 1, 0)].text
        hints = {"=": "write is null", "<>": "write is not null", "else": "leave out the else"}
        self.refuse("null is not a value", hint=hints.get(before, "ask for missing data by `is null`"))

    def date(self) -> Node:
        token, text = self.take(), self.take()
        day = _day(str(text.value))
        if day is None:
            told, hint = f"{text.text} is not a day of the calendar", "write a date as date '2026-03-31'"
            raise ExpressionError(Fault("TP205", told, text.start, text.end, hint))
        return Literal(day, span=(token.start, text.end), type="date")

    def case(self) -> Node:
        token, branches = self.take(), list[tuple[Node, Node]]()
        if not self.at("when"):
            self.refuse("`case` goes on with `when`", hint="write case when x = 'a' then ... else ... end")
        with self.deeper():
            while self.at("when"):
                self.take()
                condition = self.expression()
                self.expect("then", " of case")
                branches.append((condition, self.expression()))
            default = None
            if self.at("else"):
                self.take()
                default = self.expression()
            closing = self.expect("end", " of case")
        return Case(tuple(branches), default, span=(token.start, closing.end))

    def name(self) -> Node:
        first = self.take()
        parts, end = [first.text], first.end
        if self.at("("):
            return self.call(first)
        while self.at("."):
            self.take()
            if self.current.kind not in ("name", "keyword"):
                self.unexpected("a name after the dot")
            parts.append(self.current.text)
            end = self.take().end
        return Name(tuple(parts), span=(first.start, end))

    def call(self, name: Token) -> Node:
        if self.following.text in ("*", "distinct") and self.following.kind in ("symbol", "keyword"):
            return self.count(name)
        arguments, end = self.items()
        return Call(name.text, arguments, span=(name.start, end))

    def count(self, name: Token) -> Node:
        """`count(*)` and `count(distinct x)`, the two calls whose arguments are no plain values."""
        self.take()
        token = self.take()
        if name.text != "count":
            self.refuse(f"'{token.text}' stands in count only", token, "write count(*) or count(distinct x)")
        argument = None
        if token.text == "distinct":
            with self.deeper():
                argument = self.expression()
        closing = self.expect(")", " of count")
        return Aggregate("count", argument, distinct=argument is not None, span=(name.start, closing.end))
