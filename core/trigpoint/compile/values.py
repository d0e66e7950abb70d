"""Statement 1, facts -> values: the complete value row of each subject."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from trigpoint.compile import sql
from trigpoint.compile.books import alias_at, holder_cell, key_of, own_rows, own_source
from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.expressions import Emitter, Reference
from trigpoint.compile.handovers import handed_by
from trigpoint.compile.lookups import look_up
from trigpoint.compile.occurrences import (
    Found,
    Occurrence,
    own_columns,
    parts,
    rolled,
    score_column,
    shifted_columns,
    under,
    value_column,
)
from trigpoint.compile.parts import Finish
from trigpoint.compile.plan import plan_scans
from trigpoint.compile.rows import Rows
from trigpoint.compile.scans import Scan
from trigpoint.compile.scores import judged, score
from trigpoint.compile.sql import Level, identifier
from trigpoint.compile.statement import (
    IN_FORCE,
    SCRATCH,
    Statement,
    band_before,
    own_column,
    parent_column,
    values_table,
)
from trigpoint.compile.strata import Strata
from trigpoint.model.expression import Aggregate, Column, LookupValue, MetricValue, ScoreValue, walk
from trigpoint.model.metric import FormulaMetric, Metric, TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Rank
from trigpoint.model.subject import COMPANY, Subject
from trigpoint.model.table import Table
from trigpoint.rules.roads import upwards

_NO_NEWEST = "'9999'"


def values(
    ruleset: Ruleset,
    engine: Engine,
    dates: Dates,
    found: Found,
    strata: Strata,
    absent: frozenset[str],
) -> Mapping[str, tuple[tuple[Statement, ...], ...]]:
    """For each subject, finer ones first, and each of its strata: the passes, then what writes the value rows."""
    scans = plan_scans(ruleset, engine, dates, found)
    statements: dict[str, tuple[tuple[Statement, ...], ...]] = {}
    for name in upwards(ruleset.subjects):
        if name in found:
            rows = _Values(ruleset, engine, dates, ruleset.subjects[name], found, scans[name], absent, strata, 0)
            first = (*(scan.statement() for scan in scans[name]), rows.statement())
            later = [(evolve(rows, stratum=k).statement(),) for k in range(1, strata.last(name) + 1)]
            statements[name] = (first, *later)
    return statements


@frozen
class _Values:
    ruleset: Ruleset
    engine: Engine
    dates: Dates
    subject: Subject
    everything: Found
    scans: Sequence[Scan]
    absent: frozenset[str]
    strata: Strata
    stratum: int

    @property
    def found(self) -> Sequence[Occurrence]:
        """What the value row holds after this stratum."""
        return [each for each in self.everything[self.subject.name] if self.strata.of(each) <= self.stratum]

    @property
    def here(self) -> Sequence[Occurrence]:
        """What is computed in this stratum."""
        return [each for each in self.found if self.strata.of(each) == self.stratum]

    def statement(self) -> Statement:
        name, columns = self.subject.name, self._row()
        levels = [self._before() if self.stratum else self._facts(), *self._formulas()]
        last = Level(
            "level__values",
            {name: name for name in columns},
            f"one value row for each {name}",
            carry=False,
        )
        partial = self.stratum if self.stratum < self.strata.last(name) else None
        return Statement(
            table=values_table(name, partial),
            columns=columns,
            select=sql.query([*levels, last], self.engine.fence),
            title=f"facts -> values of {self.subject.name}",
        )

    def _row(self) -> dict[str, str]:
        """The columns of the value row with their SQLite types."""
        columns = {"key": "TEXT PRIMARY KEY NOT NULL", "label": "TEXT"}
        for each in self.found:
            name = each.column
            columns |= {name: "ANY", f"{name}__n": "INTEGER", f"{name}__newest": "TEXT"}
        columns |= {own_column(name): "ANY" for name in self._own_columns()}
        columns |= dict.fromkeys(shifted_columns(self.everything, self.subject.name), "ANY")
        columns |= dict.fromkeys(self._scores(self.stratum), "ANY")
        columns |= {parent_column(parent): "TEXT" for parent in self._parents_kept()}
        columns |= {IN_FORCE: "INTEGER"} if self.subject.history else {}
        return columns | {band_before(series): "TEXT" for series in self._series()}

    def _own_columns(self) -> tuple[str, ...]:
        return own_columns(self.ruleset, self.subject.name, self.everything)

    def _scores(self, stratum: int) -> dict[str, ScoreValue]:
        """The columns for scores that are known when a stratum begins."""
        found: dict[str, ScoreValue] = {}
        for before in range(stratum):
            found |= self.strata.scores_read(self.subject.name, before)
        return found

    def _before(self) -> Level:
        """The value rows of the stratum before, with the scores that were judged from them."""
        old = evolve(self, stratum=self.stratum - 1)
        columns = {name: f"before.{identifier(name)}" for name in old._row()}
        scores = self.strata.scores_read(self.subject.name, self.stratum - 1)
        columns |= {name: score(self.ruleset, self.engine, node) for name, node in scores.items()}
        source = f"{SCRATCH}.{values_table(self.subject.name, self.stratum - 1)} AS before"
        source += judged(self.ruleset, scores.values(), "before.key")
        return Level("level__before", columns, f"each {self.subject.name} with its scores", source)

    def _series(self) -> list[str]:
        cards = self.ruleset.scorecards_of(self.subject.name)
        return list(dict.fromkeys(card.series for card in cards if card.bands and card.hold))

    def _parents_kept(self) -> list[str]:
        """The parents that a rank compares within, and those whose rollups one will want to explain by their children."""
        cards = self.ruleset.scorecards_of(self.subject.name)
        scales = [measure.scale for card in cards for measure in card.measures]
        ranked = [scale.parent for scale in scales if isinstance(scale, Rank)]
        above = {each.subject for each in rolled(self.everything, self.subject.name)}
        return list(dict.fromkeys([*ranked, *(parent for parent in self.subject.parents if parent in above)]))

    def _facts(self) -> Level:
        """Every subject with its own columns and the finished parts of the scans."""
        columns = self._own()
        for scan in self.scans:
            for column, finish in scan.finishes.items():
                columns |= self._finished(column, finish)
        return Level("level__facts", columns, f"each {self.subject.name} with what was counted", self._from())

    def _finished(self, name: str, finish: Finish) -> dict[str, str]:
        occurrence = next(each for each in self.found if each.column == name)
        tables = {occurrence.metric.table} if isinstance(occurrence.metric, TableMetric) else set()
        if self.absent & (tables | handed_by(self.ruleset, occurrence)):
            return {name: "NULL", f"{name}__n": "0", f"{name}__newest": "NULL"}
        since = self._since()
        value = self._judged(occurrence, finish.value, self._rows(self.dates.as_of).column(since) if since else None)
        return {name: value, f"{name}__n": finish.n, f"{name}__newest": finish.newest}

    def _judged(self, occurrence: Occurrence, value: str, began: str | None) -> str:
        """The value as it counts: infinite is no data, and so is what reaches before the facts, or the subject, began.

        `began` is the SQL of the subject's `since`; None where it has no say.
        """
        metric = occurrence.metric
        finite = value if metric.type != "number" or _never_infinite(metric) else self.engine.finite(value)
        if not (reached := self._reaches(occurrence)):
            return finite
        earliest = min(reached)
        facts = self.ruleset.tables[metric.table].since if isinstance(metric, TableMetric) else None
        if facts and earliest < facts:
            return "NULL"
        if began is None:
            return finite
        young = self.dates.after(began, self._own_table().type_of(self.subject.since or ""), earliest)
        return f"CASE WHEN {young} THEN NULL ELSE {finite} END"

    def _since(self) -> str | None:
        """The own column before which windows and shifts may not reach."""
        return None if self.subject.young == "count" else self.subject.since

    def _reaches(self, occurrence: Occurrence) -> list[dt.date]:
        """The earliest days that the occurrence looks at, as far as they are bounded."""
        metric = occurrence.metric
        day = self._day(occurrence)
        found = [day] if occurrence.shift.ago is not None else []
        if not isinstance(metric, FormulaMetric) and metric.window:
            edges = metric.window.before if occurrence.shift.previous else metric.window.edges
            found.append(edges(day, self.dates.year_start)[0] + dt.timedelta(days=1))
        return found

    def _day(self, occurrence: Occurrence) -> dt.date:
        return occurrence.shift.date(self.dates.as_of, self.dates.year_start)

    def _own_table(self) -> Table:
        return self.ruleset.tables[self.subject.table or ""]

    def _rows(self, day: dt.date) -> Rows:
        moved = self.subject.history and day != self.dates.as_of
        name = alias_at(self.ruleset, self.subject.name, day) if moved else None
        return Rows(self.ruleset, self.engine, self.dates, self._own_table(), day, name)

    def _own(self) -> dict[str, str]:
        """Key, label, and the own columns that formulas and scorecards read."""
        columns = self._named()
        for name in self._own_columns():
            columns[own_column(name)] = self._rows(self.dates.as_of).column(name)
        for column, (name, shift) in shifted_columns(self.everything, self.subject.name).items():
            columns[column] = self._rows(shift.date(self.dates.as_of, self.dates.year_start)).column(name)
        for parent in self._parents_kept():
            columns[parent_column(parent)] = self._parent(parent)
        if self.subject.history:
            columns[IN_FORCE] = f"CASE WHEN {self._rows(self.dates.as_of).in_force()} THEN 1 ELSE 0 END"
        for series in self._series():
            columns[band_before(series)] = f"{band_before(series)}.band"
        for each in self.here:
            columns |= self._read_by(each)
        return columns

    def _parent(self, parent: str) -> str:
        """The key of a parent that exists; the company is nobody's column."""
        if parent == COMPANY:
            return sql.text(COMPANY)
        day, key = self.dates.as_of, key_of(self.ruleset, parent)
        cell = self._rows(day).column(self.subject.parents[parent])
        if parent in self.subject.dated:
            cell = holder_cell(self.ruleset, self.subject.name, parent, day)
        return f"(SELECT {key} FROM {own_rows(self.ruleset, parent, day)} WHERE {key} = {cell})"

    def _named(self) -> dict[str, str]:
        key = key_of(self.ruleset, self.subject.name)
        if self.subject.table is None:
            return {"key": key, "label": key}
        rows = self._rows(self.dates.as_of)
        label = f"coalesce({rows.column(self.subject.label)}, {key})" if self.subject.label else key
        return {"key": key, "label": label}

    def _read_by(self, occurrence: Occurrence) -> dict[str, str]:
        if not isinstance(occurrence.metric, FormulaMetric):
            return {}
        day = self._day(occurrence)
        nodes = [node for node in walk(occurrence.metric.value.tree) if isinstance(node, Column)]
        read = {self._own_name(node.name, day): self._rows(day).column(node.name) for node in nodes}
        if occurrence.shift.ago is not None and (since := self._since()):
            read[f"own__{since}"] = self._rows(self.dates.as_of).column(since)
        return read

    def _own_name(self, column: str, day: dt.date) -> str:
        return f"own__{column}" if day == self.dates.as_of else f"own__{column}__{day:%Y_%m_%d}"

    def _from(self) -> str:
        shifts = [shift for _, shift in shifted_columns(self.everything, self.subject.name).values()]
        shifts += [each.shift for each in self.found if isinstance(each.metric, FormulaMetric)]
        days = {shift.date(self.dates.as_of, self.dates.year_start) for shift in shifts}
        text, key = own_source(self.ruleset, self.subject.name, self.dates.as_of, days)
        for each in self.scans:
            text += f"\nLEFT JOIN {SCRATCH}.{each.table} AS {each.name} ON {each.name}.key = {key}"
        for series in self._series():
            name = band_before(series)
            on = f"{name}.series = {sql.text(series)} AND {name}.key = {key}"
            text += f"\nLEFT JOIN {SCRATCH}.bands_before AS {name} ON {on}"
        return text

    def _formulas(self) -> list[Level]:
        """Formulas by depth: each level reads only columns of the levels below."""
        depth: dict[str, int] = {}
        for each in self.here:
            below = [depth.get(value_column(part.metric, part.shift), 0) for part in parts(each)]
            depth[each.column] = 1 + max(below, default=0) if isinstance(each.metric, FormulaMetric) else 0
        levels = []
        for rung in range(1, max(depth.values(), default=0) + 1):
            columns: dict[str, str] = {}
            for each in self.here:
                if depth[each.column] == rung:
                    columns |= self._formula(each)
            levels.append(Level(f"level__formulas_{rung}", columns, "metrics computed from others"))
        return levels

    def _formula(self, occurrence: Occurrence) -> dict[str, str]:
        day, name, since = self._day(occurrence), occurrence.column, self._since()

        def refer(node: Reference) -> str:
            if isinstance(node, Column):
                return identifier(own_column(node.name)) if self.stratum else self._own_name(node.name, day)
            if isinstance(node, ScoreValue):
                return score_column(node)
            if isinstance(node, MetricValue):
                return identifier(value_column(node.metric, under(occurrence.shift, node.shift)))
            if isinstance(node, LookupValue):
                arguments = [emitter.print(each) for each in node.arguments]
                return look_up(self.ruleset, self.engine, self.dates, node, arguments, day)
            raise TypeError(f"no {type(node).__name__} in a formula")

        emitter = Emitter(self.engine, day, self.dates.year_start, refer)
        value = emitter.print(occurrence.metric.value.tree)
        return {
            name: self._judged(occurrence, value, f"own__{since}" if since else None),
            f"{name}__n": self._n(occurrence),
            f"{name}__newest": self._newest(occurrence),
        }

    def _n(self, occurrence: Occurrence) -> str:
        """The least n of the parts that have one."""
        columns = [value_column(part.metric, part.shift) for part in parts(occurrence)]
        counted = [f"{column}__n" for column in columns if column in counted_columns(self.found)]
        return self.engine.least(*counted) if counted else "NULL"

    def _newest(self, occurrence: Occurrence) -> str:
        """The newest fact of the part whose facts are oldest; shifted parts do not count."""
        counted = [part for part in parts(occurrence) if part.shift == occurrence.shift]
        columns = [value_column(part.metric, part.shift) for part in counted]
        dated = [f"coalesce({name}__newest, {_NO_NEWEST})" for name in columns]
        if not dated:
            return "NULL"
        return f"nullif({self.engine.least(*dated)}, {_NO_NEWEST})"


def _never_infinite(metric: Metric) -> bool:
    """Whether the value is one finite part, another metric's value, or a stored cell."""
    tree = metric.value.tree
    if isinstance(tree, Aggregate):
        return tree.function not in ("min", "max", "latest", "earliest") or isinstance(tree.argument, Column)
    return isinstance(tree, Column | MetricValue)


def counted_columns(found: Sequence[Occurrence]) -> frozenset[str]:
    """The occurrences that have an n: table metrics, rollups, and formulas with such a part."""
    counted: set[str] = set()
    for each in found:
        below = (value_column(part.metric, part.shift) for part in parts(each))
        if not isinstance(each.metric, FormulaMetric) or any(column in counted for column in below):
            counted.add(each.column)
    return frozenset(counted)
