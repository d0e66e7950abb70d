"""A table metric or rollup = parts (aggregates in a scan) + finish (what the level above makes of them)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

from attrs import field, frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.expressions import Emitter, Reference
from trigpoint.compile.lookups import look_up
from trigpoint.compile.occurrences import Occurrence, computed
from trigpoint.model.expression import Aggregate, Call, Case, IsNull, LookupValue, Node, walk
from trigpoint.model.metric import TableMetric
from trigpoint.model.ruleset import Ruleset

Merge = Literal["sum", "min", "max"]
_NEVER = "'9999'"  # later than any day


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


class Counted(Protocol):
    """What is aggregated, as an occurrence sees it: the rows of a table, or children."""

    @property
    def ruleset(self) -> Ruleset: ...

    @property
    def engine(self) -> Engine: ...

    @property
    def dates(self) -> Dates: ...

    @property
    def weight(self) -> str | None:
        """The SQL of the share with which a row counts; None: all count once."""

    def day(self, occurrence: Occurrence) -> dt.date:
        """The as-of date of the occurrence."""

    def print(self, occurrence: Occurrence, node: Node, binding: int = 0) -> str:
        """An expression over one row."""

    def newest(self, occurrence: Occurrence, node: Aggregate) -> Newest | None:
        """When a row that counts for an aggregate happened; None where that is not known."""

    def oldest(self, newest: Sequence[str]) -> str:
        """The oldest of the newest facts of several aggregates."""

    def order(self, occurrence: Occurrence) -> tuple[str, str]:
        """The time and the keys by which rows are ordered."""


@frozen
class Newest:
    """The SQL of a row's time, and how the greatest of them is turned into a day."""

    time: str
    finish: Callable[[str], str]


