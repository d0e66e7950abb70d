"""What holds of every book, whatever is in it: of the oracle's figures, and of the engine's."""

from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import oracle
from support import engine
from support.book_worlds import CARD, MOVEMENTS, all_held, book_worlds
from support.strategies import World

calm = settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
EVERY = ("end", "start", "share of days")
SUMS = ("accounts", "closing", "opening", *MOVEMENTS)


def by_oracle(made: World) -> dict:
    return oracle.evaluate(made.ruleset, made.tables, made.as_of, made.bands_before)


def by_engine(made: World) -> dict:
    with TemporaryDirectory() as folder:
        return engine.run(Path(folder), made.ruleset, made.tables, made.as_of, made.bands_before)


both = pytest.mark.parametrize("judge", [by_oracle, by_engine])


def books(found: dict) -> list[dict]:
    """The value rows of all books that hold something, and of the company."""
    rows = [*found["values"]["csm"].values(), found["values"]["company"]["company"]]
    return [row for row in rows if row["accounts"] is not None]


def close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-8)


def scores(found: dict) -> dict[str, tuple]:
    return {key: (row["score"], row["coverage"], row["band"]) for key, row in found["scores"]["card"].items()}


def with_card(made: World, **changes) -> World:
    return evolve(made, settings={**made.settings, "scorecards": {"card": {**CARD, **changes}}})


@both
@calm
@given(made=st.one_of(*(book_worlds(holder) for holder in EVERY)))
def test_what_moves_explains_what_changed(judge, made):
    """Closing = opening + new + reactivated + expansion - contraction - churn, in every book and at company."""
    for row in books(judge(made)):
        gained = row["new"] + row["reactivated"] + row["expansion"]
        assert close(row["closing"], row["opening"] + gained - row["contraction"] - row["churn"])


@both
@calm
@given(made=book_worlds())
def test_gross_retention_is_never_above_one_nor_above_net(judge, made):
    """Nothing that grows hides what is lost."""
    for row in books(judge(made)):
        assert (row["gross"] is None) == (row["net"] is None) == (row["opening"] == 0)
        if row["gross"] is not None:
            assert 0 <= row["gross"] <= 1 + 1e-9
            assert row["gross"] <= row["net"] + 1e-9


@both
@calm
@given(made=st.one_of(*(book_worlds(holder) for holder in EVERY)))
def test_the_company_is_its_books_and_what_nobody_holds(judge, made):
    """Each account is in one book at most; once somebody holds all that nobody held, the books add up."""
    found = judge(made)["values"]
    for name in SUMS:
        assert sum(row[name] or 0 for row in found["csm"].values()) <= found["company"]["company"][name] + 1e-8
    found = judge(all_held(made))["values"]
    for name in SUMS:
        assert close(sum(row[name] or 0 for row in found["csm"].values()), found["company"]["company"][name])


@both
@calm
@given(made=book_worlds(), factor=st.sampled_from([2, 4, 0.5]))
def test_multiplying_all_weights_of_a_book_changes_nothing(judge, made, factor):
    """Only the shares count."""
    measures = {name: {**each, "weight": each["weight"] * factor} for name, each in CARD["measures"].items()}
    groups = {name: {**each, "weight": each["weight"] * factor} for name, each in CARD["groups"].items()}
    assert scores(judge(made)) == scores(judge(with_card(made, measures=measures, groups=groups)))


@both
@calm
@given(made=book_worlds(), least=st.sampled_from([0, 50, 80, 100]), most=st.sampled_from([0, 30, 100]))
def test_a_gate_never_raises_a_score(judge, made, least, most):
    """Expansion that is gated by retention is worth less, or the same."""
    gate = {"when": f"points.gross >= {least}", "else": most}
    groups = {**CARD["groups"], "grown": {"weight": 20, "gate": gate}}
    before, after = scores(judge(made)), scores(judge(with_card(made, groups=groups)))
    for key, (score, coverage, _) in before.items():
        assert after[key][1] == coverage
        assert (after[key][0] is None) == (score is None)
        assert score is None or after[key][0] <= score + 1e-9


@both
@calm
@given(made=book_worlds("end"))
def test_of_equal_starts_the_order_of_rows_changes_nothing(judge, made):
    """Who holds an account does not depend on how its stretches are listed."""
    other = evolve(made, tables={**made.tables, "books": made.tables["books"][::-1]})
    one, two = judge(made)["values"]["csm"], judge(other)["values"]["csm"]
    assert one == two
