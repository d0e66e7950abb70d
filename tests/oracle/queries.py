"""Queries of plugins, step by step over the rows of one subject, each row a dictionary."""

from __future__ import annotations

from collections.abc import Callable

from oracle import functions
from oracle.expressions import Context, evaluate
from trigpoint.model.bound_query import BoundColumns, BoundGroup, BoundQuery, BoundRank, BoundWhere
from trigpoint.model.expression import Aggregate

Row = dict[str, object]


class RowOfQuery(Context):
    """Names in one row between two steps."""

    def __init__(self, row: Row, like: Context) -> None:
        self.row, self.zone, self.year_start, self.as_of = row, like.zone, like.year_start, like.as_of

    def column(self, name: str, owner: str | None):
        assert owner is None, owner
        return self.row.get(name)  # an optional input that the rule leaves out has no data


class RowsOfQuery(Context):
    """Names among several rows: aggregates over them."""

    def __init__(self, rows: list[Row], like: Context) -> None:
        self.rows = [RowOfQuery(row, like) for row in rows]
        self.zone, self.year_start, self.as_of = like.zone, like.year_start, like.as_of

    def aggregate(self, node: Aggregate):
        if node.function == "share":
            return sum(evaluate(node.argument, row) is True for row in self.rows) / len(self.rows)
        values = [1.0 if node.argument is None else evaluate(node.argument, row) for row in self.rows]
        values = [value for value in values if value is not None]
        if not values:
            return None
        return functions.finite(functions.aggregate(node.function, values, node.parameter, node.distinct))


def value_of(query: BoundQuery, rows: list[Row], like: Context):
    """What a query makes of a subject's rows; no data if no row is left."""
    for step in query.steps:
        rows = STEPS[type(step)](step, rows, like)
    return evaluate(query.value.tree, RowsOfQuery(rows, like)) if rows else None


def given(inputs, context: Context) -> Row:
    """The row that a query begins with."""
    return {name: finite(each, context) for name, each in inputs.items()}


def finite(expression, context: Context):
    """What is infinite is no data in every step."""
    return functions.finite(evaluate(expression.tree, context))


def kept(step: BoundWhere, rows: list[Row], like: Context) -> list[Row]:
    """Only true is true."""
    return [row for row in rows if evaluate(step.condition.tree, RowOfQuery(row, like)) is True]


def widened(step: BoundColumns, rows: list[Row], like: Context) -> list[Row]:
    """New columns read those that were there before, not each other."""
    return [row | {name: finite(each, RowOfQuery(row, like)) for name, each in step.columns.items()} for row in rows]


def grouped(step: BoundGroup, rows: list[Row], like: Context) -> list[Row]:
    """No data is one of the groups."""
    groups: dict[tuple, list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row.get(name) for name in step.by), []).append(row)
    return [
        dict(zip(step.by, key, strict=True))
        | {name: finite(each, RowsOfQuery(members, like)) for name, each in step.columns.items()}
        for key, members in groups.items()
    ]


def ranked(step: BoundRank, rows: list[Row], like: Context) -> list[Row]:
    """One more than the rows before it; what has no data has no place."""
    values = [evaluate(step.by.tree, RowOfQuery(row, like)) for row in rows]
    known = [value for value in values if value is not None]

    def place(value):
        if value is None:
            return None
        return 1.0 + sum((other > value) if step.descending else (other < value) for other in known)

    return [row | {step.column: place(value)} for row, value in zip(rows, values, strict=True)]


STEPS: dict[type, Callable[..., list[Row]]] = {
    BoundWhere: kept,
    BoundColumns: widened,
    BoundGroup: grouped,
    BoundRank: ranked,
}
