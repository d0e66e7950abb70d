"""Metrics of tables, computed a second time by a function of a plugin over the same rows: both agree, wherever they are computed."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from attrs import evolve

from support import engine
from support.compare import same
from support.plugged import local_plugin
from support.strategies import Size, World, world
from trigpoint.evaluate import evaluate
from trigpoint.model.expression import NUMERIC, Aggregate, Expression
from trigpoint.model.metric import PluginMetric, TableMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.warehouse import open_warehouse
from trigpoint.workers import open_workers

WORLDS, FEWEST = 20, 1_500  # cells
SIZE = Size(accounts=40, facts_each=6.0, csms=4)
BODIES = {
    name: f"""
for key, columns in rows.subjects():
    known = [x for x in columns["x"] if x is not None]
    if known:
        yield key, {gives}
"""
    for name, gives in {
        "sum_of": "float(sum(known))",
        "min_of": "min(known)",
        "max_of": "max(known)",
        "avg_of": "sum(known) / len(known)",
        "count_of": "len(known)",
    }.items()
}


def twins(made: World) -> Iterator[PluginMetric]:
    """A metric of a plugin for each table metric that is one aggregate of numbers."""
    for metric in made.ruleset.metrics.values():
        tree = metric.value.tree if isinstance(metric, TableMetric) else None
        if (
            not isinstance(metric, TableMetric)
            or not isinstance(tree, Aggregate)
            or f"{tree.function}_of" not in BODIES
        ):
            continue
        if tree.argument is None or tree.distinct or (tree.function != "count" and tree.argument.type not in NUMERIC):
            continue
        given = Expression("x", tree.argument, tree.argument.type or "text")
        chosen = {name: getattr(metric, name) for name in ("table", "where", "window", "at", "via", "subjects")}
        yield PluginMetric(
            name=f"{metric.name}_twin", plugin=f"acme.{tree.function}_of", version="1.2", type="number", inputs={"x": given}, **chosen
        )  # fmt: skip


def test_a_function_sees_the_rows_that_sql_sees(tmp_path: Path) -> None:
    """Roads, windows, conditions, histories, hand-overs and tables seen downwards lead a function to the same rows."""
    registry = local_plugin(tmp_path, BODIES)
    cells = 0
    with open_workers(registry) as workers:
        for seed in range(WORLDS):
            made = world(Random(seed), SIZE, seed)
            added = {each.name: each for each in twins(made)}
            if not added:
                continue
            ruleset = evolve(made.ruleset, metrics={**made.ruleset.metrics, **added})
            facts, scratch = tmp_path / "data.db", tmp_path / "scratch.db"
            for file in (facts, scratch):
                file.unlink(missing_ok=True)
            engine.load(facts, ruleset, made.tables)
            with open_warehouse(facts) as warehouse:
                found = evaluate(ruleset, warehouse, made.as_of, scratch, made.bands_before, workers=workers)
            assert not [each for each in found.findings if each.kind.startswith("plugin")], seed
            cells += sum(_agreeing(scratch, ruleset, subject, seed) for subject in ruleset.subjects)
    assert cells >= FEWEST


def _agreeing(scratch: Path, ruleset: Ruleset, subject: str, seed: int) -> int:
    """How many cells of a subject's value rows were compared."""
    with closing(sqlite3.connect(scratch)) as connection:
        connection.row_factory = sqlite3.Row
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (f"values_{subject}",)).fetchone():
            return 0
        rows = [dict(row) for row in connection.execute(f"SELECT * FROM values_{subject}")]
    twins_here = [name for name in ruleset.metrics if name.endswith("_twin") and rows and name in rows[0]]
    for row in rows:
        for twin in twins_here:
            own = twin.removesuffix("_twin")
            expected = (
                row[own] if row[f"{own}__n"] or row[f"{twin}__n"] else None
            )  # `empty` is none of a plugin's business
            assert same(expected, row[twin]) or _beyond(expected, row[twin]), (seed, subject, row["key"], own)
            assert row[f"{own}__n"] <= row[f"{twin}__n"], (seed, subject, row["key"])
    return len(rows) * len(twins_here)


def _beyond(own: object, twin: object) -> bool:
    """A sum near the edge of what doubles hold may be infinite in one order and not in the other."""
    return isinstance(twin, float) and own is None and math.fabs(twin) > 1e300