@frozen
class Finisher:
    """Adds the parts of one occurrence to a scan."""

    counted: Counted
    parts: Parts
    occurrence: Occurrence
    passing: Sequence[str]
    used: list[Part] = field(factory=list)

    def finish(self) -> Finish:
        """What becomes of the parts: the value (not yet judged by `since`), n and the newest fact."""
        metric, engine = computed(self.occurrence), self.counted.engine
        aggregates = [node for node in walk(metric.value.tree) if isinstance(node, Aggregate)]
        printed = {id(each): self._part(each) for each in aggregates}
        day, dates = self.counted.day(self.occurrence), self.counted.dates

        def refer(node: Reference) -> str:
            if isinstance(node, LookupValue):
                arguments = [emitter.print(each) for each in node.arguments]
                return look_up(self.counted.ruleset, engine, dates, node, arguments, day)
            return printed[id(node)]

        emitter = Emitter(engine, day, dates.year_start, refer)
        value = emitter.print(metric.value.tree)
        empty = metric.empty if isinstance(metric, TableMetric) else None
        if empty is not None or not _strict(metric.value.tree, engine):
            rows = self._add("rows", f"count(*){_filter(self.passing)}", "sum")
            otherwise = "NULL" if empty is None else engine.number(empty)
            value = f"CASE WHEN {rows} > 0 THEN {value} ELSE {otherwise} END"
        n = engine.least(*dict.fromkeys(self._n(each) for each in aggregates))
        dated = list(dict.fromkeys(newest for each in aggregates if (newest := self._newest(each))))
        newest = self.counted.oldest(dated) if dated else "NULL"
        return Finish(value, f"coalesce({n}, 0)", newest, tuple(dict.fromkeys(self.used)))

    def _add(self, kind: str, sql: str, merge: Merge | None = None) -> str:
        part = self.parts.add(f"{self.occurrence.column}__{kind}", sql, merge)
        self.used.append(part)
        return f"{self.parts.name}.{part.column}"

    def _print(self, node: Node, binding: int = 0) -> str:
        return self.counted.print(self.occurrence, node, binding)

    def _argument(self, node: Aggregate, binding: int = 0) -> str:
        return "*" if node.argument is None else self._print(node.argument, binding)

    def _part(self, node: Aggregate) -> str:
        engine, argument, where = self.counted.engine, self._argument(node), _filter(self.passing)
        name = "count_distinct" if node.distinct else node.function
        match name:
            case "count":
                return f"nullif({self._many(node)}, 0)"
            case "count_distinct":
                return f"nullif({self._add(name, engine.aggregates[name](argument, where))}, 0)"
            case "min" | "max":
                return self._add(name, engine.aggregates[name](argument, where), name)
            case "sum":
                total = self._sum(name, node)
                return engine.finite(total) if node.type == "number" or self.counted.weight else total
            case "avg":
                return f"({engine.double(engine.finite(self._sum('sum', node)))} / nullif({self._many(node)}, 0))"
            case "share":
                true = self._amount("true", [*self.passing, self._argument(node, binding=3)])
                true = f"coalesce({true}, 0.0)" if self.counted.weight else true  # a sum over no row is no data
                return f"({engine.double(true)} / nullif({self._many(node)}, 0))"
            case "percentile":
                return self._add(name, engine.aggregates[name](argument, engine.number(node.parameter or 0.0), where))
            case "latest" | "earliest":
                return self._ordered(node, argument)
        return self._add(name, engine.aggregates[name](argument, where))

    def _sum(self, kind: str, node: Aggregate) -> str:
        """The sum of the argument, of each row as much as it counts for."""
        weight = self.counted.weight
        argument = f"{weight} * {self._argument(node, binding=7)}" if weight else self._argument(node)
        return self._add(kind, self.counted.engine.aggregates["sum"](argument, _filter(self.passing)), "sum")

    def _many(self, node: Aggregate) -> str:
        """How many rows count for an aggregate; fewer than n where they count for a share only."""
        return self._amount("many", self._counting(node)) if self.counted.weight else self._n(node)

    def _amount(self, kind: str, conditions: Sequence[str]) -> str:
        weight, where = self.counted.weight, _filter(conditions)
        return self._add(kind, f"coalesce(sum({weight}){where}, 0.0)" if weight else f"count(*){where}", "sum")

    def _counting(self, node: Aggregate) -> list[str]:
        """The conditions under which a row counts for an aggregate."""
        known = [] if _counts_rows(node) else [f"{self._argument(node, binding=5)} IS NOT NULL"]
        return [*self.passing, *known]

    def _ordered(self, node: Aggregate, argument: str) -> str:
        """Of the rows in which the argument and the time have data, the last or first by (time, key)."""
        time, keys = self.counted.order(self.occurrence)
        where = _filter([*self._counting(node), f"{time} IS NOT NULL"])
        return self._add(node.function, self.counted.engine.aggregates[node.function](argument, time, keys, where))

    def _n(self, node: Aggregate) -> str:
        """The passing rows in which the argument has data."""
        counted = "*" if _counts_rows(node) else self._argument(node)
        return self._add("n", f"count({counted}){_filter(self.passing)}", "sum")

    def _newest(self, node: Aggregate) -> str | None:
        """The newest of the rows that count for n, as a day."""
        newest = self.counted.newest(self.occurrence, node)
        if newest is None:
            return None
        return newest.finish(self._add("newest", f"max({newest.time}){_filter(self._counting(node))}", "max"))


def oldest_known(engine: Engine, newest: Sequence[str]) -> str:
    """The SQL of the oldest of several days, those that are not known left out."""
    return f"nullif({engine.least(*(f'coalesce({each}, {_NEVER})' for each in newest))}, {_NEVER})"


def _filter(conditions: Sequence[str]) -> str:
    return f" FILTER (WHERE {' AND '.join(conditions)})" if conditions else ""


def _counts_rows(node: Aggregate) -> bool:
    return node.argument is None or node.function == "share"


def _strict(node: Node, engine: Engine) -> bool:
    """Whether the value is no data as soon as its aggregates are. Of functions of plugins nobody promised that."""
    for each in walk(node):
        if isinstance(each, Case | IsNull):
            return False
        if isinstance(each, Call) and (each.function == "coalesce" or each.function in engine.plugged):
            return False
    return True
