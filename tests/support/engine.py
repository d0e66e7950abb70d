"""Puts typed rows into a warehouse through the loader, and runs the engine over them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

from support.compare import read_scratch, stored
from trigpoint.evaluate import evaluate
from trigpoint.warehouse import open_warehouse
from trigpoint.warehouse.layout import layout_of, prepare
from trigpoint.warehouse.load import StagedTable, open_for_load, transaction


def load(path: Path, ruleset, tables: Mapping[str, list[dict]]) -> None:
    """A warehouse file with these rows, as after intake."""
    with open_for_load(path) as connection, transaction(connection):
        prepare(connection, ruleset, {name: name for name in tables})
        for name, rows in tables.items():
            layout = layout_of(ruleset, name)
            key = ruleset.tables[name].key
            staged = StagedTable(connection, layout, [key] if key else [])
            blank = {column: "" if column in layout.cluster else None for column in layout.columns}
            columns = [
                [blank[column] if row[column] is None else stored(row[column]) for row in rows]
                for column in layout.columns
            ]
            staged.add(range(1, len(rows) + 1), columns)
            staged.put_in_order()
            staged.take_place(loaded_at=0)
            connection.execute("DROP TABLE temp.ordered")


def run(
    folder: Path,
    ruleset,
    tables: Mapping[str, list[dict]],
    as_of: dt.date,
    bands_before: Iterable[tuple[str, str, str]] = (),
) -> dict[str, dict]:
    """What the engine makes of these rows, in the shape of the oracle's answer."""
    facts, scratch = folder / "data.db", folder / "scratch.db"
    for file in (facts, scratch):
        file.unlink(missing_ok=True)
    load(facts, ruleset, tables)
    with open_warehouse(facts) as warehouse:
        evaluation = evaluate(ruleset, warehouse, as_of, scratch, bands_before)
    counts: dict[tuple[str, str], int] = {}
    for each in evaluation.findings:
        counts[each.kind, each.where] = counts.get((each.kind, each.where), 0) + each.count
    said = {
        name: {"false": counts.get(("assert", name), 0), "unjudged": counts.get(("assert not judged", name), 0)}
        for name in ruleset.asserts
    }
    return {**read_scratch(scratch, ruleset), "asserts": said, "findings": counts}
