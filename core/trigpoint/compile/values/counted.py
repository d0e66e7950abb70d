"""The first level of statement 1: every subject with its own columns, and with what was counted for it."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from trigpoint.compile import sql
from trigpoint.compile.handovers import handed_by
from trigpoint.compile.occurrences import Occurrence, shifted_columns
from trigpoint.compile.sql import Level
from trigpoint.compile.statement import IN_FORCE, SCRATCH, band_before, own_column, parent_column
from trigpoint.compile.values.books import holder_cell, key_of, own_rows, own_source
from trigpoint.compile.values.feeds import Fed
from trigpoint.compile.values.parts import Finish
from trigpoint.compile.values.scans import Scan
from trigpoint.compile.values.value_rows import ValueRows
from trigpoint.model.expression import Column, walk
from trigpoint.model.metric import FormulaMetric, PluginMetric, TableMetric
from trigpoint.model.subject import COMPANY


def counted_level(rows: ValueRows, scans: Sequence[Scan | Fed], absent: frozenset[str]) -> Level:
    """Own columns, and the finished parts of the scans; metrics of `absent` tables are no data."""
    return _Counted(rows, scans, absent).level()


@frozen
class _Counted:
    rows: ValueRows
    scans: Sequence[Scan | Fed]
    absent: frozenset[str]

    def level(self) -> Level:
        columns = self._own()
        found = {each.column: each for each in self.rows.found}
        for scan in self.scans:
            for column, finish in scan.finishes.items():
                columns |= self._finished(found[column], finish)
        return Level("level__facts", columns, f"each {self.rows.subject.name} with what was counted", self._from())

    def _finished(self, occurrence: Occurrence, finish: Finish) -> dict[str, str]:
        name = occurrence.column
        tables = {occurrence.metric.table} if isinstance(occurrence.metric, TableMetric | PluginMetric) else set()
        if self.absent & (tables | handed_by(self.rows.ruleset, occurrence)):
            return {name: "NULL", f"{name}__n": "0", f"{name}__newest": "NULL"}
        since = self.rows.since
        value = self.rows.judged(
            occurrence, finish.value, self.rows.rows(self.rows.dates.as_of).column(since) if since else None
        )
        n, newest = (self.rows.unless_failed(occurrence, each) for each in (finish.n, finish.newest))
        return {name: value, f"{name}__n": n, f"{name}__newest": newest}

    def _own(self) -> dict[str, str]:
        """Key, label, and the own columns that formulas and scorecards read."""
        columns = self._named()
        for name in self.rows.own_columns:
            columns[own_column(name)] = self.rows.rows(self.rows.dates.as_of).column(name)
        for column, (name, shift) in shifted_columns(self.rows.everything, self.rows.subject.name).items():
            columns[column] = self.rows.rows(shift.date(self.rows.dates.as_of, self.rows.dates.year_start)).column(name)
        for parent in self.rows.parents_kept:
            columns[parent_column(parent)] = self._parent(parent)
        if self.rows.subject.history:
            columns[IN_FORCE] = f"CASE WHEN {self.rows.rows(self.rows.dates.as_of).in_force()} THEN 1 ELSE 0 END"
        for series in self.rows.series:
            columns[band_before(series)] = f"{band_before(series)}.band"
        for each in self.rows.here:
            columns |= self._read_by(each)
        return columns

    def _parent(self, parent: str) -> str:
        """The key of a parent that exists; the company is nobody's column."""
        if parent == COMPANY:
            return sql.text(COMPANY)
        day, key = self.rows.dates.as_of, key_of(self.rows.ruleset, parent)
        cell = self.rows.rows(day).column(self.rows.subject.parents[parent])
        if parent in self.rows.subject.dated:
            cell = holder_cell(self.rows.ruleset, self.rows.subject.name, parent, day)
        return f"(SELECT {key} FROM {own_rows(self.rows.ruleset, parent, day)} WHERE {key} = {cell})"

    def _named(self) -> dict[str, str]:
        key = key_of(self.rows.ruleset, self.rows.subject.name)
        if self.rows.subject.table is None:
            return {"key": key, "label": key}
        rows = self.rows.rows(self.rows.dates.as_of)
        label = f"coalesce({rows.column(self.rows.subject.label)}, {key})" if self.rows.subject.label else key
        return {"key": key, "label": label}

    def _read_by(self, occurrence: Occurrence) -> dict[str, str]:
        if not isinstance(occurrence.metric, FormulaMetric):
            return {}
        day = self.rows.day(occurrence)
        nodes = [node for node in walk(occurrence.metric.value.tree) if isinstance(node, Column)]
        read = {self.rows.own_name(node.name, day): self.rows.rows(day).column(node.name) for node in nodes}
        if occurrence.shift.ago is not None and (since := self.rows.since):
            read[f"own__{since}"] = self.rows.rows(self.rows.dates.as_of).column(since)
        return read

    def _from(self) -> str:
        shifts = [shift for _, shift in shifted_columns(self.rows.everything, self.rows.subject.name).values()]
        shifts += [each.shift for each in self.rows.found if isinstance(each.metric, FormulaMetric)]
        days = {shift.date(self.rows.dates.as_of, self.rows.dates.year_start) for shift in shifts}
        text, key = own_source(self.rows.ruleset, self.rows.subject.name, self.rows.dates.as_of, days)
        for each in self.scans:
            text += f"\nLEFT JOIN {SCRATCH}.{each.table} AS {each.name} ON {each.name}.key = {key}"
        for series in self.rows.series:
            name = band_before(series)
            on = f"{name}.series = {sql.text(series)} AND {name}.key = {key}"
            text += f"\nLEFT JOIN {SCRATCH}.bands_before AS {name} ON {on}"
        return text
