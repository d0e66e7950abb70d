"""A table metric = parts (aggregates in a scan) + finish (what the level above makes of them)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from attrs import field, frozen

from trigpoint.compile.bounds import Bound, tightest
from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.expressions import Emitter
from trigpoint.compile.occurrences import Occurrence
from trigpoint.compile.rows import Rows
from trigpoint.model.expression import Aggregate, Call, Case, IsNull, Node, walk
from trigpoint.model.metric import TableMetric
from trigpoint.model.ruleset import DAY, Ruleset
from trigpoint.model.table import Table

Merge = Literal["sum", "min", "max"]


@frozen
class Part:
    """One aggregate of a scan; `merge` makes the part of a coarser subject from those of finer ones (None: cannot)."""

    column: str
    merge: Merge | None


@frozen
class Finish:
    """What the level above reads of an occurrence: SQL over the scan's columns."""

    value: str
    n: str
    newest: str
    parts: tuple[Part, ...]


@frozen
class Parts:
    """The aggregates of a scan named `name`; the same SQL is computed once, whoever asks."""

    name: str
    found: dict[str, Part] = field(factory=dict)

    def add(self, wanted: str, sql: str, merge: Merge | None = None) -> Part:
        """The part with this SQL; a new one is called `wanted`, with a number if that is taken."""
        if sql not in self.found:
            taken = {part.column for part in self.found.values()}
            names = (wanted if k == 1 else f"{wanted}_{k}" for k in range(1, len(taken) + 2))
            self.found[sql] = Part(next(name for name in names if name not in taken), merge)
        return self.found[sql]


def table_metric(occurrence: Occurrence) -> TableMetric:
    """The occurrence's metric, which is known to be a table metric."""
    if not isinstance(occurrence.metric, TableMetric):
        raise TypeError(f"{occurrence.metric.name} is no table metric")
    return occurrence.metric


@frozen
class Facts:
    """The rows of one table as an occurrence sees them."""

    ruleset: Ruleset
    engine: Engine
    dates: Dates
    table: Table

    def day(self, occurrence: Occurrence) -> dt.date:
        """The as-of date of the occurrence."""
        return occurrence.shift.date(self.dates.as_of, self.dates.year_start)

    def rows(self, occurrence: Occurrence) -> Rows:
        """How its columns read."""
        return Rows(self.ruleset, self.engine, self.dates, self.table, self.day(occurrence))

    def bounds(self, occurrence: Occurrence) -> list[Bound]:
        """When a row exists, and the window. A subject's own rows always exist."""
        metric, day, rows = table_metric(occurrence), self.day(occurrence), self.rows(occurrence)
        found = []
        known = self.table.visible_by
        if known and all(each.table != self.table.name for each in self.ruleset.subjects.values()):
            found.append(Bound(rows.raw(known), self.table.type_of(known), False, day))
        at = metric.at or self.table.time
        if metric.window and at:
            edges = metric.window.before if occurrence.shift.previous else metric.window.edges
            start, end = edges(day, self.dates.year_start)
            column = rows.raw(at) if at in self.table.columns and at not in self.table.known else rows.column(at)
            kind = self.table.type_of(at)
            found += [Bound(column, kind, True, start), Bound(column, kind, False, end)]
        return tightest(found)

    def passing(self, occurrence: Occurrence, scanned: Sequence[Bound]) -> list[str]:
        """Which rows pass, beyond the bounds that the scan as a whole has."""
        metric, rows = table_metric(occurrence), self.rows(occurrence)
        found = [bound.sql(self.dates) for bound in self.bounds(occurrence) if bound not in scanned]
        if self.table.known_row and self.table.known_row in self.ruleset.cluster(self.table.name):
            found.append(f"{rows.raw(self.table.known_row)} <> ''")
        if metric.where:
            found.append(rows.print(metric.where.tree, binding=3))
        return found


