"""Compares what the oracle says with what the engine wrote, cell by cell."""

from __future__ import annotations

import datetime as dt
import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from pprint import pformat

from attrs import frozen

RELATIVE, ABSOLUTE = 1e-9, 1.5e-9  # a step of the one rounding, which half a bit may decide
PLAIN = ("outcome", "score", "score_before_guards", "band", "coverage")
HANDOVERS = ("no parent", "two parents", "overlap")  # the findings that the oracle has as well
SHOWN = 5


@frozen
class Difference:
    """One cell that is not the same."""

    place: tuple[str, ...]  # ("values", "account", "A-17", "arr__n")
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{' > '.join(self.place)}: the oracle says {self.expected!r}, the engine {self.found!r}"


def stored(value: object) -> object:
    """A value as the warehouse stores it: truth as 0 and 1, dates and moments as text."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, dt.datetime):
        text = value.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
        return f"{text}.{value.microsecond // 1000:03d}" if value.microsecond else text
    return value.isoformat() if isinstance(value, dt.date) else value


def same(expected: object, found: object) -> bool:
    """Numbers to nine digits; no data, texts and all else exactly."""
    expected, found = stored(expected), stored(found)
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return type(expected) is type(found) and expected == found


def read_scratch(path: Path, ruleset) -> dict[str, dict]:
    """The tables of an evaluation in the shape of the oracle's answer."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        values = {name: _keyed(connection, f"values_{name}") for name in ruleset.subjects if f"values_{name}" in tables}
        scores = {name: _scores(connection, card) for name, card in ruleset.scorecards.items()}
    return {"values": values, "scores": scores}


def _keyed(connection: sqlite3.Connection, table: str) -> dict[str, dict]:
    return {row["key"]: dict(row) for row in connection.execute(f'SELECT * FROM "{table}"')}


def _scores(connection: sqlite3.Connection, card) -> dict[str, dict]:
    found = {}
    for key, row in _keyed(connection, f"scores_{card.name}").items():
        found[key] = {name: row[name] for name in PLAIN}
        found[key]["points"] = {each.name: row[each.name] for each in (*card.groups, *card.measures)}
        for name in ("guards", "guards__unjudged", "reasons"):
            found[key][name] = json.loads(row[name] or "[]")
    return found


def pairs(expected: Mapping, found: Mapping) -> Iterator[tuple[tuple[str, ...], object, object]]:
    """All cells with their places. What the engine lacks is compared with `missing`."""
    for kind in ("values", "scores"):
        for name, rows in expected[kind].items():
            theirs = found[kind].get(name, {})
            if theirs or any(rows.values()):
                yield (kind, name, "keys"), sorted(rows), sorted(theirs)
            for key in rows.keys() & theirs.keys():
                cells = _value_cells if kind == "values" else _score_cells
                for place, one, other in cells(rows[key], theirs[key]):
                    yield (kind, name, key, *place), one, other
    findings, theirs = expected.get("findings", {}), found.get("findings", {})
    for finding, where in sorted({*findings, *theirs}):
        if finding in HANDOVERS:
            place = finding, where
            yield ("findings", *place), findings.get(place, 0), theirs.get(place, 0)
    for name, said in expected.get("asserts", {}).items():
        for what, keys in said.items():
            yield ("asserts", name, what), _how_many(keys), _how_many(found["asserts"][name][what])


def _how_many(said: list[str] | float) -> float:
    """Of an assert the oracle names the subjects, the engine counts them."""
    return len(said) if isinstance(said, list) else said


def _value_cells(row: Mapping, theirs: Mapping) -> Iterator:
    for column, value in row.items():
        yield (column,), value, theirs.get(column, "missing")


def _score_cells(row: Mapping, theirs: Mapping) -> Iterator:
    for name in PLAIN:
        yield (name,), row[name], theirs[name]
    for name, points in row["points"].items():
        yield ("points", name), points, theirs["points"][name]
    for name in ("guards", "guards__unjudged"):
        yield (name,), row[name], theirs[name]
    ours = row["reasons"][:3]
    others = theirs["reasons"][:3]
    yield ("reasons",), [each["measure"] for each in ours], [each["measure"] for each in others]
    for one, other in zip(ours, others, strict=False):
        yield ("lost", one["measure"]), one["lost"], other["lost"]
        yield ("reason points", one["measure"]), one["points"], other["points"]


def compare(expected: Mapping, found: Mapping) -> tuple[int, list[Difference]]:
    """The number of cells that were compared, and those that are not the same."""
    cells, differences = 0, []
    for place, one, other in pairs(expected, found):
        cells += 1
        if not same(one, other):
            differences.append(Difference(place, one, other))
    return cells, differences


def assert_same(world, expected: Mapping, found: Mapping) -> int:
    """The number of cells compared; an AssertionError shows the first differences and how to see them again."""
    cells, differences = compare(expected, found)
    assert not differences, report(world, cells, differences)
    return cells


def report(world, cells: int, differences: list[Difference]) -> str:
    """The first differences, the rules, and the rows that speak of the first subject concerned."""
    first = differences[0]
    told = [f"{len(differences)} of {cells} cells differ in {world!r}", *(str(each) for each in differences[:SHOWN])]
    told.append(f"as_of {world.as_of}, {world.timezone}, the year starts in month {world.year_start}")
    told.append(pformat(dict(world.settings), width=160, sort_dicts=False))
    key = first.place[2]
    told.append(pformat(_rows_about(world.tables, key), width=200, sort_dicts=False))
    told.append(f"bands before: {[each for each in world.bands_before if each[1] == key]}")
    return "\n".join(told)


def _rows_about(tables: Mapping[str, list[dict]], key: str) -> dict[str, list[dict]]:
    """The rows that hold the key, and those that hold a key of these."""
    keys = {key}
    for _ in range(2):
        for name in ("accounts", "subs"):
            own = {"accounts": "account_id", "subs": "sub_id"}[name]
            keys |= {row[own] for row in tables.get(name, []) if keys & set(map(str, row.values()))}
    return {name: [row for row in rows if keys & set(map(str, row.values()))] for name, rows in tables.items()}
