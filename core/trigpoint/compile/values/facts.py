"""The rows of one table as an occurrence sees them: which exist, which pass, and when they happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from attrs import frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.occurrences import Occurrence
from trigpoint.compile.values.bounds import Bound, tightest
from trigpoint.compile.values.parts import Newest
from trigpoint.compile.values.rows import Rows
from trigpoint.model.expression import Aggregate, Node
from trigpoint.model.metric import PluginMetric, TableMetric
from trigpoint.model.ruleset import DAY, Ruleset
from trigpoint.model.table import Table


def row_metric(occurrence: Occurrence) -> TableMetric | PluginMetric:
    """The occurrence's metric, which is known to be one over the rows of a table."""
    if not isinstance(occurrence.metric, TableMetric | PluginMetric):
        raise TypeError(f"{occurrence.metric.name} is no metric over rows")
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
        metric, day, rows = row_metric(occurrence), self.day(occurrence), self.rows(occurrence)
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

    @property
    def weight(self) -> None:
        """Every fact counts once."""
        return None

    def print(self, occurrence: Occurrence, node: Node, binding: int = 0) -> str:
        """An expression over one row."""
        return self.rows(occurrence).print(node, binding)

    def order(self, occurrence: Occurrence) -> tuple[str, str]:
        """The time and the key of the table."""
        rows = self.rows(occurrence)
        return rows.column(self.table.time or ""), ", ".join(rows.cell(column) for column in self.table.key)

    def newest(self, occurrence: Occurrence, node: Aggregate | None = None) -> Newest | None:  # noqa: ARG002  # the same for all
        """The greatest `time`: from the number of the day where there is one, else from the day or moment."""
        time, rows = self.table.time, self.rows(occurrence)
        if time is None:
            return None
        if DAY in self.ruleset.hidden(self.table.name):
            return Newest(rows.raw(DAY), self.engine.day)  # a blank day has no number
        metric = row_metric(occurrence)
        windowed = metric.window is not None and metric.at in (None, time)  # a blank time lies in no window
        blank = time in self.ruleset.cluster(self.table.name) and not windowed

        def finish(newest: str) -> str:
            newest = f"nullif({newest}, '')" if blank else newest
            return self.engine.function("as_day")(newest) if self.table.type_of(time) == "timestamp" else newest

        return Newest(rows.raw(time), finish)

    def oldest(self, newest: Sequence[str]) -> str:
        """The oldest of the newest facts of several aggregates; unknown as soon as one is."""
        return self.engine.least(*newest)

    def passing(self, occurrence: Occurrence, scanned: Sequence[Bound]) -> list[str]:
        """Which rows pass, beyond the bounds that the scan as a whole has."""
        metric, rows = row_metric(occurrence), self.rows(occurrence)
        found = [bound.sql(self.dates) for bound in self.bounds(occurrence) if bound not in scanned]
        if self.table.known_row and self.table.known_row in self.ruleset.cluster(self.table.name):
            found.append(f"{rows.raw(self.table.known_row)} <> ''")
        if metric.where:
            found.append(rows.print(metric.where.tree, binding=3))
        return found
