"""Fused scans: all occurrences that read one table at one grain become the parts of one GROUP BY."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import field, frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.expressions import Emitter
from trigpoint.compile.joins import source
from trigpoint.compile.occurrences import Occurrence
from trigpoint.compile.rows import Rows
from trigpoint.compile.sql import Level
from trigpoint.model.expression import Aggregate, Call, Case, Column, IsNull, Node, ValueType, walk
from trigpoint.model.metric import TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.table import Table
from trigpoint.rules.roads import Step, road


@frozen
class Bound:
    """A day that a time column must lie after, or until."""

    column: str
    kind: ValueType | None
    after: bool
    day: dt.date

    def sql(self, dates: Dates) -> str:
        """The condition."""
        return (dates.after if self.after else dates.until)(self.column, self.kind, self.day)


@frozen
class Finish:
    """What the level above reads of an occurrence: SQL over the scan's columns."""

    value: str
    n: str
    newest: str


@frozen
class Scan:
    """One GROUP BY over a table, and how each of its occurrences is finished from the parts."""

    level: Level
    finishes: Mapping[str, Finish]


@frozen
class _Parts:
    """The columns of a scan; the same SQL is computed once, whoever asks."""

    name: str
    columns: dict[str, str] = field(factory=dict)  # SQL -> column

    def add(self, wanted: str, sql: str) -> str:
        """The reference to a part, named `wanted` if it is new."""
        if sql not in self.columns:
            taken = set(self.columns.values())
            names = (wanted if k == 1 else f"{wanted}_{k}" for k in range(1, len(taken) + 2))
            self.columns[sql] = next(name for name in names if name not in taken)
        return f"{self.name}.{self.columns[sql]}"


def scan(ruleset: Ruleset, engine: Engine, dates: Dates, subject: str, group: Sequence[Occurrence]) -> Scan:
    """The scan of the table that all occurrences of `group` read, grouped by the key of `subject`.

    All of them have the same table and the same `via`.
    """
    builder = _Builder.of(ruleset, engine, dates, subject, group)
    finishes = {occurrence.column: builder.finish(occurrence) for occurrence in group}
    metric, key = _table_metric(group[0]), builder.key
    where = [bound.sql(dates) for bound in builder.bounds]
    level = Level(
        name=builder.parts.name,
        columns={**({"key": key} if key else {}), **{column: sql for sql, column in builder.parts.columns.items()}},
        comment=f"{builder.table.name}, one pass, for each {subject}",
        source=source(ruleset, builder.table, builder.steps, _owners(builder), metric.via)
        + (f"\nWHERE {' AND '.join(where)}" if where else ""),
        group_by=key,
    )
    return Scan(level, finishes)


