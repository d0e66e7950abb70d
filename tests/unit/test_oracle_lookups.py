"""The oracle's lookups, tables seen from below, shares of periods and asserts; worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from support.small import AS_OF, judged, ruleset

BASE = """
[subjects.account]
table = "accounts"
key = "account_id"
[tables.accounts]
columns = { account_id = "text", plan = "text" }
[tables.contracts]
columns = { account_id = "text", currency = "text", starts = "date", ends = "date", price = "number" }
belongs_to = { account = "account_id" }
time = "starts"
in_force = { from = "starts", to = "ends", to_is = "last day" }
[tables.rates]
columns = { currency = "text", day = "date", rate = "number" }
key = ["currency", "day"]
time = "day"
[tables.plans]
columns = { plan = "text", features = "number" }
key = ["plan"]
[lookups.by_plan]
table = "plans"
key = ["plan"]
value = "features"
"""
FX = """
[lookups.fx]
table = "rates"
key = ["currency"]
value = "rate"
at = "{at}"
[metrics.arr]
from = "contracts"
subject = ["account", "company"]
value = "sum(price * lookup(fx, currency))"
where = "in_force()"
empty = 0
[metrics.arr_year_ago]
value = "ago(arr, '12 months')"
[metrics.net]
value = "sum(arr) / sum(arr_year_ago)"
over = "account"
"""
RATES = "EUR, 2024-01-01, 1.00\nEUR, 2026-01-01, 1.10\nEUR, 2026-04-01, 9\nGBP, 2026-01-01,"


def found(rules: str, as_of: dt.date = AS_OF, **tables: str):
    """The oracle's answer."""
    rows = {"accounts": "A, pro\nB, free\nC,", "contracts": "", "rates": RATES, "plans": "pro, 20\nfree,"}
    return judged(ruleset(rules, base=BASE), {**rows, **tables}, as_of)


@pytest.mark.parametrize(("at", "arr", "net"), [("fixed", 110, 1), ("as of", 110, 1.1), ("row", 100, 1)])
def test_an_unchanged_contract(at, arr, net):
    """100 EUR, the rate 1.00 a year ago and 1.10 now: at constant currency nothing was gained."""
    values = found(FX.format(at=at), contracts="A, EUR, 2024-06-01, , 100")["values"]
    assert values["account"]["A"]["arr"] == pytest.approx(arr)
    assert values["company"]["company"]["net"] == pytest.approx(net)


@pytest.mark.parametrize(("currency", "expected"), [("GBP", None), ("USD", None), ("", None), ("eur", None)])
def test_what_is_not_found_is_no_data(currency, expected):
    """A blank rate, a currency without one, a blank currency; texts are compared as they are."""
    values = found(FX.format(at="fixed"), contracts=f"A, {currency}, 2024-06-01, , 100")["values"]
    assert (values["account"]["A"]["arr"], values["account"]["A"]["arr__n"]) == (expected, 0)


def test_a_fact_before_the_first_rate_has_none():
    """By the fact's own day there is no rate yet; by the run's date there is."""
    contracts = "A, EUR, 2023-12-31, , 100"
    assert found(FX.format(at="row"), contracts=contracts)["values"]["account"]["A"]["arr"] is None
    assert found(FX.format(at="as of"), contracts=contracts)["values"]["account"]["A"]["arr"] == pytest.approx(110)


def test_a_lookup_of_a_subject():
    """In a formula, where the table has no time."""
    rows = found("[metrics.m]\nvalue = '30 / lookup(by_plan, plan)'")["values"]["account"]
    assert {key: row["m"] for key, row in rows.items()} == {"A": 1.5, "B": None, "C": None}


def test_the_share_of_a_contract_in_a_quarter():
    """90 EUR a quarter, from the 31st day of it to the end of the year after: 60 of 90 days."""
    rules = """
    [metrics.revenue]
    from = "contracts"
    value = \"""
    sum(price * (days_between(greatest(starts, period_start(as_of, 'quarter')),
                              least(ends, period_end(as_of, 'quarter'))) + 1)
              / (days_between(period_start(as_of, 'quarter'), period_end(as_of, 'quarter')) + 1))
    \"""
    empty = 0
    """
    values = found(rules, contracts="A, EUR, 2026-01-31, 2027-12-31, 90\nB, EUR, 2025-06-01, 2026-03-31, 90")["values"]
    assert {key: row["revenue"] for key, row in values["account"].items()} == {"A": 60, "B": 90, "C": 0}


CUES = """
[subjects.cue]
table = "cues"
key = "cue_id"
parents = { account = "account_id" }
[tables.cues]
columns = { cue_id = "text", account_id = "text", fired_on = "date" }
[tables.usage]
columns = { account_id = "text", day = "date", events = "number" }
belongs_to = { account = "account_id" }
time = "day"
[metrics.after]
from = "usage"
subject = "cue"
value = "sum(events)"
where = "days_between(cue.fired_on, day) between 1 and 28"
empty = 0
[metrics.before]
from = "usage"
subject = "cue"
value = "sum(events)"
where = "days_between(day, cue.fired_on) between 1 and 28"
empty = 0
[metrics.effect]
over = "cue"
subject = "account"
value = "avg(after - before)"
"""


def test_each_cue_sees_the_facts_of_its_account():
    """The same facts are seen from several cues, each by its own day; a cue of nobody sees none."""
    cues = "1, A, 2026-03-10\n2, A, 2026-03-20\n3, B, 2026-03-10\n4, nobody, 2026-03-10\n5, A,"
    usage = "A, 2026-03-09, 1\nA, 2026-03-15, 2\nA, 2026-03-20, 4\nA, 2026-03-31, 8\nB, 2026-03-01, 16\nnobody, 2026-03-11, 32"
    values = found(CUES, cues=cues, usage=usage)["values"]
    seen = {key: (row["before"], row["after"]) for key, row in values["cue"].items()}
    assert seen == {"1": (1, 14), "2": (3, 8), "3": (16, 0), "4": (0, 0), "5": (0, 0)}
    assert values["account"]["A"]["effect"] == pytest.approx((13 + 5 + 0) / 3)


def test_what_is_asserted():
    """For whom it is false, and for whom nobody can say."""
    rules = """
    [asserts.features]
    subject = "account"
    that = "lookup(by_plan, plan) < 20"
    [asserts.planned]
    subject = "account"
    that = "plan is not null or as_of < date '2026-01-01'"
    """
    assert found(rules)["asserts"] == {
        "features": {"false": ["A"], "unjudged": ["B", "C"]},
        "planned": {"false": ["C"], "unjudged": []},
    }
