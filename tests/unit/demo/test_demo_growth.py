"""What the made-up company sells to its customers, what that costs, how they begin, and what they do for us."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

import pytest

DAY = dt.timedelta(days=1)
UNTIL = dt.date(2026, 6, 30)


# --- What was sold -------------------------------------------------------------------------------------------------


def test_purchases_are_the_contracts(demo_tables):
    """Each add-on of a contract is a purchase won, with its revenue and its day; the rest are larger renewals."""
    since = UNTIL - 548 * DAY
    won = Counter(
        (row["account_id"], row["closed_on"], row["arr"])
        for row in demo_tables["opportunities"]
        if row["kind"] == "expansion" and row["won"]
    )
    add_ons = Counter(
        (row["account_id"], row["start_date"], row["arr"])
        for row in demo_tables["contracts"]
        if row["kind"] == "add_on" and row["start_date"] >= since
    )
    grown = Counter(
        (row["account_id"], row["closed_on"], row["renewed"] - row["due"])
        for row in demo_tables["renewals"]
        if row["renewed"] and row["renewed"] > row["due"] and row["closed_on"] >= since
    )
    assert add_ons
    assert add_ons <= won <= add_ons + grown


def test_attributions_differ(demo_tables):
    """Sold by a CSM, found by a CSM, and all purchases are three figures; who closed is a known CSM or nobody."""
    csms = {row["csm_id"] for row in demo_tables["csms"]} | {None}
    won = [row for row in demo_tables["opportunities"] if row["kind"] == "expansion" and row["won"]]
    assert {row["sold_by"] for row in won} | {row["sourced_by"] for row in won} <= csms
    everything = sum(row["arr"] for row in won)
    sold = sum(row["arr"] for row in won if row["sold_by"])
    sourced = sum(row["arr"] for row in won if row["sourced_by"])
    assert 0 < sold < sourced < everything


def test_open_and_lost_offers(demo_tables):
    """What is not decided has no ending, and many offers come to nothing."""
    offers = [row for row in demo_tables["opportunities"] if row["kind"] == "expansion"]
    unknown = [row for row in offers if row["closed_on"] is None]
    assert all(row["won"] is None and row["arr"] is None and row["sold_by"] is None for row in unknown)
    assert len(unknown) > 5
    assert 0.2 < sum(row["won"] is True for row in offers) / len(offers) < 0.6
    assert all(row["opened_on"] <= row["closed_on"] for row in offers if row["closed_on"])


# --- Costs, onboarding, advocacy, rates ------------------------------------------------------------------------------


def test_costs_are_what_people_cost(demo_tables):
    """Over twelve months the costs of who was there all the time come to about the annual cost."""
    spent = Counter()
    for row in demo_tables["costs"]:
        if row["day"] > UNTIL - 365 * DAY:
            spent[row["csm_id"]] += row["amount"]
    for row in demo_tables["csms"]:
        if row["left_on"] is None and row["hired_on"] < UNTIL - 365 * DAY:
            assert spent[row["csm_id"]] == pytest.approx(row["annual_cost"], rel=0.06)


def test_some_onboardings_are_not_done(demo_tables):
    """Most projects went live, larger customers took longer, and some have no end yet."""
    segments = {row["account_id"]: row["segment"] for row in demo_tables["accounts"]}
    weeks = defaultdict(list)
    for row in demo_tables["projects"]:
        if row["went_live_on"]:
            weeks[segments[row["account_id"]]].append((row["went_live_on"] - row["booked_on"]).days / 7)
    means = {segment: sum(each) / len(each) for segment, each in weeks.items()}
    assert means["enterprise"] > 2 * means["smb"]
    assert 5 < sum(row["went_live_on"] is None for row in demo_tables["projects"]) < 40


def test_references_and_referrals(demo_tables):
    """Some customers agree to be a reference, some withdraw; referrals are won, lost or open, and only those have money."""
    kinds = {
        kind: {row["status"] for row in demo_tables["advocacy"] if row["kind"] == kind}
        for kind in ("reference", "referral")
    }
    assert kinds == {"reference": {"agreed", "given", "withdrawn"}, "referral": {"open", "won", "lost"}}
    for row in demo_tables["advocacy"]:
        assert (row["pipeline"] is None) == (row["kind"] == "reference")
        assert (row["closed_on"] is None) == (row["status"] not in ("won", "lost"))


def test_rates_reach_back_far_enough(demo_tables):
    """There is a rate of each currency every week for a year before the history; the dollar is worth one."""
    first = {
        currency: min(row["day"] for row in demo_tables["rates"] if row["currency"] == currency)
        for currency in ("EUR", "USD")
    }
    assert max(first.values()) <= UNTIL - (548 + 365) * DAY
    assert {row["rate"] for row in demo_tables["rates"] if row["currency"] == "USD"} == {1.0}
    assert len({row["rate"] for row in demo_tables["rates"] if row["currency"] == "EUR"}) > 50
