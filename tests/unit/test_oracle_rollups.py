"""The oracle's rollups, and scores that formulas look at: the check vectors of the domain, worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from support.small import AS_OF, judged, ruleset

ACCOUNTS = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { csm = "csm_id" }
[subjects.csm]
table = "csms"
key = "csm_id"
parents = { team = "team" }
[subjects.team]
table = "teams"
key = "team"
[tables.accounts]
columns = { account_id = "text", csm_id = "text", owner = "text", signed_up = "date", health = "number" }
[tables.csms]
columns = { csm_id = "text", team = "text" }
[tables.teams]
columns = { team = "text" }
[tables.contracts]
columns = { account_id = "text", starts = "date", ends = "date", arr = "number" }
belongs_to = { account = "account_id" }
in_force = { from = "starts", to = "ends", to_is = "last day" }
[tables.meetings]
columns = { account_id = "text", day = "date" }
belongs_to = { account = "account_id" }
time = "day"
[metrics.arr]
from = "contracts"
value = "sum(arr)"
where = "in_force()"
empty = 0
[metrics.start]
value = "ago(arr, '12 months')"
"""
RETENTION = """
[metrics.gross]
over = "account"
value = "sum(least(arr, start)) / sum(start)"
[metrics.net]
over = "account"
value = "sum(case when start > 0 then arr else 0 end) / sum(start)"
[metrics.logo]
over = "account"
value = "share(arr > 0)"
where = "start > 0"
[metrics.loss]
over = "account"
value = "sum(greatest(start - arr, 0))"
"""
CSMS, TEAMS = "ann, one\nbob, one\ncid, gone", "one\ntwo"


def values(rules: str, accounts: str, contracts: str = "", meetings: str = "", as_of: dt.date = AS_OF):
    """The value rows of all subjects."""
    tables = {"accounts": accounts, "csms": CSMS, "teams": TEAMS, "contracts": contracts, "meetings": meetings}
    return judged(ruleset(rules, base=ACCOUNTS), tables, as_of)["values"]


FORMER = "A, 2024-01-01, 2025-12-31, 100\nB, 2024-01-01, 2025-12-31, 100\n"


@pytest.mark.parametrize(
    ("contracts", "expected"),
    [
        ("A, 2026-01-01, , 150\nB, 2026-01-01, , 60", (0.8, 1.05, 1, 40)),
        ("A, 2026-01-01, , 150", (0.5, 0.75, 0.5, 100)),
    ],
)
def test_each_customer_is_capped_before_the_sum(contracts, expected):
    """Gross, net, logo and loss of two customers; a lost one leaves a zero row, a new one stays out."""
    found = values(RETENTION, "A, ann, , ,\nB, ann, , ,\nN, , , ,", FORMER + contracts + "\nN, 2026-03-01, , 500")
    for rows in (found["csm"]["ann"], found["team"]["one"], found["company"]["company"]):
        assert (rows["gross"], rows["net"], rows["logo"], rows["loss"]) == pytest.approx(expected)


def test_children_count_where_a_road_leads():
    """At company every child counts, elsewhere those with a known parent; over no child there is no data."""
    rules = "[metrics.m]\nover = 'account'\nvalue = 'count(*)'"
    found = values(rules, "A, ann, , ,\nB, bob, , ,\nC, cid, , ,\nD, , , ,\nE, nobody, , ,")
    counts = {
        subject: {key: (row["m"], row["m__n"]) for key, row in found[subject].items()}
        for subject in found
        if subject != "account"
    }
    assert counts["csm"] == {"ann": (1, 1), "bob": (1, 1), "cid": (1, 1)}
    assert counts["team"] == {"one": (2, 2), "two": (None, 0)}
    assert counts["company"] == {"company": (5, 5)}


