"""The oracle's values: metrics over facts, on cases worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from support.small import AS_OF, judged, ruleset

USAGE = """
[tables.usage]
columns = { id = "text", account_id = "text", day = "date", events = "integer", kind = "text" }
key = ["id"]
belongs_to = { account = "account_id" }
time = "day"
"""
ACCOUNTS = """
A, big, 10, true, 2024-01-01
B, small, 20, false, 2026-03-20
C, , , , 2024-01-01
"""
EVENTS = """
1, A, 2026-03-31, 5, web
2, A, 2026-03-04, 3, app
3, A, 2026-03-03, 9, web
4, A, , 100, web
5, A, 2026-04-01, 50, web
6, B, 2026-03-25, , app
7, , 2026-03-25, 7, app
8, gone, 2026-03-25, 7, app
"""


def readings(metric: str, *, extra: str = "", as_of: dt.date = AS_OF, events: str = EVENTS):
    """(value, n, newest) of one metric `m` over the usage of each account and of the company."""
    rules = ruleset(USAGE + extra + f"[metrics.m]\nsubject = ['account', 'company']\nfrom = 'usage'\n{metric}")
    found = judged(rules, {"accounts": ACCOUNTS, "usage": events}, as_of)["values"]
    every = {**found["account"], **found["company"]}
    return {key: (row["m"], row["m__n"], row["m__newest"]) for key, row in every.items()}


MARCH_31, MARCH_25 = dt.date(2026, 3, 31), dt.date(2026, 3, 25)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        # a row without time exists, but lies in no window; one after as_of does not exist; orphans count nowhere
        ("value = 'sum(events)'\nempty = 0", {"A": (117, 4, MARCH_31), "B": (None, 0, None), "C": (0, 0, None)}),
        ("value = 'sum(events)'\nempty = 0\nwindow = '28 days'", {"A": (8, 2, MARCH_31), "company": (8, 2, MARCH_31)}),
        ("value = 'count(*)'\nempty = 'no data'", {"A": (4, 4, MARCH_31), "B": (1, 1, MARCH_25), "C": (None, 0, None)}),
        ("value = 'count(events)'\nempty = 0", {"B": (None, 0, None), "C": (0, 0, None)}),
        ("value = 'count(distinct kind)'\nempty = 0", {"A": (2, 4, MARCH_31)}),
        ("value = \"share(kind = 'web')\"", {"A": (0.75, 4, MARCH_31), "company": (0.6, 5, MARCH_31)}),
        ("value = 'share(events > 4)'", {"B": (0, 1, MARCH_25)}),
        ("value = 'avg(events)'\nwindow = '28 days'", {"A": (4, 2, MARCH_31), "B": (None, 0, None)}),
        ("value = 'median(events)'", {"A": (7, 4, MARCH_31)}),
        ("value = 'percentile(events, 0.25)'", {"A": (4.5, 4, MARCH_31)}),
        ("value = 'stddev(events)'\nwindow = '1 day'", {"A": (None, 1, MARCH_31)}),
        ("value = 'latest(kind)'", {"A": ("web", 4, MARCH_31), "B": ("app", 1, MARCH_25)}),
        ("value = 'earliest(events)'", {"A": (9, 4, MARCH_31)}),  # the one without time is not the earliest
        ("value = 'sum(events) / count(*)'", {"company": (117 / 5, 4, MARCH_31)}),
        ("value = 'max(day)'\nwhere = \"kind = 'app'\"", {"A": (dt.date(2026, 3, 4), 1, dt.date(2026, 3, 4))}),
        (
            "value = 'sum(events)'\nempty = 0\nwhere = \"account.segment = 'big'\"",
            {"A": (117, 4, MARCH_31), "B": (0, 0, None)},
        ),
        ("value = 'sum(events)'\nempty = 0\nwindow = 'previous month'", {"A": (0, 0, None)}),
        ("value = 'max(days_since(day))'", {"A": (28, 3, MARCH_31)}),
    ],
)
def test_table_metrics(metric, expected):
    """Value, n and newest fact of a table metric."""
    found = readings(metric)
    assert {key: found[key] for key in expected} == expected


def test_a_window_before_since_is_no_data():
    """A subject since 20 March has no 28 days of usage, whatever `empty` says; with young = "count" it has."""
    since = "[subjects.account]\ntable = 'accounts'\nkey = 'account_id'\nsince = 'signed_up'\n"
    metric = "value = 'count(*)'\nempty = 0\nwindow = '28 days'"
    rules = USAGE + "[metrics.m]\nfrom = 'usage'\n" + metric
    base = "[tables.accounts]\ncolumns = { account_id = 'text', segment = 'text', seats = 'number', live = 'boolean', signed_up = 'date' }\n"
    tables = {"accounts": ACCOUNTS, "usage": EVENTS}
    young = judged(ruleset(rules, base=since + base), tables)["values"]["account"]
    assert (young["A"]["m"], young["B"]["m"], young["C"]["m"]) == (2, None, 0)
    counted = judged(ruleset(rules, base=since + "young = 'count'\n" + base), tables)["values"]["account"]
    assert counted["B"]["m"] == 1


@pytest.mark.parametrize(("since", "expected"), [("2026-03-04", 8), ("2026-03-05", None)])
def test_a_window_may_begin_on_the_day_of_since(since, expected):
    """(a, b] reaches before `since` if a + 1 day does: 28 days before 31 March begin on 4 March."""
    rules = USAGE.replace("time =", f"since = '{since}'\ntime =")
    rules += "[metrics.m]\nfrom = 'usage'\nvalue = 'sum(events)'\nempty = 0\nwindow = '28 days'"
    found = judged(ruleset(rules), {"accounts": ACCOUNTS, "usage": EVENTS})
    assert found["values"]["account"]["A"]["m"] == expected


CONTRACTS = """
[tables.contracts]
columns = { id = "text", account_id = "text", starts = "date", ends = "date", arr = "number" }
belongs_to = { account = "account_id" }
in_force = { from = "starts", to = "ends", to_is = "last day" }
[metrics.arr]
from = "contracts"
value = "sum(arr)"
where = "in_force()"
empty = 0
[metrics.arr_year_ago]
value = "ago(arr, '12 months')"
[metrics.growth]
value = "arr / arr_year_ago - 1"
"""


@pytest.mark.parametrize(("to_is", "arr"), [("last day", 300), ("first day without", 200)])
def test_in_force_and_a_year_ago(to_is, arr):
    """A contract that ends on as_of is in force on its last day only; `ago` moves in_force() as well."""
    contracts = (
        "1, A, 2025-01-01, 2026-03-31, 100\n2, A, , , 200\n3, A, 2026-04-01, , 50\n4, A, 2020-01-01, 2025-12-31, 7"
    )
    rules = ruleset(CONTRACTS.replace("last day", to_is))
    row = judged(rules, {"accounts": ACCOUNTS, "contracts": contracts})["values"]["account"]["A"]
    assert (row["arr"], row["arr_year_ago"]) == (arr, 307)
    assert row["growth"] == pytest.approx(arr / 307 - 1)
    assert (row["growth__n"], row["growth__newest"]) == (1 if arr == 200 else 2, None)


RENEWALS = """
[tables.renewals]
columns = { renewal_id = "text", account_id = "text", due_date = "date", due = "number", renewed = "number", closed_on = "date", recorded_at = "timestamp" }
key = ["renewal_id"]
belongs_to = { account = "account_id" }
time = "due_date"
known = { row = "recorded_at", renewed = "closed_on" }
[metrics.dollar_renewal_rate]
from = "renewals"
subject = "company"
value = "sum(least(coalesce(renewed, 0), due)) / sum(due)"
window = "previous quarter"
[metrics.net_renewal_rate]
from = "renewals"
subject = "company"
value = "sum(renewed) / sum(due)"
window = "previous quarter"
[metrics.logo_renewal_rate]
from = "renewals"
subject = "company"
value = "share(renewed > 0)"
window = "previous quarter"
"""
DUE_IN_Q1 = """
r1, A, 2026-02-01, 100, 80, 2026-01-30, 2025-06-01T10:00
r2, B, 2026-01-10, 100, 130, 2025-12-20, 2025-06-01T10:00
r3, C, 2026-03-15, 100, , , 2025-06-01T10:00
"""


def test_renewals_count_by_due_date():
    """Three renewals of 100 due in Q1, one at 80, one early at 130, one lost: dollars 60 %... of what is capped per row."""
    found = judged(ruleset(RENEWALS), {"accounts": ACCOUNTS, "renewals": DUE_IN_Q1}, dt.date(2026, 4, 10))
    row = found["values"]["company"]["company"]
    assert row["dollar_renewal_rate"] == pytest.approx(0.6)
    assert row["net_renewal_rate"] == pytest.approx(0.7)
    assert row["logo_renewal_rate"] == pytest.approx(2 / 3)


def test_what_was_not_known_does_not_exist():
    """A row recorded later does not exist; a value known later is no data before."""
    rules = ruleset(RENEWALS + "[metrics.won]\nfrom = 'renewals'\nvalue = 'sum(renewed)'\nempty = 0")
    tables = {"accounts": ACCOUNTS, "renewals": DUE_IN_Q1}
    assert judged(rules, tables, dt.date(2025, 5, 31))["values"]["account"]["B"]["won"] == 0
    assert judged(rules, tables, dt.date(2025, 12, 19))["values"]["account"]["B"]["won"] is None
    assert judged(rules, tables, dt.date(2025, 12, 20))["values"]["account"]["B"]["won"] == 130


def test_facts_two_steps_away():
    """Usage of a subscription counts for its account, and only inside the subscription if the rule says so."""
    rules = """
    [subjects.subscription]
    table = "subscriptions"
    key = "sub_id"
    parents = { account = "account_id" }
    [tables.subscriptions]
    columns = { sub_id = "text", account_id = "text", start_date = "date" }
    [tables.usage]
    columns = { sub_id = "text", day = "date", events = "integer" }
    belongs_to = { subscription = "sub_id" }
    time = "day"
    [metrics.events]
    from = "usage"
    subject = ["account", "subscription", "company"]
    value = "sum(events)"
    where = "day >= subscription.start_date and account.live"
    empty = 0
    """
    tables = {
        "accounts": ACCOUNTS,
        "subscriptions": "s1, A, 2026-02-01\ns2, A, 2026-03-01\ns3, B, 2026-01-01\ns4, , 2026-01-01",
        "usage": "s1, 2026-01-31, 1\ns1, 2026-02-01, 2\ns2, 2026-03-02, 4\ns3, 2026-03-02, 8\ns4, 2026-03-02, 16\nx, 2026-03-02, 32",
    }
    found = judged(ruleset(rules), tables)["values"]
    assert {key: row["events"] for key, row in found["account"].items()} == {"A": 6, "B": 0, "C": 0}
    assert {key: row["events"] for key, row in found["subscription"].items()} == {"s1": 2, "s2": 4, "s3": 0, "s4": 0}
    assert found["company"]["company"]["events"] == 6
