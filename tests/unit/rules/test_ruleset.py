"""From rule files to the records of a ruleset."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import cast

import pytest

from support.rule_cases import CASES
from trigpoint.language import unparse
from trigpoint.model.expression import MetricValue, number
from trigpoint.model.metric import FormulaMetric, TableMetric
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.model.scorecard import Choices, Linear, Rank, Steps, Target
from trigpoint.model.window import Length, Shift, Window
from trigpoint.rules import build_ruleset

TEXT = (CASES / "base.toml").read_text(encoding="utf-8") + (CASES / "rich.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    """The base rules with the rich ones over them."""
    return build(TEXT)


def build(text: str) -> Ruleset:
    """The ruleset of rules written as a text."""
    return build_ruleset(tomllib.loads(text), Calendar("UTC"))


def test_subjects(ruleset: Ruleset) -> None:
    """Subjects keep their order, and the company comes last without being declared."""
    assert list(ruleset.subjects) == ["account", "csm", "segment", "subscription", "company"]
    account = ruleset.subjects["account"]
    assert (account.table, account.key, account.label, account.since) == ("accounts", "account_id", "name", "signed_up")
    assert account.parents == {"csm": "csm_id", "segment": "segment_id"}


def test_tables(ruleset: Ruleset) -> None:
    """A subject's own table belongs to it and has its key; derived columns have types."""
    accounts = ruleset.tables["accounts"]
    assert accounts.belongs_to == {"account": "account_id"}
    assert accounts.key == ("account_id",)
    assert accounts.type_of("cohort") == "text"
    assert ruleset.tables["usage"].belongs_to == {"subscription": "subscription_id"}
    assert ruleset.tables["contracts"].in_force is not None


@pytest.mark.parametrize(
    ("metric", "subjects"),
    [
        ("active_users", ("subscription",)),  # the lowest its table reaches
        ("arr", ("account",)),
        ("seat_utilisation", ("account",)),  # its column pins it
        ("users_before", ("subscription",)),  # the lowest at which its parts can be computed
        ("arr_year_ago", ("account",)),
    ],
)
def test_where_a_metric_is_computed(ruleset: Ruleset, metric: str, subjects: tuple[str, ...]) -> None:
    """Without `subject` a metric is computed as low as its table, its parts or its columns allow."""
    assert ruleset.metrics[metric].subjects == subjects


def test_table_metric(ruleset: Ruleset) -> None:
    """Windows, conditions on dotted columns and `empty` arrive bound."""
    metric = ruleset.metrics["breadth"]
    assert isinstance(metric, TableMetric)
    assert metric.window == Window("to date", Length(1, "quarter"))
    assert metric.where is not None
    assert unparse(metric.where.tree) == "day >= subscription.start_date"
    assert metric.empty is None
    assert cast(TableMetric, ruleset.metrics["arr"]).empty == 0


def test_shifts(ruleset: Ruleset) -> None:
    """previous() and ago() are values of a metric at another time."""
    metric = ruleset.metrics["arr_year_ago"]
    assert isinstance(metric, FormulaMetric)
    assert metric.value.tree == MetricValue("arr", Shift(ago=Length(12, "month")), type="number")


def test_metrics_keep_the_order_of_declaration(ruleset: Ruleset) -> None:
    """Formulas are bound after what they need, and listed where they stand."""
    declared = list(cast(Mapping[str, object], ruleset.settings["metrics"]))
    assert list(ruleset.metrics) == declared


def test_scales(ruleset: Ruleset) -> None:
    """Each kind of scale is a record with expressions for numbers; infinite edges are dropped."""
    scales = {each.name: each.scale for each in ruleset.scorecards["rich"].measures}
    assert scales["seats"] == Target(number(0.9), number(0.5), number(110))
    assert scales["tickets"] == Steps((number(2), number(10)), (number(100), number(50), number(0)), "below")
    assert scales["priority"] == Choices((("P1", number(0)),), number(100))
    assert scales["big"] == Choices(((True, number(100)), (False, number(50))))
    assert scales["arr"] == Rank("segment", "higher", 5)
    growth = scales["growth"]
    assert isinstance(growth, Steps)
    assert (len(growth.edges), len(growth.points), growth.edge_belongs) == (2, 3, "above")
    assert ruleset.scorecards["base"].measures[0].scale == Linear(number(0.2), number(0.9))


def test_scorecard(ruleset: Ruleset) -> None:
    """Groups, gates, guards, bands and the rest arrive in order of declaration; bands rise."""
    card = ruleset.scorecards["rich"]
    assert [(group.name, group.parent, group.weight) for group in card.groups] == [
        ("use", None, 40), ("money", None, 60), ("deep", "use", 1),
    ]  # fmt: skip
    assert card.groups[1].gate is not None
    assert card.groups[1].gate.otherwise == number(60)
    assert [band.name for band in card.bands] == ["at_risk", "healthy"]
    assert [guard.name for guard in card.guards] == ["p1", "new", "upsell"]
    assert (card.min_coverage, card.hold, card.family, card.missing) == (0.4, 3, "all", "worst")
    seats = card.measures[0]
    assert (seats.metric, seats.weight, seats.min_n, seats.reason) == ("seat_utilisation", 2, number(2), "Few")
    assert card.measures[1].valid_for == Length(90, "day")


def test_sum_scorecard(ruleset: Ruleset) -> None:
    """A worth that is one number begins at 0; groups have a maximum."""
    card = ruleset.scorecards["impact"]
    assert card.base == 50
    assert [measure.worth for measure in card.measures] == [(0, 15), (-30, 20)]
    assert card.groups[0].maximum == 20


def test_a_number_and_its_expression_are_one() -> None:
    """`cap = 40` and `cap = "40"` make equal rulesets."""
    assert build(TEXT.replace("cap = 40", 'cap = "40"')) == build(TEXT)


def test_warnings_do_not_keep_rules_from_running() -> None:
    """Warnings are kept with the ruleset."""
    text = TEXT.replace("[metrics.last_ticket]", '[metrics.last_ticket]\nunit = "nps"')
    text += "[scorecards.base.measures.x]\nvalue = 'days_since(last_ticket)'\nlinear = [90, 0]\nweight = 100\n"
    assert {problem.code for problem in build(text).warnings} == {"TP180", "TP181"}