def test_a_child_goes_by_another_column():
    """`via` chooses the column of the child; it is reached by no other road."""
    rules = "[metrics.m]\nover = 'account'\nvalue = 'count(*)'\nvia = { csm = 'owner' }"
    found = values(rules, "A, ann, bob, ,\nB, bob, , ,")
    assert {key: row["m"] for key, row in found["csm"].items()} == {"ann": None, "bob": 1, "cid": None}
    assert found["team"]["one"]["m"] == 1


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("value = 'sum(arr)'\nwhere = 'arr > 50'", (160, 2, None)),
        ("value = 'avg(health)'", (30, 2, None)),  # C has none: n counts where there is data
        ("value = 'sum(arr) / count(health)'", (90, 2, None)),
        ("value = 'median(health)'", (30, 2, None)),
        ("value = 'count(*)'\nwindow = '90 days'\nat = 'signed_up'", (1, 1, None)),  # C signed up on day 90
        ("value = 'count(*)'\nwindow = '89 days'\nat = 'signed_up'", (None, 0, None)),
        ("value = 'count(*)'\nwindow = '28 days'\nat = 'last_met'", (1, 1, None)),
        ("value = 'max(last_met)'", (dt.date(2026, 3, 30), 2, dt.date(2026, 3, 30))),
        ("value = 'min(met + 0 * before)'", (1, 2, dt.date(2026, 3, 30))),
    ],
)
def test_which_children_pass_and_what_they_bring(rule, expected):
    """Value, n and newest fact of a rollup at company."""
    rules = f"""
    [metrics.met]
    from = "meetings"
    value = "count(*)"
    empty = "no data"
    [metrics.before]
    value = "ago(met, '1 day')"
    [metrics.last_met]
    from = "meetings"
    value = "max(day)"
    [metrics.m]
    over = "account"
    subject = "company"
    {rule}
    """
    meetings = "A, 2026-03-01\nA, 2026-03-30\nB, 2026-03-03\n"
    accounts = "A, ann, , 2020-01-01, 20\nB, ann, , , 40\nC, ann, , 2026-01-01,"
    row = values(rules, accounts, "A, , , 100\nB, , , 60\nC, , , 20", meetings)["company"]["company"]
    assert (row["m"], row["m__n"], row["m__newest"]) == expected


def test_a_shifted_rollup_is_whole_as_of_then():
    """The children's figures and `as_of` are moved; the growth is that of totals."""
    rules = """
    [metrics.total]
    over = "account"
    value = "sum(arr)"
    [metrics.growth]
    value = "total / ago(total, '12 months')"
    [metrics.days]
    over = "account"
    value = "max(days_since(signed_up) + 0 * arr)"
    [metrics.days_then]
    value = "ago(days, '1 year')"
    """
    found = values(rules, "A, ann, , 2025-03-01,", "A, 2025-01-01, , 100\nA, 2026-01-01, , 50\nA, , 2025-01-01, 7")
    row = found["csm"]["ann"]
    assert (row["growth"], row["days"], row["days_then"]) == (1.5, 395, 30)


CARDS = """
[scorecards.health]
subject = "account"
missing = "skip"
bands = { good = 50, bad = 0 }
family = "kin"
when = "health is not null"
measures = { mood = { value = "health", linear = [0, 100] } }
[scorecards.rest]
subject = "account"
missing = "worst"
bands = { good = 50, bad = 0 }
family = "kin"
priority = 1
when = "signed_up is not null"
measures = { size = { metric = "arr", linear = [0, 100] } }
[metrics.red_share]
over = "account"
value = "sum(case when health.band = 'bad' then arr else 0 end) / sum(arr)"
[metrics.best]
over = "account"
value = "max(kin.score)"
[metrics.kinds]
over = "account"
value = "count(distinct kin.outcome)"
[metrics.third]
value = "kin.score / 3"
[metrics.mood_or_size]
value = "coalesce(kin.mood, kin.size)"
[scorecards.book]
subject = "csm"
missing = "skip"
bands = { good = 50, bad = 0 }
measures = { red = { metric = "red_share", linear = [1, 0], min_n = 2 } }
[metrics.mean_book]
over = "csm"
value = "avg(book.score)"
"""


def test_scores_are_figures_like_others():
    """A rollup reads the bands of its children, a scorecard of people reads the rollup, and so on upwards."""
    contracts = "A, , , 100\nB, , , 300\nC, , , 40\nD, , , 60"
    accounts = "A, ann, , , 80\nB, ann, , , 20\nC, bob, , 2024-01-01,\nD, bob, , ,"
    found = values(CARDS, accounts, contracts)
    per_account = {key: (row["third"], row["mood_or_size"]) for key, row in found["account"].items()}
    assert per_account == {"A": (80 / 3, 80), "B": (20 / 3, 20), "C": (40 / 3, 40), "D": (None, None)}
    assert {key: row["best"] for key, row in found["csm"].items()} == {"ann": 80, "bob": 40, "cid": None}
    assert found["company"]["company"]["kinds"] == 2  # scored, and not_applicable
    # no band is no data in the condition: C and D bring nothing, and there is nothing red among bob's
    assert (found["csm"]["ann"]["red_share"], found["csm"]["bob"]["red_share"]) == (0.75, None)
    assert (found["company"]["company"]["mean_book"], found["company"]["company"]["mean_book__n"]) == (25, 1)
