"""Fused scans: all occurrences that read one table at one grain become the parts of one GROUP BY.

A coarser subject does not scan again where its parts can be merged from those of a finer one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.occurrences import Occurrence
from trigpoint.compile.sql import Level, identifier, query, text
from trigpoint.compile.statement import SCRATCH, Statement
from trigpoint.compile.values.books import alias, changes, key_of, moves, own_rows, stamp
from trigpoint.compile.values.bounds import Bound, widest
from trigpoint.compile.values.downwards import seen, sought
from trigpoint.compile.values.facts import Facts, row_metric
from trigpoint.compile.values.joins import Climb
from trigpoint.compile.values.parts import Finish, Finisher, Part, Parts
from trigpoint.compile.values.rows import Rows
from trigpoint.model.expression import Column, walk
from trigpoint.model.metric import expressions
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.subject import COMPANY
from trigpoint.model.table import Table
from trigpoint.model.window import Stretch
from trigpoint.rules.roads import Step, road

# A table, the road chosen by `via`, the stretch of days where it can be sought in the table's own order, and the as-of
# date where it is shifted and the rows, or who holds whom, change with it.
Grain = tuple[str, tuple[tuple[str, str], ...], Stretch | None, dt.date | None]


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
    metric = row_metric(occurrence)
    via, table = tuple(sorted(metric.via.items())), ruleset.tables[metric.table or ""]
    day = occurrence.shift.date(dates.as_of, dates.year_start)
    moved = day if day != dates.as_of and moves(ruleset, table, metric.via) else None
    if metric.window is None or metric.at not in (None, table.time):
        return table.name, via, None, moved
    edges = metric.window.before if occurrence.shift.previous else metric.window.edges
    return table.name, via, edges(day, dates.year_start), moved


@frozen
class Found:
    """The rows that some occurrences of one grain look at: the text after FROM, the subject's key, and which rows count.

    `key` is None for the company, which is one; `groups` is what the rows are grouped by. `bounds` hold for all of them.
    """

    facts: Facts
    source: str
    key: str | None
    groups: str | None
    bounds: Sequence[Bound]
    where: Sequence[str]

    @property
    def text(self) -> str:
        """The text after FROM, with its conditions."""
        return self.source + (f"\nWHERE {' AND '.join(self.where)}" if self.where else "")


def found_rows(ruleset: Ruleset, engine: Engine, dates: Dates, subject: str, group: Sequence[Occurrence]) -> Found:
    """The rows of the table that all occurrences of `group` read, with the key of `subject`."""
    via = row_metric(group[0]).via
    table = ruleset.tables[row_metric(group[0]).table or ""]
    steps = road(ruleset.subjects, table, subject, via)
    facts = Facts(ruleset, engine, dates, table)
    bounds = widest([facts.bounds(each) for each in group])
    *_, stretch, moved = grain(ruleset, dates, group[0])
    groups: str | None
    linked: list[str] = []
    key: str | None = None
    if steps is None:
        source, link, groups = seen(ruleset, table, subject, _owners(group), via, moved or dates.as_of)
        linked, key = [link, *sought(facts, group)], key_of(ruleset, subject)
    else:
        seek = _sought(ruleset, table, steps) and stretch is not None
        climb = Climb(ruleset, table, steps, moved or dates.as_of, _fact_day(facts), seek, stretch, moved is not None)
        source, key = climb.source(_owners(group), via)
        groups = key
    where = linked + [bound.sql(dates) for bound in bounds] + ([f"{key} IS NOT NULL"] if key else [])
    return Found(facts, source, key, groups, bounds, where)


def scan(ruleset: Ruleset, engine: Engine, dates: Dates, subject: str, group: Sequence[Occurrence]) -> Scan:
    """One pass over the table that all occurrences of `group` read, grouped by the key of `subject`."""
    rows = found_rows(ruleset, engine, dates, subject, group)
    facts, parts = rows.facts, Parts(_name(grain(ruleset, dates, group[0])))
    finishes = {each.column: Finisher(facts, parts, each, facts.passing(each, rows.bounds)).finish() for each in group}
    level = Level(
        name=parts.name,
        columns={"key": rows.key or text(COMPANY), **{part.column: sql for sql, part in parts.found.items()}},
        comment=f"{facts.table.name}, one pass for each {subject}: {_told(group)}",
        source=rows.text,
        group_by=rows.groups,
    )
    return Scan(parts.name, subject, level, tuple(parts.found.values()), finishes)


def merged(ruleset: Ruleset, dates: Dates, fine: Scan, subject: str, group: Sequence[Occurrence]) -> Scan | None:
    """The scan of a coarser subject from the kept parts of a finer one, if the road to it leads through that one."""
    via, table = row_metric(group[0]).via, ruleset.tables[row_metric(group[0]).table or ""]
    steps = road(ruleset.subjects, table, subject, via) or ()
    through = [k for k, step in enumerate(steps) if step.subject == fine.subject]
    if not through or not fine.merges(group):
        return None
    onward = steps[through[0] + 1 :]
    if any(step.child for step in onward):
        return None  # the facts of a child go to whoever held it on their day
    day = grain(ruleset, dates, group[0])[3] or dates.as_of
    under = fine.subject
    source = (
        f"{SCRATCH}.{fine.table} AS finer\nJOIN {own_rows(ruleset, under, day)} ON {key_of(ruleset, under)} = finer.key"
    )
    for step in onward[:-1]:
        link = f"{key_of(ruleset, step.subject)} = {alias(ruleset, under)}.{identifier(step.column or '')}"
        under = step.subject
        source += f"\nJOIN {own_rows(ruleset, under, day)} ON {link}"
    column = onward[-1].column
    key = None if column is None else f"{alias(ruleset, under)}.{identifier(column)}"
    if key and day != dates.as_of and changes(ruleset, subject):
        source += f"\nJOIN {own_rows(ruleset, subject, day)} ON {key_of(ruleset, subject)} = {key}"
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
    table, via, stretch, moved = grain
    chosen = ["by", *(column for _, column in via)] if via else []
    days = [f"after_{stretch[0]:%Y_%m_%d}_to_{stretch[1]:%Y_%m_%d}"] if stretch else ["all"]
    as_of = [f"as_of_{stamp(moved)}"] if moved else []
    return "__".join([table, *chosen, *days, *as_of])


def _sought(ruleset: Ruleset, table: Table, steps: Sequence[Step]) -> bool:
    """Whether the facts lie by the first step of the road and then by time."""
    return ruleset.cluster(table.name) == (steps[0].column, table.time)


def _fact_day(facts: Facts) -> str | None:
    """The day of a fact, by which dated parents hold it; None for tables without time and subjects' own tables."""
    table = facts.table
    if table.time is None or any(each.table == table.name for each in facts.ruleset.subjects.values()):
        return None
    rows = Rows(facts.ruleset, facts.engine, facts.dates, table, facts.dates.as_of)
    if table.type_of(table.time) == "timestamp":
        return facts.engine.function("as_day")(rows.cell(table.time))
    return rows.raw(table.time)


def _owners(group: Sequence[Occurrence]) -> tuple[str, ...]:
    """The subjects whose columns the group's metrics read."""
    metrics = [row_metric(occurrence) for occurrence in group]
    nodes = (node for metric in metrics for expression in expressions(metric) for node in walk(expression.tree))
    return tuple(dict.fromkeys(node.owner for node in nodes if isinstance(node, Column) and node.owner))
