"""Aggregates over the rows of a table that pass."""

from __future__ import annotations

import datetime as dt

from oracle import days, functions
from oracle.expressions import Context, evaluate
from oracle.facts import Facts, RowContext
from oracle.lookups import looked_up
from trigpoint.model.expression import Aggregate


class RowsContext(Context):
    """Names among the rows that pass: aggregates over them."""

    def __init__(self, facts: Facts, table, rows: list[RowContext], as_of: dt.date) -> None:
        self.facts, self.table, self.rows, self.as_of = facts, table, rows, as_of
        self.zone, self.year_start, self.functions = facts.zone, facts.year_start, facts.functions

    def counting(self, node: Aggregate) -> list[RowContext]:
        """Semantics 8: the rows in which the argument has data; all of them for `count(*)` and `share`."""
        if node.argument is None or node.function == "share":
            return self.rows
        return [row for row in self.rows if evaluate(node.argument, row) is not None]

    def newest(self, rows: list[RowContext]) -> dt.date | None:
        """The day of the greatest `time` of some rows."""
        times = [row.column(self.table.time, None) for row in rows]
        return max((days.day_of(when, self.zone) for when in times if when is not None), default=None)

    def lookup(self, name: str, arguments: list):
        return looked_up(self.facts, name, arguments, self.as_of, None)

    def aggregate(self, node: Aggregate):
        """Semantics 7: rows pass, but none has data in the argument: no data."""
        rows = self.counting(node)
        if not rows:
            return None
        if node.function in ("latest", "earliest"):
            return self.at_the_end(node, rows)
        if node.function == "share":
            return sum(evaluate(node.argument, row) is True for row in rows) / len(rows)
        values = [1.0 if node.argument is None else evaluate(node.argument, row) for row in rows]
        return functions.finite(functions.aggregate(node.function, values, node.parameter, node.distinct))

    def at_the_end(self, node: Aggregate, rows: list[RowContext]):
        """Semantics 11: of the latest (earliest) time, and of those with the greatest (least) key."""
        timed = [row for row in rows if row.column(self.table.time, None) is not None]
        if not timed:
            return None

        def place(row: RowContext):
            return row.column(self.table.time, None), [row.row[name] for name in self.table.key]

        chosen = max(timed, key=place) if node.function == "latest" else min(timed, key=place)
        return functions.finite(evaluate(node.argument, chosen))