@frozen
class Finisher:
    """Adds the parts of one occurrence to a scan."""

    facts: Facts
    parts: Parts
    occurrence: Occurrence
    passing: Sequence[str]
    used: list[Part] = field(factory=list)

    def finish(self) -> Finish:
        """What becomes of the parts: the value (not yet judged by `since`), n and the newest fact."""
        metric, engine = table_metric(self.occurrence), self.facts.engine
        aggregates = [node for node in walk(metric.value.tree) if isinstance(node, Aggregate)]
        printed = {id(each): self._part(each) for each in aggregates}
        day, year_start = self.facts.day(self.occurrence), self.facts.dates.year_start
        value = Emitter(engine, day, year_start, lambda node: printed[id(node)]).print(metric.value.tree)
        if metric.empty is not None or not _strict(metric.value.tree):
            rows = self._add("rows", f"count(*){_filter(self.passing)}", "sum")
            otherwise = "NULL" if metric.empty is None else engine.number(metric.empty)
            value = f"CASE WHEN {rows} > 0 THEN {value} ELSE {otherwise} END"
        n = engine.least(*dict.fromkeys(self._n(each) for each in aggregates))
        newest = engine.least(*dict.fromkeys(self._newest(each) for each in aggregates))
        return Finish(value, f"coalesce({n}, 0)", newest, tuple(dict.fromkeys(self.used)))

    def _add(self, kind: str, sql: str, merge: Merge | None = None) -> str:
        part = self.parts.add(f"{self.occurrence.column}__{kind}", sql, merge)
        self.used.append(part)
        return f"{self.parts.name}.{part.column}"

    def _argument(self, node: Aggregate, binding: int = 0) -> str:
        return "*" if node.argument is None else self.facts.rows(self.occurrence).print(node.argument, binding)

    def _part(self, node: Aggregate) -> str:
        engine, argument, where = self.facts.engine, self._argument(node), _filter(self.passing)
        name = "count_distinct" if node.distinct else node.function
        match name:
            case "count":
                return f"nullif({self._n(node)}, 0)"
            case "count_distinct":
                return f"nullif({self._add(name, engine.aggregates[name](argument, where))}, 0)"
            case "min" | "max":
                return self._add(name, engine.aggregates[name](argument, where), name)
            case "sum":
                total = self._add(name, engine.aggregates[name](argument, where), name)
                return engine.finite(total) if node.type == "number" else total
            case "avg":
                total = self._add("sum", engine.aggregates["sum"](argument, where), "sum")
                return f"({engine.double(engine.finite(total))} / nullif({self._n(node)}, 0))"
            case "share":
                true = self._add("true", f"count(*){_filter([*self.passing, self._argument(node, binding=3)])}", "sum")
                return f"({engine.double(true)} / nullif({self._n(node)}, 0))"
            case "percentile":
                return self._add(name, engine.aggregates[name](argument, engine.number(node.parameter or 0.0), where))
            case "latest" | "earliest":
                return self._ordered(node, argument)
        return self._add(name, engine.aggregates[name](argument, where))

    def _ordered(self, node: Aggregate, argument: str) -> str:
        """Of the rows in which the argument and the time have data, the last or first by (time, key)."""
        rows, table = self.facts.rows(self.occurrence), self.facts.table
        time = rows.column(table.time or "")
        where = _filter([*self.passing, f"{self._argument(node, binding=5)} IS NOT NULL", f"{time} IS NOT NULL"])
        keys = ", ".join(rows.cell(column) for column in table.key)
        return self._add(node.function, self.facts.engine.aggregates[node.function](argument, time, keys, where))

    def _n(self, node: Aggregate) -> str:
        """The passing rows in which the argument has data."""
        counted = "*" if _counts_rows(node) else self._argument(node)
        return self._add("n", f"count({counted}){_filter(self.passing)}", "sum")

    def _newest(self, node: Aggregate) -> str:
        """The greatest `time` of the rows that count for n, as a day."""
        table, engine = self.facts.table, self.facts.engine
        if table.time is None:
            return "NULL"
        known = [] if _counts_rows(node) else [f"{self._argument(node, binding=5)} IS NOT NULL"]
        numbered = DAY in self.facts.ruleset.hidden(table.name)
        time = self.facts.rows(self.occurrence).raw(DAY if numbered else table.time)
        newest = self._add("newest", f"max({time}){_filter([*self.passing, *known])}", "max")
        metric = table_metric(self.occurrence)
        windowed = metric.window is not None and metric.at in (None, table.time)  # a blank time lies in no window
        if numbered:
            return engine.day(newest)  # a blank day has no number
        if table.time in self.facts.ruleset.cluster(table.name) and not windowed:
            newest = f"nullif({newest}, '')"
        return engine.function("as_day")(newest) if table.type_of(table.time) == "timestamp" else newest


def _filter(conditions: Sequence[str]) -> str:
    return f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""


def _counts_rows(node: Aggregate) -> bool:
    return node.argument is None or node.function == "share"


def _strict(node: Node) -> bool:
    """Whether the value is no data as soon as its aggregates are."""
    for each in walk(node):
        if isinstance(each, Case | IsNull) or (isinstance(each, Call) and each.function == "coalesce"):
            return False
    return True
