"""Which layers of the catalogue answers lead to: nothing that there are facts for is thrown away for want of others."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from attrs import evolve

from trigpoint.draft import QUESTIONS, Answers, composed, tables_of
from trigpoint.rules.files import BUNDLED

DATA = next(question for question in QUESTIONS if question.name == "data").choices
ALL = Answers("growth", "retention", (), "enterprise", "$6-20M", DATA)


def layers(*data: str) -> list[str]:
    """The names of the layers for some tables."""
    return [each.removeprefix(BUNDLED) for each in composed(evolve(ALL, data=data)).layers]


@pytest.mark.parametrize(
    ("data", "there", "not_there"),
    [
        (("targets",), {"catalogue/targets"}, {"catalogue/absences"}),
        (("targets", "absences"), {"catalogue/absences"}, {"catalogue/targets"}),  # which it stands on
        (("absences",), set(), {"catalogue/absences"}),
        (("assignments",), {"catalogue/assignments"}, {"catalogue/assignments_renewals"}),
        (("assignments", "renewals"), {"catalogue/assignments_renewals"}, {"catalogue/assignments_targets"}),
        (("assignments", "targets"), {"catalogue/assignments_targets"}, {"catalogue/absences"}),
        (("rates",), {"catalogue/currencies"}, {"catalogue/currencies_renewals", "catalogue/currencies_snapshots"}),
        (("rates", "renewals"), {"catalogue/currencies_renewals"}, {"catalogue/currencies_cost"}),
        (("renewals", "opportunities"), set(), {"catalogue/currencies", "catalogue/currencies_renewals"}),
    ],
)
def test_layers_of_facts(data: tuple[str, ...], there: set[str], not_there: set[str]) -> None:
    """Targets need no leave, assignments neither targets nor renewals, and each table with money gets its rates."""
    found = layers(*data)
    assert there <= set(found)
    assert not not_there & set(found)
    if data != ("absences",):
        assert set(data) <= tables_of(found).keys()


def test_leave_without_targets_is_told() -> None:
    """It lowers targets, and is of no use without them."""
    assert "the table absences: of no use without targets" in composed(evolve(ALL, data=("absences",))).left_out


def test_who_holds_an_account_is_said_last() -> None:
    """Hand-overs come after all others, as the catalogue says."""
    found = layers(*DATA)
    last = [name for name in found if name.startswith("catalogue/assignments")]
    assert found[-len(last) :] == last == ["catalogue/assignments_renewals", "catalogue/assignments_targets"]


def cards(answers: Answers) -> dict[str, Any]:
    """The scorecards to review."""
    found: dict[str, Any] = tomllib.loads(composed(answers).review)["scorecards"]
    return found


def test_how_many_rows_a_figure_needs_is_to_be_reviewed() -> None:
    """`min_n` stands beside the weights of each scorecard, with its why; a role's own comes before that of all."""
    found = cards(evolve(ALL, roles=("strategic", "pooled")))
    people = {name: found[name]["measures"] for name in ("csm_kpi", "strategic_kpi", "pooled_kpi")}
    least = {name: {key: each["min_n"] for key, each in measures.items()} for name, measures in people.items()}
    assert least["csm_kpi"]["gross_retention"] == least["pooled_kpi"]["gross_retention"] == 5
    assert least["strategic_kpi"]["gross_retention"] == 3
    assert least["strategic_kpi"]["renewal_rate"] == 2
    assert all(each <= 3 for each in least["strategic_kpi"].values())
    assert all(each["why"] for measures in people.values() for each in measures.values())


def test_only_what_weighs_is_to_be_reviewed() -> None:
    """Measures of groups that a scorecard gives no weight, or that have no facts, are not listed."""
    found = cards(evolve(ALL, roles=("strategic",), data=("renewals",)))
    assert found["strategic_kpi"]["measures"].keys() == {"gross_retention", "customers_retained", "renewal_rate"}


def test_the_scorecard_of_all_says_who_is_left() -> None:
    """With roles that have their own, the one of all others is called so."""
    assert "no role" in cards(evolve(ALL, roles=("strategic",)))["csm_kpi"]["title"]
    assert "title" not in cards(ALL)["csm_kpi"]
