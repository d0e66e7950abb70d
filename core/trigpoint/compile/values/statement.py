"""Statement 1, facts -> values: the complete value row of each subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from trigpoint.compile import sql
from trigpoint.compile.dates import Dates
from trigpoint.compile.engines.base import Engine
from trigpoint.compile.occurrences import Found, shifted_columns
from trigpoint.compile.scores import judged, score
from trigpoint.compile.sql import Level, identifier
from trigpoint.compile.statement import (
    IN_FORCE,
    SCRATCH,
    Feed,
    Statement,
    band_before,
    own_column,
    parent_column,
    values_table,
)
from trigpoint.compile.strata import Strata
from trigpoint.compile.values.counted import counted_level
from trigpoint.compile.values.feeds import Fed
from trigpoint.compile.values.formulas import formula_levels
from trigpoint.compile.values.plan import plan_scans
from trigpoint.compile.values.scans import Scan
from trigpoint.compile.values.value_rows import ValueRows
from trigpoint.model.expression import ScoreValue
from trigpoint.model.ruleset import Ruleset
from trigpoint.rules.roads import upwards


def values(
    ruleset: Ruleset, engine: Engine, dates: Dates, found: Found, strata: Strata, absent: frozenset[str]
) -> Mapping[str, tuple[tuple[Statement | Feed, ...], ...]]:
    """For each subject, finer ones first, and each of its strata: the passes, then what writes the value rows."""
    scans = plan_scans(ruleset, engine, dates, found)
    statements: dict[str, tuple[tuple[Statement | Feed, ...], ...]] = {}
    for name in (name for name in upwards(ruleset.subjects) if name in found):
        made: list[tuple[Statement | Feed, ...]] = []
        for stratum in range(strata.last(name) + 1):
            rows = ValueRows.at(ruleset, engine, dates, ruleset.subjects[name], strata, stratum)
            passes = () if stratum else tuple(scan.statement() for scan in scans[name])
            made.append((*passes, _statement(rows, scans[name], absent)))
        statements[name] = tuple(made)
    return statements


def _statement(rows: ValueRows, scans: Sequence[Scan | Fed], absent: frozenset[str]) -> Statement:
    """What writes the rows of a stratum: under their own name the last, which are complete."""
    name, columns = rows.subject.name, _columns(rows)
    first = _before(rows) if rows.stratum else counted_level(rows, scans, absent)
    last = Level("level__values", {each: each for each in columns}, f"one value row for each {name}", carry=False)
    return Statement(
        table=values_table(name, rows.stratum if rows.stratum < rows.strata.last(name) else None),
        columns=columns,
        select=sql.query([first, *formula_levels(rows), last], rows.engine.fence),
        title=f"facts -> values of {name}",
    )


def _columns(rows: ValueRows) -> dict[str, str]:
    """The columns of the value row with their SQLite types."""
    columns = {"key": "TEXT PRIMARY KEY NOT NULL", "label": "TEXT"}
    for each in rows.found:
        name = each.column
        columns |= {name: "ANY", f"{name}__n": "INTEGER", f"{name}__newest": "TEXT"}
    columns |= {own_column(name): "ANY" for name in rows.own_columns}
    columns |= dict.fromkeys(shifted_columns(rows.everything, rows.subject.name), "ANY")
    columns |= dict.fromkeys(_scores(rows, rows.stratum), "ANY")
    columns |= {parent_column(parent): "TEXT" for parent in rows.parents_kept}
    columns |= {IN_FORCE: "INTEGER"} if rows.subject.history else {}
    return columns | {band_before(series): "TEXT" for series in rows.series}


def _scores(rows: ValueRows, stratum: int) -> dict[str, ScoreValue]:
    """The columns for scores that are known when a stratum begins."""
    found: dict[str, ScoreValue] = {}
    for before in range(stratum):
        found |= rows.strata.scores_read(rows.subject.name, before)
    return found


def _before(rows: ValueRows) -> Level:
    """The value rows of the stratum before, with the scores that were judged from them."""
    old = ValueRows.at(rows.ruleset, rows.engine, rows.dates, rows.subject, rows.strata, rows.stratum - 1)
    columns = {name: f"before.{identifier(name)}" for name in _columns(old)}
    scores = rows.strata.scores_read(rows.subject.name, rows.stratum - 1)
    columns |= {name: score(rows.ruleset, rows.engine, node) for name, node in scores.items()}
    source = f"{SCRATCH}.{values_table(rows.subject.name, rows.stratum - 1)} AS before"
    source += judged(rows.ruleset, scores.values(), "before.key")
    return Level("level__before", columns, f"each {rows.subject.name} with its scores", source)
