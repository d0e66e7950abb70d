"""Queries of plugins give in SQL what they give in plain Python, on rows, rules and steps that are made up at random.

A difference prints the rules and the rows concerned; `queried(Random(seed), SIZE, seed)` makes the example again.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import oracle
from support import engine
from support.compare import assert_same, compare
from support.random_queries import queried
from support.strategies import Size, World

SIZE = Size(accounts=12, facts_each=8.0, csms=3)
PARTS, WORLDS_EACH, CELLS_EACH = 2, 30, 10_000


def by_oracle(made: World) -> dict:
    return oracle.evaluate(made.ruleset, made.tables, made.as_of)


def by_engine(made: World, folder: Path) -> dict:
    return engine.run(folder, made.ruleset, made.tables, made.as_of)


@pytest.mark.parametrize("part", range(PARTS))
def test_the_warehouse_equals_plain_python(part, tmp_path):
    """Values, n and newest facts of queries, shifted ones too, at accounts, subscriptions, csms, segments and the company."""
    cells = 0
    for seed in range(part * WORLDS_EACH, (part + 1) * WORLDS_EACH):
        made = queried(Random(seed), SIZE, seed)
        cells += assert_same(made, by_oracle(made), by_engine(made, tmp_path))
    assert cells >= CELLS_EACH


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), accounts=st.integers(0, 6), facts=st.sampled_from([0.0, 1.0, 4.0]))
def test_the_warehouse_equals_plain_python_in_small(seed, accounts, facts):
    """The same for examples of a few subjects, empty tables too."""
    made = queried(Random(seed), Size(accounts, facts, csms=2), seed)
    with TemporaryDirectory() as folder:
        assert_same(made, by_oracle(made), by_engine(made, Path(folder)))


def test_a_wrong_aggregate_is_found(tmp_path):
    """A query that takes the mean for the sum would be caught."""
    found = 0
    for seed in range(30):
        made = queried(Random(seed), SIZE, seed)
        wrong = json.loads(json.dumps(made.settings["plugins"]).replace("sum(", "avg("))
        if wrong != made.settings["plugins"]:
            other = evolve(made, settings={**made.settings, "plugins": wrong})
            found += bool(compare(by_oracle(made), by_engine(other, tmp_path))[1])
    assert found > 5


def test_most_of_the_language_is_there():
    """The random queries have every kind of step, every aggregate, settings and shifts."""
    texts = " ".join(repr(queried(Random(seed), SIZE, seed).settings) for seed in range(60))
    for word in (
        *("where", "with_columns", "group_by", "ascending", "descending", "count(*)", "count(distinct", "sum(", "avg("),
        *("median(", "stddev(", "percentile(", "share(", "min(", "max(", "factor", "word", "quantile", "nothing"),
        *("previous(q", "ago(q", "'csm'", "'company'", "history"),
    ):
        assert word in texts, word