def grain(occurrence: Occurrence) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Occurrences with the same table and `via` share a scan."""
    metric = _table_metric(occurrence)
    return metric.table, tuple(sorted(metric.via.items()))


@frozen
class _Builder:
    ruleset: Ruleset
    engine: Engine
    dates: Dates
    table: Table
    steps: tuple[Step, ...]
    group: Sequence[Occurrence]
    parts: _Parts
    bounds: tuple[Bound, ...] = ()

    @classmethod
    def of(cls, ruleset: Ruleset, engine: Engine, dates: Dates, subject: str, group: Sequence[Occurrence]) -> _Builder:
        metric = _table_metric(group[0])
        table = ruleset.tables[metric.table]
        steps = road(ruleset.subjects, table, subject, metric.via)
        if steps is None:
            raise ValueError(f"no road from {table.name} to {subject}; the rules were not checked")
        name = "__".join([table.name, f"by_{subject}", *sorted(metric.via.values())])
        builder = cls(ruleset, engine, dates, table, steps, group, _Parts(name))
        shared = _shared([builder.occurrence_bounds(each) for each in group])
        return cls(ruleset, engine, dates, table, steps, group, builder.parts, shared)

    @property
    def key(self) -> str | None:
        """What the scan groups by; None for the company."""
        last = self.steps[-1]
        if last.column is None:
            return None
        before = (
            self.rows(self.dates.as_of)
            if len(self.steps) == 1
            else self.rows(self.dates.as_of).of(self.steps[-2].subject)
        )
        return before.raw(last.column)

    def rows(self, day: dt.date) -> Rows:
        return Rows(self.ruleset, self.engine, self.dates, self.table, day)

    def day(self, occurrence: Occurrence) -> dt.date:
        return occurrence.shift.date(self.dates.as_of, self.dates.year_start)

    def occurrence_bounds(self, occurrence: Occurrence) -> list[Bound]:
        """When a row exists, and the window: at most one bound a side and column."""
        metric, day = _table_metric(occurrence), self.day(occurrence)
        rows, found = self.rows(day), []
        owns = any(each.table == self.table.name for each in self.ruleset.subjects.values())
        if self.table.visible_by and not owns:
            found.append(Bound(rows.raw(self.table.visible_by), self.table.type_of(self.table.visible_by), False, day))
        at = metric.at or self.table.time
        if metric.window and at:
            edges = metric.window.before if occurrence.shift.previous else metric.window.edges
            start, end = edges(day, self.dates.year_start)
            column = rows.raw(at) if at in self.table.columns else rows.column(at)
            kind = self.table.type_of(at)
            found += [Bound(column, kind, True, start), Bound(column, kind, False, end)]
        return _tightest(found)

    def condition(self, occurrence: Occurrence) -> list[str]:
        """Which rows pass, beyond what the scan as a whole demands."""
        metric, rows = _table_metric(occurrence), self.rows(self.day(occurrence))
        found = [bound.sql(self.dates) for bound in self.occurrence_bounds(occurrence) if bound not in self.bounds]
        if self.table.known_row and self.table.known_row in self.ruleset.cluster(self.table.name):
            found.append(f"{rows.raw(self.table.known_row)} <> ''")
        if metric.where:
            found.append(rows.print(metric.where.tree, binding=3))
        return found

    def finish(self, occurrence: Occurrence) -> Finish:
        """Adds the parts of an occurrence and says what becomes of them."""
        metric = _table_metric(occurrence)
        passing = self.condition(occurrence)
        aggregates = [node for node in walk(metric.value.tree) if isinstance(node, Aggregate)]
        printed = {id(each): self._part(occurrence, each, passing) for each in aggregates}
        emitter = Emitter(self.engine, self.day(occurrence), self.dates.year_start, lambda node: printed[id(node)])
        value = emitter.print(metric.value.tree)
        if metric.empty is not None or not _strict(metric.value.tree):
            rows = self.parts.add(f"{occurrence.column}__rows", f"count(*){_filter(passing)}")
            otherwise = "NULL" if metric.empty is None else self.engine.number(metric.empty)
            value = f"CASE WHEN {rows} > 0 THEN {value} ELSE {otherwise} END"
        n = self.engine.least(*dict.fromkeys(self._n(occurrence, each, passing) for each in aggregates))
        newest = self.engine.least(*dict.fromkeys(self._newest(occurrence, each, passing) for each in aggregates))
        return Finish(value, f"coalesce({n}, 0)", newest)

    def _part(self, occurrence: Occurrence, node: Aggregate, passing: list[str]) -> str:
        rows = self.rows(self.day(occurrence))
        where = _filter(passing)
        argument = "*" if node.argument is None else rows.print(node.argument)
        name = f"{occurrence.column}__{node.function}"
        template = self.engine.aggregates["count_distinct" if node.distinct else node.function]
        match node.function:
            case "count":
                return f"nullif({self.parts.add(name, template(argument, where))}, 0)"
            case "percentile":
                return self.parts.add(name, template(argument, self.engine.number(node.parameter or 0.0), where))
            case "latest" | "earliest":
                time = self._ordered_by(occurrence)
                where = _filter([*passing, f"{argument} IS NOT NULL", f"{time} IS NOT NULL"])
                keys = ", ".join(rows.cell(column) for column in self.table.key)
                return self.parts.add(name, template(argument, time, keys, where))
        return self.parts.add(name, template(argument, where))

    def _ordered_by(self, occurrence: Occurrence) -> str:
        metric = _table_metric(occurrence)
        return self.rows(self.day(occurrence)).column(metric.at or self.table.time or "")

    def _n(self, occurrence: Occurrence, node: Aggregate, passing: list[str]) -> str:
        counted = "*" if _counts_rows(node) else self._argument(occurrence, node)
        return self.parts.add(f"{occurrence.column}__n", f"count({counted}){_filter(passing)}")

    def _newest(self, occurrence: Occurrence, node: Aggregate, passing: list[str]) -> str:
        if self.table.time is None:
            return "NULL"
        rows = self.rows(self.day(occurrence))
        counted = passing if _counts_rows(node) else [*passing, f"{self._argument(occurrence, node)} IS NOT NULL"]
        newest = self.parts.add(f"{occurrence.column}__newest", f"max({rows.raw(self.table.time)}){_filter(counted)}")
        if self.table.time in self.ruleset.cluster(self.table.name):
            newest = f"nullif({newest}, '')"
        timestamp = self.table.type_of(self.table.time) == "timestamp"
        return self.engine.functions["as_day"](newest) if timestamp else newest

    def _argument(self, occurrence: Occurrence, node: Aggregate) -> str:
        if node.argument is None:
            raise TypeError("count(*) has no argument")
        return self.rows(self.day(occurrence)).print(node.argument, binding=5)


def _owners(builder: _Builder) -> tuple[str, ...]:
    """The subjects whose columns the group's metrics read."""
    metrics = [_table_metric(occurrence) for occurrence in builder.group]
    read = [metric.value for metric in metrics] + [metric.where for metric in metrics if metric.where]
    nodes = (node for expression in read for node in walk(expression.tree))
    return tuple(dict.fromkeys(node.owner for node in nodes if isinstance(node, Column) and node.owner))


def _table_metric(occurrence: Occurrence) -> TableMetric:
    if not isinstance(occurrence.metric, TableMetric):
        raise TypeError(f"{occurrence.metric.name} is no table metric")
    return occurrence.metric


def _filter(conditions: Sequence[str]) -> str:
    return f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""


def _counts_rows(node: Aggregate) -> bool:
    return node.argument is None or node.function == "share"


def _strict(node: Node) -> bool:
    """Whether the value is no data as soon as its aggregates are."""
    lenient = (Case, IsNull)
    return not any(
        isinstance(each, lenient) or (isinstance(each, Call) and each.function == "coalesce") for each in walk(node)
    )


def _tightest(bounds: Sequence[Bound]) -> list[Bound]:
    best: dict[tuple[str, bool], Bound] = {}
    for bound in bounds:
        side = (bound.column, bound.after)
        held = best.get(side)
        if held is None or (bound.day > held.day) == bound.after:
            best[side] = bound
    return list(best.values())


def _shared(each: Sequence[Sequence[Bound]]) -> tuple[Bound, ...]:
    """The widest bound of each side that every occurrence has: the rows that the scan reads at all."""
    sides = {(bound.column, bound.after) for bound in each[0]}
    found = []
    for column, after in sorted(sides):
        bounds = [bound for bounds in each for bound in bounds if (bound.column, bound.after) == (column, after)]
        if len(bounds) == len(each):
            found.append((min if after else max)(bounds, key=lambda bound: bound.day))
    return tuple(found)
