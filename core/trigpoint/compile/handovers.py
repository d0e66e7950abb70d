"""What to look out for on the way up: children without a parent, and stretches that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from trigpoint.compile.dates import Dates
from trigpoint.compile.occurrences import Found, Occurrence
from trigpoint.compile.sql import identifier
from trigpoint.compile.statement import Query
from trigpoint.compile.values.books import alias, holder_cell, key_of, own_rows
from trigpoint.compile.values.prepared import edges, stretches, visible
from trigpoint.model.metric import PluginMetric, RollupMetric, TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.subject import COMPANY
from trigpoint.rules.roads import Road, Step, road


def handovers(ruleset: Ruleset, dates: Dates, found: Found, absent: frozenset[str]) -> Iterator[Query]:
    """Questions to the rows of subjects and of the tables that say who held them; not where a table has no source."""
    for child, step in dict.fromkeys(_steps_up(ruleset, found)):
        own = ruleset.subjects[child]
        dated = own.dated.get(step.subject) if step.child else None
        needed = {own.table, ruleset.subjects[step.subject].table, dated.table if dated else None}
        if not needed & absent:
            yield _no_parent(ruleset, dates, child, step)
    for name in dict.fromkeys(_tables_read(found)):
        for subject, column in ruleset.tables[name].belongs_to.items():
            if subject != COMPANY and ruleset.subjects[subject].table is None and name not in absent:
                yield _orphans(ruleset, dates, name, subject, column)
    for child, own in ruleset.subjects.items():
        for parent in own.dated:
            yield from _stretches(ruleset, dates, Step(parent, None, child))


def handed_by(ruleset: Ruleset, occurrence: Occurrence) -> frozenset[str]:
    """The tables that say who held whom, on the road that a metric takes."""
    steps, _ = _road(ruleset, occurrence.subject, occurrence)
    return frozenset(ruleset.subjects[step.child].dated[step.subject].table for step in steps if step.child)


def _steps_up(ruleset: Ruleset, found: Found) -> Iterator[tuple[str, Step]]:
    """Every step from a child to its parent by which something is counted."""
    for subject, occurrences in found.items():
        for occurrence in occurrences:
            steps, below = _road(ruleset, subject, occurrence)
            for step in steps:
                if below is not None and step.subject not in (below, COMPANY):
                    yield below, step
                below = step.subject


def _road(ruleset: Ruleset, subject: str, occurrence: Occurrence) -> tuple[Road, str | None]:
    """The road that a metric takes, and the subject whose own rows it starts from."""
    metric = occurrence.metric
    if isinstance(metric, TableMetric | PluginMetric):
        found = road(ruleset.subjects, ruleset.tables[metric.table], subject, metric.via) if metric.table else None
        return found or (), None
    table = ruleset.subjects[metric.over].table if isinstance(metric, RollupMetric) else None
    if isinstance(metric, RollupMetric) and table is not None:
        return road(ruleset.subjects, ruleset.tables[table], subject, metric.via) or (), metric.over
    return (), None


def _tables_read(found: Found) -> Iterator[str]:
    metrics = (each.metric for occurrences in found.values() for each in occurrences)
    return (metric.table for metric in metrics if isinstance(metric, TableMetric | PluginMetric) and metric.table)


def _orphans(ruleset: Ruleset, dates: Dates, table: str, subject: str, column: str) -> Query:
    """Facts of a subject without a table; those of others are found when they are loaded."""
    cell = f"{identifier(table)}.{identifier(column)}"
    known = f"SELECT 1 FROM {own_rows(ruleset, subject, dates.as_of)} WHERE {key_of(ruleset, subject)} = {cell}"
    select = f"SELECT count(*), min({cell})\nFROM {identifier(table)}\nWHERE NOT EXISTS ({known})"
    return Query("orphans", table, f"rows belong to no {subject} and count nowhere", select)


def _no_parent(ruleset: Ruleset, dates: Dates, child: str, step: Step) -> Query:
    day, key = dates.as_of, key_of(ruleset, child)
    cell = f"{alias(ruleset, child)}.{identifier(step.column or '')}"
    cell = holder_cell(ruleset, child, step.subject, day) if step.child else cell
    known = f"SELECT 1 FROM {own_rows(ruleset, step.subject, day)} WHERE {key_of(ruleset, step.subject)} = {cell}"
    rows = f"{own_rows(ruleset, child, day)}\nWHERE NOT EXISTS ({known})"
    text = f"no {step.subject} is known ('{step.column}')"
    # The example is one whose parent is named and not known, if there is one: it says more than a blank.
    inner = f"SELECT {key} AS key, nullif({cell}, '') AS parent\nFROM {rows}"
    select = f"SELECT count(*) OVER (), key, parent\nFROM ({inner})\nORDER BY parent IS NULL, key\nLIMIT 1"
    return Query("no parent", child, text, select, counted=child, shown=((step.column or "", "text"),))


def _stretches(ruleset: Ruleset, dates: Dates, step: Step) -> Iterator[Query]:
    child, parent = step.child or "", step.subject
    holding = ruleset.subjects[child].dated[parent]
    table = ruleset.tables[holding.table]
    part = f"WITH\n{stretches(ruleset, dates, step, dates.as_of)}\n"
    together = "SELECT key FROM stretches GROUP BY key, day_from HAVING count(DISTINCT parent) > 1"
    yield Query(
        "two parents",
        table.name,
        f"names more than one {parent} from the same day on, so nobody counts",
        f"{part}SELECT count(DISTINCT key), min(key)\nFROM ({together})",
        "error",
        counted=child,
    )
    later = "min(day_from) OVER (PARTITION BY key ORDER BY day_from GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING)"
    yield Query(
        "overlap",
        table.name,
        f"names another {parent} before the one before has ended, and the later one counts",
        f"{part}SELECT count(DISTINCT key), min(key)\nFROM (SELECT key, day_to, {later} AS later FROM stretches)\nWHERE later <= day_to",
        counted=child,
    )
    first, last = edges(ruleset, dates, table, dates.as_of)
    known = " AND ".join([f"{first} > {last}", *visible(dates, table, dates.as_of)])
    cell = f"{identifier(table.name)}.{identifier(holding.child)}"
    yield Query(
        "never in force",
        table.name,
        "has rows that end before they begin, and never count",
        f"SELECT count(*), min({cell})\nFROM {identifier(table.name)}\nWHERE {known}",
    )
