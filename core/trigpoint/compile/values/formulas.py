"""Formulas in statement 1: level by level, each from columns of the levels below."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from trigpoint.compile.expressions import Emitter, Reference
from trigpoint.compile.lookups import look_up
from trigpoint.compile.occurrences import Occurrence, computed, parts, score_column, under, value_column
from trigpoint.compile.sql import Level, identifier
from trigpoint.compile.statement import own_column
from trigpoint.compile.values.parts import oldest_known
from trigpoint.compile.values.value_rows import ValueRows
from trigpoint.model.expression import Column, LookupValue, MetricValue, ScoreValue
from trigpoint.model.metric import FormulaMetric


def formula_levels(rows: ValueRows) -> list[Level]:
    """The formulas of a stratum by depth: each level reads only columns of the levels below."""
    return _Formulas(rows, counted_columns(rows.found)).levels()


@frozen
class _Formulas:
    rows: ValueRows
    counted: frozenset[str]

    def levels(self) -> list[Level]:
        depth: dict[str, int] = {}
        for each in self.rows.here:
            below = [depth.get(value_column(part.metric, part.shift), 0) for part in parts(each)]
            depth[each.column] = 1 + max(below, default=0) if isinstance(each.metric, FormulaMetric) else 0
        levels = []
        for rung in range(1, max(depth.values(), default=0) + 1):
            columns: dict[str, str] = {}
            for each in self.rows.here:
                if depth[each.column] == rung:
                    columns |= self._formula(each)
            levels.append(Level(f"level__formulas_{rung}", columns, "metrics computed from others"))
        return levels

    def _formula(self, occurrence: Occurrence) -> dict[str, str]:
        day, name, since = self.rows.day(occurrence), occurrence.column, self.rows.since

        def refer(node: Reference) -> str:
            if isinstance(node, Column):
                return identifier(own_column(node.name)) if self.rows.stratum else self.rows.own_name(node.name, day)
            if isinstance(node, ScoreValue):
                return score_column(node)
            if isinstance(node, MetricValue):
                return identifier(value_column(node.metric, under(occurrence.shift, node.shift)))
            if isinstance(node, LookupValue):
                arguments = [emitter.print(each) for each in node.arguments]
                return look_up(self.rows.ruleset, self.rows.engine, self.rows.dates, node, arguments, day)
            raise TypeError(f"no {type(node).__name__} in a formula")

        emitter = Emitter(self.rows.engine, day, self.rows.dates.year_start, refer)
        value = emitter.print(computed(occurrence).value.tree)
        return {
            name: self.rows.judged(occurrence, value, f"own__{since}" if since else None),
            f"{name}__n": self.rows.unless_failed(occurrence, self._n(occurrence)),
            f"{name}__newest": self.rows.unless_failed(occurrence, self._newest(occurrence)),
        }

    def _n(self, occurrence: Occurrence) -> str:
        """The least n of the parts that have one."""
        columns = [value_column(part.metric, part.shift) for part in parts(occurrence)]
        counted = [f"{column}__n" for column in columns if column in self.counted]
        return self.rows.engine.least(*counted) if counted else "NULL"

    def _newest(self, occurrence: Occurrence) -> str:
        """The newest fact of the part whose facts are oldest; shifted parts do not count."""
        counted = [part for part in parts(occurrence) if part.shift == occurrence.shift]
        columns = [value_column(part.metric, part.shift) for part in counted]
        return oldest_known(self.rows.engine, [f"{name}__newest" for name in columns]) if columns else "NULL"


def counted_columns(found: Sequence[Occurrence]) -> frozenset[str]:
    """The occurrences that have an n: table metrics, rollups, and formulas with such a part."""
    counted: set[str] = set()
    for each in found:
        below = (value_column(part.metric, part.shift) for part in parts(each))
        if not isinstance(each.metric, FormulaMetric) or any(column in counted for column in below):
            counted.add(each.column)
    return frozenset(counted)
