"""Real, messy input: the RavenStack files as shipped, against figures worked out independently."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def load_figures():
    """The independent arithmetic beside this file."""
    spec = importlib.util.spec_from_file_location("ravenstack_figures", HERE / "figures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


figures = load_figures()


@pytest.fixture(scope="module")
def expected(ravenstack_files):
    """The figures of all accounts, from the CSV files."""
    return figures.figures(ravenstack_files)


@pytest.fixture(scope="module")
def values(ask):
    """The values of all accounts, from the published run."""
    answer = json.loads(ask("metrics", "account", "--format", "json"))
    assert answer["as_of"] == "2024-12-31"
    return {row["key"]: row["values"] for row in answer["rows"]}


METRICS = [
    "arr",
    "subscriptions_in_force",
    "auto_renewing",
    "arr_change",
    "usage_rows",
    "features_used",
    "errors_per_use",
    "tickets_90d",
    "open_tickets",
    "escalated",
    "satisfaction",
    "response_minutes",
    "recent_churn",
]


def test_all_accounts_have_values(values, expected):
    """There are 500 accounts, each with a value row."""
    assert len(expected) == 500
    assert values.keys() == expected.keys()


@pytest.mark.parametrize("metric", METRICS)
def test_values_equal_independent_figures(values, expected, metric):
    """Each metric of each account is what plain Python makes of the CSV files; no data where there is none."""
    for account, row in expected.items():
        wanted = None if row[metric] is None else pytest.approx(row[metric], rel=1e-12, abs=1e-12)
        assert values[account][metric] == wanted, account
    assert any(row[metric] is not None for row in expected.values())


def test_the_company_is_the_sum(ask, expected):
    """Revenue in force and usage inside its subscription add up to the figures of the whole company."""
    answer = json.loads(ask("metrics", "company", "--format", "json"))
    (row,) = answer["rows"]
    assert row["values"]["arr"] == sum(each["arr"] for each in expected.values())
    assert row["values"]["usage_rows"] == sum(each["usage_rows"] for each in expected.values())


def test_doubled_ids_are_quarantined_and_nothing_else(ravenstack_project, ravenstack_files):
    """The rows that repeat a usage id are set aside, with their number; all other rows of all files are taken in."""
    loads = {each["source"]: each for each in json.loads((ravenstack_project / "run.json").read_text())["sources"]}
    unique, doubled = figures.unique_usage(ravenstack_files)
    files = {
        "accounts": "accounts",
        "subscriptions": "subscriptions",
        "tickets": "supports_ticket",
        "churn_events": "churn_events",
    }
    assert doubled == 21
    assert (loads["usage"]["rows"], loads["usage"]["quarantined"]) == (len(unique), doubled)
    for source, name in files.items():
        assert (loads[source]["rows"], loads[source]["quarantined"]) == (len(figures.rows(ravenstack_files, name)), 0)


def test_usage_outside_its_subscription_counts_for_nobody(ravenstack_files):
    """Most rows lie outside the dates of their subscription, none belongs to an unknown one: the rules have to look."""
    _, counts = figures.usage_by_account(ravenstack_files)
    assert counts == {"inside": 5562, "outside": 19417}


def test_satisfaction_knows_how_many_answered(ravenstack_project, expected):
    """Blank grades count for nothing: n is the number of tickets with a grade, and one grade alone gives no points."""
    with sqlite3.connect(ravenstack_project / "trigpoint.db") as store:
        store.row_factory = sqlite3.Row
        rows = {row["key"]: row for row in store.execute("select * from values_account")}
        points = {row["key"]: row["satisfied"] for row in store.execute("select * from scores_health")}
    store.close()
    for account, row in expected.items():
        assert (rows[account]["satisfaction__n"] or 0) == row["satisfaction_n"]
        assert (points[account] is None) == (row["satisfaction_n"] < 2)


def test_all_accounts_are_scored(ask, expected):
    """Each of the 500 accounts has a score, a band and its coverage; those about to leave are capped at 60."""
    answer = json.loads(ask("scores", "health", "--format", "json"))
    rows = answer["rows"]
    assert len(rows) == 500
    assert {row["outcome"] for row in rows} == {"scored"}
    assert {row["band"] for row in rows} == {"healthy", "watch", "at_risk"}
    leaving = [row for row in rows if "leaving" in row["guards"]]
    assert len(leaving) == sum(row["recent_churn"] > 0 for row in expected.values()) == 238
    assert max(row["score"] for row in leaving) == 60
    assert all(row["coverage"] >= 0.5 for row in rows)


def test_one_is_explained(ask, expected):
    """The explanation of an account shows its name, its score and the raw values behind it."""
    account = "A-43a9e3"
    shown = ask("explain", "health", account)
    assert "Company_1" in shown
    assert "breadth" in shown or "features" in shown.lower()
    assert str(int(expected[account]["features_used"])) in shown
