"""Roads from rows up to subjects."""

from __future__ import annotations

import pytest

from trigpoint.errors import RulesError
from trigpoint.model.subject import Holding, Subject
from trigpoint.model.table import Table
from trigpoint.rules.roads import Step, ancestors, handovers, lowest, reach, road, upwards

SUBJECTS = {
    each.name: each
    for each in (
        Subject("csm", "csms", "csm_id"),
        Subject("account", "accounts", "account_id", parents={"csm": "csm_id", "segment": "segment_id"}),
        Subject("segment", "segments", "segment_id"),
        Subject("subscription", "subscriptions", "subscription_id", parents={"account": "account_id"}),
        Subject("company", None, "key"),
    )
}
USAGE = Table("usage", {}, belongs_to={"subscription": "subscription_id"})
ACCOUNTS = Table("accounts", {}, belongs_to={"account": "account_id"})
CONTRACTS = Table("contracts", {}, belongs_to={"account": "account_id", "csm": "sold_by"})


def test_two_steps_up() -> None:
    """The column of each step is one of what comes before it."""
    assert road(SUBJECTS, USAGE, "account") == (
        Step("subscription", "subscription_id"),
        Step("account", "account_id"),
    )


def test_own_table_begins_with_the_subject() -> None:
    """A subject's own row goes up by the subject itself."""
    assert road(SUBJECTS, ACCOUNTS, "account") == (Step("account", "account_id"),)
    assert road(SUBJECTS, ACCOUNTS, "csm") == (Step("account", "account_id"), Step("csm", "csm_id"))


def test_a_dated_parent_is_another_road_than_a_column() -> None:
    """Its step names the child that is handed over; a column of the own table that names the parent too is a second road."""
    holding = Holding("assignments", "account_id", "csm_id")
    account = Subject("account", "accounts", "account_id", parents={"csm": "csm_id"}, dated={"csm": holding})
    subjects = {**SUBJECTS, "account": account}
    steps = (Step("account", "account_id"), Step("csm", "csm_id", "account"))
    assert road(subjects, ACCOUNTS, "csm") == steps
    assert handovers(steps) == steps[1:]
    both = Table("accounts", {}, belongs_to={"account": "account_id", "csm": "csm_id"})
    with pytest.raises(RulesError, match="several roads"):
        road(subjects, both, "csm")


def test_the_company_has_no_column() -> None:
    """Everything leads to the company, by its first owner."""
    assert road(SUBJECTS, USAGE, "company") == (Step("subscription", "subscription_id"), Step("company", None))
    assert road(SUBJECTS, Table("rates", {}), "company") == (Step("company", None),)


def test_no_road() -> None:
    """Rows of accounts do not reach subscriptions."""
    assert road(SUBJECTS, ACCOUNTS, "subscription") is None


def test_several_roads_need_a_choice() -> None:
    """Where two roads lead to a subject, `via` chooses the one from the row itself."""
    with pytest.raises(RulesError, match=r"account_id -> csm_id and sold_by"):
        road(SUBJECTS, CONTRACTS, "csm")
    assert road(SUBJECTS, CONTRACTS, "csm", {"csm": "sold_by"}) == (Step("csm", "sold_by"),)


def test_reach_is_lowest_first() -> None:
    """Subjects come before their parents, the company last; those with several roads are left out."""
    assert reach(SUBJECTS, USAGE) == ("subscription", "account", "csm", "segment", "company")
    assert reach(SUBJECTS, CONTRACTS) == ("account", "segment", "company")
    assert reach(SUBJECTS, CONTRACTS, {"csm": "sold_by"}) == ("account", "csm", "segment", "company")


def test_order_of_subjects() -> None:
    """All subjects lie in one order, children before parents."""
    assert upwards(SUBJECTS) == ("subscription", "account", "csm", "segment", "company")
    assert ancestors(SUBJECTS, "account") == {"csm", "segment", "company"}
    assert lowest(SUBJECTS, ("csm", "account", "company")) == ("account",)
    assert lowest(SUBJECTS, ("csm", "segment", "company")) == ("csm", "segment")
