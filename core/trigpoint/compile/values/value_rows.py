"""What the parts of statement 1 know of the value rows of one kind of subject, at one stratum."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from attrs import frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.failures import behind, failed
from trigpoint.compile.occurrences import Found, Occurrence, own_columns, rolled
from trigpoint.compile.strata import Strata
from trigpoint.compile.values.books import alias_at
from trigpoint.compile.values.rows import Rows
from trigpoint.model.expression import Aggregate, Column, MetricValue
from trigpoint.model.metric import FormulaMetric, Metric, PluginMetric, TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Rank
from trigpoint.model.subject import Subject
from trigpoint.model.table import Table


@frozen
class ValueRows:
    """The value rows of `subject` after `stratum`: `found` is what they hold then, `here` what is computed in it."""

    ruleset: Ruleset
    engine: Engine
    dates: Dates
    subject: Subject
    everything: Found
    strata: Strata
    stratum: int
    found: Sequence[Occurrence]
    here: Sequence[Occurrence]

    @classmethod
    def at(
        cls, ruleset: Ruleset, engine: Engine, dates: Dates, subject: Subject, strata: Strata, stratum: int
    ) -> ValueRows:
        """Those of a subject after one of its strata."""
        placed = [(each, strata.of(each)) for each in strata.found[subject.name]]
        found = tuple(each for each, place in placed if place <= stratum)
        here = tuple(each for each, place in placed if place == stratum)
        return cls(ruleset, engine, dates, subject, strata.found, strata, stratum, found, here)

    @property
    def own_columns(self) -> tuple[str, ...]:
        """The own columns that the rows keep."""
        return own_columns(self.ruleset, self.subject.name, self.everything)

    @property
    def series(self) -> list[str]:
        """The scorecards and families whose band before has a say."""
        cards = self.ruleset.scorecards_of(self.subject.name)
        return list(dict.fromkeys(card.series for card in cards if card.bands and card.hold))

    @property
    def parents_kept(self) -> list[str]:
        """The parents that a rank compares within, and those whose rollups one will want to explain by their children."""
        cards = self.ruleset.scorecards_of(self.subject.name)
        scales = [measure.scale for card in cards for measure in card.measures]
        ranked = [scale.parent for scale in scales if isinstance(scale, Rank)]
        above = {each.subject for each in rolled(self.everything, self.subject.name)}
        return list(dict.fromkeys([*ranked, *(parent for parent in self.subject.parents if parent in above)]))

    @property
    def since(self) -> str | None:
        """The own column before which windows and shifts may not reach."""
        return None if self.subject.young == "count" else self.subject.since

    @property
    def own_table(self) -> Table:
        """The subject's own table."""
        return self.ruleset.tables[self.subject.table or ""]

    def day(self, occurrence: Occurrence) -> dt.date:
        """The as-of date of an occurrence."""
        return occurrence.shift.date(self.dates.as_of, self.dates.year_start)

    def rows(self, day: dt.date) -> Rows:
        """How the subject's own columns read as of a day."""
        moved = self.subject.history and day != self.dates.as_of
        name = alias_at(self.ruleset, self.subject.name, day) if moved else None
        return Rows(self.ruleset, self.engine, self.dates, self.own_table, day, name)

    def own_name(self, column: str, day: dt.date) -> str:
        """What an own column as of a day is called while the formulas are computed."""
        return f"own__{column}" if day == self.dates.as_of else f"own__{column}__{day:%Y_%m_%d}"

    def judged(self, occurrence: Occurrence, value: str, began: str | None) -> str:
        """The value as it counts: infinite is no data, and so is what reaches before the facts, or the subject, began.

        So is whatever is made of a metric that failed: `coalesce(length, 0)` must not be 0 because a plugin is broken.
        `began` is the SQL of the subject's `since`; None where it has no say.
        """
        return self.unless_failed(occurrence, self._reaching(occurrence, value, began))

    def unless_failed(self, occurrence: Occurrence, sql: str) -> str:
        """What is told of an occurrence: nothing, where a plugin failed that it stands on."""
        found = behind(self.ruleset, occurrence.metric)
        return f"CASE WHEN NOT {failed(found)} THEN {sql} END" if found else sql

    def _reaching(self, occurrence: Occurrence, value: str, began: str | None) -> str:
        metric = occurrence.metric
        finite = value if metric.type != "number" or _never_infinite(metric) else self.engine.finite(value)
        if not (reached := self._reaches(occurrence)):
            return finite
        earliest = min(reached)
        facts = (
            self.ruleset.tables[metric.table].since
            if isinstance(metric, TableMetric | PluginMetric) and metric.table
            else None
        )
        if facts and earliest < facts:
            return "NULL"
        if began is None:
            return finite
        young = self.dates.after(began, self.own_table.type_of(self.subject.since or ""), earliest)
        return f"CASE WHEN {young} THEN NULL ELSE {finite} END"

    def _reaches(self, occurrence: Occurrence) -> list[dt.date]:
        """The earliest days that the occurrence looks at, as far as they are bounded."""
        metric = occurrence.metric
        day = self.day(occurrence)
        found = [day] if occurrence.shift.ago is not None else []
        if not isinstance(metric, FormulaMetric) and metric.window:
            edges = metric.window.before if occurrence.shift.previous else metric.window.edges
            found.append(edges(day, self.dates.year_start)[0] + dt.timedelta(days=1))
        return found


def _never_infinite(metric: Metric) -> bool:
    """Whether the value is one finite part, another metric's value, or a stored cell."""
    if isinstance(metric, PluginMetric):
        return metric.steps is None  # what functions answer is looked at before it is kept
    tree = metric.value.tree
    if isinstance(tree, Aggregate):
        return tree.function not in ("min", "max", "latest", "earliest") or isinstance(tree.argument, Column)
    return isinstance(tree, Column | MetricValue)
