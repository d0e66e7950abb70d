"""Fused scans: all occurrences that read one table at one grain become the parts of one GROUP BY.

A coarser subject does not scan again where its parts can be merged from those of a finer one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from trigpoint.compile.bounds import widest
from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.joins import source as joined
from trigpoint.compile.occurrences import Occurrence
from trigpoint.compile.parts import Facts, Finish, Finisher, Part, Parts, table_metric
from trigpoint.compile.rows import Rows
from trigpoint.compile.sql import Level, identifier, query, text
from trigpoint.compile.statement import SCRATCH, Statement
from trigpoint.model.expression import Column, walk
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.subject import COMPANY
from trigpoint.model.table import Table
from trigpoint.model.window import Stretch
from trigpoint.rules.roads import Step, road

# A table, the road chosen by `via`, and the stretch of days where it can be sought in the table's own order.
Grain = tuple[str, tuple[tuple[str, str], ...], Stretch | None]


@frozen
class Scan:
    """The parts of one table for each key of one subject, and how each occurrence is finished from them."""

    name: str
    subject: str
    level: Level
    parts: tuple[Part, ...]
    finishes: Mapping[str, Finish]

    @property
    def table(self) -> str:
        """The scratch table that keeps the parts, for this subject and for coarser ones that merge them."""
        return f"parts__{self.name}__{self.subject}"

    def merges(self, group: Sequence[Occurrence]) -> bool:
        """Whether all occurrences of a coarser subject can be merged from this scan."""
        found = [self.finishes.get(each.column) for each in group]
        return all(finish is not None and all(part.merge for part in finish.parts) for finish in found)

    def statement(self) -> Statement:
        """The pass itself."""
        columns = {"key": "TEXT PRIMARY KEY NOT NULL", **{part.column: "ANY" for part in self.parts}}
        select = query([evolve(self.level, comment="")], fence="")
        return Statement(self.table, columns, select, f"facts -> parts: {self.level.comment}")


def grain(ruleset: Ruleset, dates: Dates, occurrence: Occurrence) -> Grain:
    """Occurrences of one grain share a scan.

    Facts are laid out by (owner, time), so a window is a seek for each owner. A scan for each window reads every row
    once for each window that it lies in, and asks nothing of it; one scan for all windows reads all rows, and asks each
    row once for each metric: about twice as slow with 2M rows, 15 metrics and 4 windows (docs/decisions/0002).
    """
    metric = table_metric(occurrence)
    via = tuple(sorted(metric.via.items()))
    if metric.window is None or metric.at not in (None, ruleset.tables[metric.table].time):
        return metric.table, via, None
    edges = metric.window.before if occurrence.shift.previous else metric.window.edges
    return metric.table, via, edges(occurrence.shift.date(dates.as_of, dates.year_start), dates.year_start)


def scan(ruleset: Ruleset, engine: Engine, dates: Dates, subject: str, group: Sequence[Occurrence]) -> Scan:
    """One pass over the table that all occurrences of `group` read, grouped by the key of `subject`."""
    via = table_metric(group[0]).via
    table = ruleset.tables[table_metric(group[0]).table]
    steps = road(ruleset.subjects, table, subject, via)
    if steps is None:
        raise ValueError(f"no road from {table.name} to {subject}: the rules were not checked")
    facts = Facts(ruleset, engine, dates, table)
    bounds = widest([facts.bounds(each) for each in group])
    parts = Parts(_name(grain(ruleset, dates, group[0])))
    seek = _sought(ruleset, table, steps) and grain(ruleset, dates, group[0])[2] is not None
    finishes = {each.column: Finisher(facts, parts, each, facts.passing(each, bounds)).finish() for each in group}
    key = _key(Rows(ruleset, engine, dates, table, dates.as_of), steps, seek)
    where = [bound.sql(dates) for bound in bounds] + ([f"{key} IS NOT NULL"] if key else [])
    level = Level(
        name=parts.name,
        columns={"key": key or text(COMPANY), **{part.column: sql for sql, part in parts.found.items()}},
        comment=f"{table.name}, one pass for each {subject}: {_told(group)}",
        source=joined(ruleset, table, steps, _owners(group), via, seek)
        + (f"\nWHERE {' AND '.join(where)}" if where else ""),
        group_by=key,
    )
    return Scan(parts.name, subject, level, tuple(parts.found.values()), finishes)


def merged(ruleset: Ruleset, fine: Scan, subject: str, group: Sequence[Occurrence]) -> Scan | None:
    """The scan of a coarser subject from the kept parts of a finer one, if the road to it leads through that one."""
    via, table = table_metric(group[0]).via, ruleset.tables[table_metric(group[0]).table]
    steps = road(ruleset.subjects, table, subject, via) or ()
    through = [k for k, step in enumerate(steps) if step.subject == fine.subject]
    if not through or not fine.merges(group):
        return None
    onward = steps[through[0] + 1 :]
    under = ruleset.subjects[fine.subject]
    own = identifier(under.table or "")
    source = f"{SCRATCH}.{fine.table} AS finer\nJOIN {own} ON {own}.{identifier(under.key)} = finer.key"
    for step in onward[:-1]:
        above = ruleset.subjects[step.subject]
        link = f"{identifier(above.table or '')}.{identifier(above.key)} = {own}.{identifier(step.column or '')}"
        own = identifier(above.table or "")
        source += f"\nJOIN {own} ON {link}"
    column = onward[-1].column
    key = None if column is None else f"{own}.{identifier(column)}"
    source += f"\nWHERE {key} IS NOT NULL" if key else ""
    parts = tuple(dict.fromkeys(part for each in group for part in fine.finishes[each.column].parts))
    columns = {part.column: f"{part.merge}(finer.{part.column})" for part in parts}
    comment = f"{table.name}, merged from the parts of each {fine.subject} for each {subject}: {_told(group)}"
    level = Level(fine.name, {"key": key or text(COMPANY), **columns}, comment, source, group_by=key)
    return Scan(fine.name, subject, level, parts, {each.column: fine.finishes[each.column] for each in group})


def _told(group: Sequence[Occurrence]) -> str:
    """The rules that a scan is for, by name."""
    return ", ".join(each.column for each in group)


def _name(grain: Grain) -> str:
    table, via, stretch = grain
    chosen = ["by", *(column for _, column in via)] if via else []
    days = [f"after_{stretch[0]:%Y_%m_%d}_to_{stretch[1]:%Y_%m_%d}"] if stretch else ["all"]
    return "__".join([table, *chosen, *days])


def _sought(ruleset: Ruleset, table: Table, steps: Sequence[Step]) -> bool:
    """Whether the facts lie by the first step of the road and then by time."""
    return ruleset.cluster(table.name) == (steps[0].column, table.time)


def _key(rows: Rows, steps: Sequence[Step], seek: bool) -> str | None:
    """What a scan groups by; None for the company, which is one."""
    last = steps[-1]
    if last.column is None:
        return None
    if seek and len(steps) == 1:
        return rows.of(last.subject).raw(rows.ruleset.subjects[last.subject].key)
    return (rows if len(steps) == 1 else rows.of(steps[-2].subject)).raw(last.column)


def _owners(group: Sequence[Occurrence]) -> tuple[str, ...]:
    """The subjects whose columns the group's metrics read."""
    metrics = [table_metric(occurrence) for occurrence in group]
    read = [metric.value for metric in metrics] + [metric.where for metric in metrics if metric.where]
    nodes = (node for expression in read for node in walk(expression.tree))
    return tuple(dict.fromkeys(node.owner for node in nodes if isinstance(node, Column) and node.owner))
