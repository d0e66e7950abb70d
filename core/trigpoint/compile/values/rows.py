"""How a column of a fact's row, or of a subject on its way up, reads in SQL as of a date."""

from __future__ import annotations

import datetime as dt

from attrs import evolve, frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.expressions import Emitter, Reference
from trigpoint.compile.lookups import look_up
from trigpoint.compile.sql import identifier
from trigpoint.model.expression import Column, LookupValue, Node
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.table import Table


@frozen
class Rows:
    """Reads the rows of `table` as of `day`: blanks as no data, values only once they were known, derived columns."""

    ruleset: Ruleset
    engine: Engine
    dates: Dates
    table: Table
    day: dt.date
    alias: str | None = None  # where the rows stand under another name than their table's

    def raw(self, column: str) -> str:
        """The stored cell: in the columns that the table is laid out by, '' stands for blank."""
        return f"{self.alias or identifier(self.table.name)}.{identifier(column)}"

    def cell(self, column: str) -> str:
        """The stored cell, blank as no data."""
        if column in self.ruleset.cluster(self.table.name):
            return f"nullif({self.raw(column)}, '')"
        return self.raw(column)

    def column(self, column: str) -> str:
        """The value of a declared or derived column as it was known on the day."""
        if derived := self.table.derived.get(column):
            return self.print(derived.tree, binding=9)
        if since := self.table.known.get(column):
            known = self.dates.until(self.cell(since), self.table.type_of(since), self.day)
            return f"CASE WHEN {known} THEN {self.cell(column)} END"
        return self.cell(column)

    def print(self, tree: Node, binding: int = 0) -> str:
        """An expression over the row."""
        emitter = Emitter(self.engine, self.day, self.dates.year_start, self._refer, self.in_force())
        return emitter.print(tree, binding)

    def _refer(self, node: Reference) -> str:
        if isinstance(node, LookupValue):
            return self._look_up(node)
        if not isinstance(node, Column):
            raise TypeError(f"no {type(node).__name__} in a row")
        if node.owner is None:
            return self.column(node.name)
        return self.of(node.owner).column(node.name)

    def _look_up(self, node: LookupValue) -> str:
        arguments = [self.print(each) for each in node.arguments]
        own_day = None if self.table.time is None else self.column(self.table.time)
        if own_day and self.table.type_of(self.table.time or "") == "timestamp":
            own_day = self.engine.function("as_day")(own_day)
        return look_up(self.ruleset, self.engine, self.dates, node, arguments, self.day, own_day)

    def of(self, subject: str) -> Rows:
        """The rows of a subject on the way up."""
        table = self.ruleset.tables[self.ruleset.subjects[subject].table or ""]
        return evolve(self, table=table, alias=None)

    def in_force(self) -> str:
        """`in_force()`: begun by the end of the day, and not over by then; a blank edge is open."""
        if (edges := self.table.in_force) is None:
            return ""
        start, end = self.column(edges.start), self.column(edges.end)
        begun = self.dates.until(start, self.table.type_of(edges.start), self.day)
        last_day = self.day - dt.timedelta(days=1) if edges.end_is == "last day" else self.day
        lasts = self.dates.after(end, self.table.type_of(edges.end), last_day)
        return f"(({start} IS NULL OR {begun}) AND ({end} IS NULL OR {lasts}))"
