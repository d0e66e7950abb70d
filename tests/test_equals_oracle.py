"""The compiled SQL gives what the naive oracle gives, on rulesets and rows that are made up at random.

A difference prints the rules and the rows concerned; `world(Random(seed), SIZE, seed)` makes the example again.
"""

from __future__ import annotations

import copy
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings

import oracle
from support import engine
from support.compare import assert_same, compare
from support.strategies import Size, World, world, worlds

SIZE = Size(accounts=30, facts_each=8.0, csms=4)
PARTS, WORLDS_EACH, CELLS_EACH = 4, 25, 90_000


def by_oracle(made: World) -> dict:
    return oracle.evaluate(made.ruleset, made.tables, made.as_of, made.bands_before)


def by_engine(made: World, folder: Path) -> dict:
    return engine.run(folder, made.ruleset, made.tables, made.as_of, made.bands_before)


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, PARTS))])
def test_the_engine_equals_the_oracle(part, tmp_path):
    """Values, n, newest facts, scores, points, coverage, bands, outcomes, guards and reasons: 400,000 cells in all."""
    cells = 0
    for seed in range(part * WORLDS_EACH, (part + 1) * WORLDS_EACH):
        made = world(Random(seed), SIZE, seed)
        cells += assert_same(made, by_oracle(made), by_engine(made, tmp_path))
    assert cells >= CELLS_EACH


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(made=worlds())
def test_the_engine_equals_the_oracle_in_small(made):
    """The same for examples of a few subjects, empty tables too, which Hypothesis makes as small as it can."""
    with TemporaryDirectory() as folder:
        assert_same(made, by_oracle(made), by_engine(made, Path(folder)))


KINDS = ["value", "n", "newest", "rollup", "score", "points", "coverage", "band", "outcome", "guards", "asserts"]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """An example that has all in which a fault is planted, with the two answers, which agree."""
    for seed in range(1000):
        made = world(Random(seed), SIZE, seed)
        if made.ruleset.asserts and made.ruleset.subjects["account"].dated:
            expected, found = by_oracle(made), by_engine(made, tmp_path_factory.mktemp("answers"))
            if all(_cells(made, found, kind) for kind in KINDS):
                break
    assert_same(made, expected, found)
    return made, expected, found


@pytest.mark.parametrize("kind", KINDS)
def test_a_planted_fault_is_found(kind, answers):
    """One wrong cell among thousands fails the comparison, which says where it is."""
    made, expected, found = answers
    wrong = copy.deepcopy(found)
    row, name = _cells(made, wrong, kind)[0]
    row[name] = 1e-6 + row[name] * (1 + 1e-6) if isinstance(row[name], int | float) else "wrong"
    cells, differences = compare(expected, wrong)
    assert (len(differences), cells > 1000) == (1, True)
    with pytest.raises(AssertionError, match=rf"1 of {cells} cells differ in world of seed \d+(.|\n)*as_of"):
        assert_same(made, expected, wrong)


def _cells(made: World, found: dict, kind: str) -> list[tuple[dict, str]]:
    """The cells of this kind that have data."""
    if kind == "asserts":
        return [(said, "false") for said in found["asserts"].values()]
    if kind in ("value", "n", "newest", "rollup"):
        end = f"__{kind}" if kind in ("n", "newest") else ""
        metrics = [
            name for name, metric in made.settings["metrics"].items() if ("over" in metric) == (kind == "rollup")
        ]
        rows = [row for rows in found["values"].values() for row in rows.values()]
        return [(row, name + end) for row in rows for name in metrics if row.get(name + end) is not None]
    rows = [row for rows in found["scores"].values() for row in rows.values() if row["band"] and row["coverage"]]
    if kind == "points":
        return [(row["points"], name) for row in rows for name, points in row["points"].items() if points is not None]
    return [(row, kind) for row in rows]


def test_a_missing_row_is_found(answers):
    """A subject that the engine forgets is a difference."""
    _, expected, found = answers
    wrong = copy.deepcopy(found)
    rows = next(rows for rows in wrong["scores"].values() if rows)
    rows.popitem()
    assert [each.place[-1] for each in compare(expected, wrong)[1]] == ["keys"]


def test_a_wrong_rule_is_found(answers, tmp_path):
    """An engine that took the wrong day for the as-of date would be caught."""
    made, expected, _ = answers
    other = evolve(made, as_of=made.as_of.replace(day=made.as_of.day - 1))
    assert compare(expected, by_engine(other, tmp_path))[1]
