"""Rollups: one pass over the value rows of the children, grouped by the subject above them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from attrs import frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.expressions import Emitter, Reference
from trigpoint.compile.lookups import look_up
from trigpoint.compile.occurrences import Occurrence, nodes_of, rolled_column, under, value_column
from trigpoint.compile.scores import judged, score
from trigpoint.compile.sql import Level, identifier, text
from trigpoint.compile.statement import SCRATCH, parent_column, values_table
from trigpoint.compile.values.books import Up, above, changes
from trigpoint.compile.values.bounds import Bound
from trigpoint.compile.values.parts import Finisher, Newest, Parts, oldest_known
from trigpoint.compile.values.scans import Scan
from trigpoint.model.expression import Aggregate, Column, LookupValue, MetricValue, Node, ScoreValue, walk
from trigpoint.model.metric import Holder, RollupMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.subject import COMPANY
from trigpoint.model.window import Stretch
from trigpoint.rules.roads import Road, Step, handovers, road

# Children, the road chosen by `via`, and where parents are dated: the day, the holder and the stretch they depend on.
Book = tuple[str, tuple[tuple[str, str], ...], dt.date | None, Holder, Stretch | None]


@frozen
class Children:
    """The value rows of the children of one kind, as a rollup sees them."""

    ruleset: Ruleset
    engine: Engine
    dates: Dates
    weight: str | None

    def day(self, occurrence: Occurrence) -> dt.date:
        """The as-of date of the occurrence."""
        return occurrence.shift.date(self.dates.as_of, self.dates.year_start)

    def print(self, occurrence: Occurrence, node: Node, binding: int = 0) -> str:
        """An expression over one child's value row, and its scores."""

        def refer(each: Reference) -> str:
            match each:
                case Column():
                    return f"v.{identifier(rolled_column(each.name, occurrence.shift))}"
                case MetricValue():
                    return f"v.{identifier(value_column(each.metric, under(occurrence.shift, each.shift)))}"
                case ScoreValue():
                    return score(self.ruleset, self.engine, each)
                case LookupValue():
                    arguments = [self.print(occurrence, argument) for argument in each.arguments]
                    return look_up(self.ruleset, self.engine, self.dates, each, arguments, self.day(occurrence))
            raise TypeError(f"no {type(each).__name__} of a child")

        return Emitter(self.engine, self.day(occurrence), self.dates.year_start, refer).print(node, binding)

    def newest(self, occurrence: Occurrence, node: Aggregate) -> Newest | None:
        """A child's newest fact is that of its part whose facts are oldest; shifted parts do not count."""
        parts = [each for each in walk(node) if isinstance(each, MetricValue) and not each.shift]
        columns = dict.fromkeys(f"v.{value_column(each.metric, occurrence.shift)}__newest" for each in parts)
        return Newest(self.oldest(list(columns)), lambda newest: newest) if columns else None

    def oldest(self, newest: Sequence[str]) -> str:
        """The oldest of those that are known."""
        if len(newest) == 1:
            return newest[0]
        return oldest_known(self.engine, newest)

    def order(self, occurrence: Occurrence) -> tuple[str, str]:
        """Children have none: latest(x) over them was refused when the rules were checked."""
        raise TypeError(f"{occurrence.column}: children have no order")

    def passing(self, occurrence: Occurrence) -> list[str]:
        """Which children pass: those whose day lies in the window, and that meet the condition."""
        metric, found = rollup_metric(occurrence), []
        if metric.window and metric.at:
            start, end = metric.window.edges(self.day(occurrence), self.dates.year_start)
            column, kind = self.print(occurrence, metric.at.tree, 9), metric.at.type
            bounds = (Bound(column, kind, True, start), Bound(column, kind, False, end))
            found += [bound.sql(self.dates) for bound in bounds]
        if metric.where:
            found.append(self.print(occurrence, metric.where.tree, 3))
        return found


def rollup_metric(occurrence: Occurrence) -> RollupMetric:
    """The occurrence's metric, which is known to be a rollup."""
    if not isinstance(occurrence.metric, RollupMetric):
        raise TypeError(f"{occurrence.metric.name} is no rollup")
    return occurrence.metric


def book(ruleset: Ruleset, dates: Dates, occurrence: Occurrence) -> Book:
    """Rollups of one book share a pass over the children."""
    metric = rollup_metric(occurrence)
    via = tuple(sorted(metric.via.items()))
    if not _moves(ruleset, metric.over, _steps(ruleset, metric, occurrence.subject)):
        return metric.over, via, None, "end", None
    day = occurrence.shift.date(dates.as_of, dates.year_start)
    if metric.holder == "end" or metric.window is None:
        return metric.over, via, day, "end", None
    return metric.over, via, day, metric.holder, metric.window.edges(day, dates.year_start)


def rollup_scan(ruleset: Ruleset, engine: Engine, dates: Dates, subject: str, group: Sequence[Occurrence]) -> Scan:
    """One pass over the value rows of the children that all occurrences of `group` go over."""
    metric = rollup_metric(group[0])
    over, via, day, holder, stretch = book(ruleset, dates, group[0])
    steps = _steps(ruleset, metric, subject)
    joins, key, weight = _up(ruleset, dates, steps, (over, via, day, holder, stretch))
    children = Children(ruleset, engine, dates, weight)
    parts = Parts(_name(over, via, day, holder, stretch))
    finishes = {each.column: Finisher(children, parts, each, children.passing(each)).finish() for each in group}
    scores = [node for each in group for node in nodes_of(each.metric) if isinstance(node, ScoreValue)]
    source = f"{SCRATCH}.{values_table(over)} AS v{judged(ruleset, scores, 'v.key')}{joins}"
    level = Level(
        name=parts.name,
        columns={"key": key or text(COMPANY), **{part.column: sql for sql, part in parts.found.items()}},
        comment=f"each {over}, one pass for each {subject}: {', '.join(each.column for each in group)}",
        source=source + (f"\nWHERE {key} IS NOT NULL" if key else ""),
        group_by=key,
    )
    return Scan(parts.name, subject, level, tuple(parts.found.values()), finishes)


def _up(ruleset: Ruleset, dates: Dates, steps: Road, at: Book) -> Up:
    """The way up from the children: none to the company, and from today's rows the parent that they keep themselves."""
    over, via, day, holder, stretch = at
    if not steps:
        return above(ruleset, dates, over, (Step(COMPANY, None),), day or dates.as_of, holder, stretch)
    if len(steps) == 2 and not via and day in (None, dates.as_of) and holder == "end":
        return "", f"v.{parent_column(steps[-1].subject)}", None
    return above(ruleset, dates, over, steps, day or dates.as_of, holder, stretch)


def _steps(ruleset: Ruleset, metric: RollupMetric, subject: str) -> Road:
    table = ruleset.subjects[metric.over].table
    if table is None or subject == COMPANY:
        return ()
    return road(ruleset.subjects, ruleset.tables[table], subject, metric.via) or ()


def _moves(ruleset: Ruleset, over: str, steps: Road) -> bool:
    """Whether there are other children, or another way up from them, on another day."""
    return bool(handovers(steps)) or any(changes(ruleset, name) for name in (over, *(step.subject for step in steps)))


def _name(
    over: str, via: Sequence[tuple[str, str]], day: dt.date | None, holder: Holder, stretch: Stretch | None
) -> str:
    chosen = ["by", *(column for _, column in via)] if via else []
    dated = [f"{holder.replace(' ', '_')}_{day:%Y_%m_%d}"] if day else []
    days = [f"after_{stretch[0]:%Y_%m_%d}_to_{stretch[1]:%Y_%m_%d}"] if stretch else []
    return "__".join(["over", over, *chosen, *dated, *days])
