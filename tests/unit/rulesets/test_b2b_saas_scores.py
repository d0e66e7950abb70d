"""The ready-made health score on the made-up company: it must see the churn coming, and not paint all things green."""

from __future__ import annotations

import datetime as dt
import sqlite3
from statistics import mean

import pytest

from support.health_project import write_health_project
from trigpoint import load_project, load_ruleset
from trigpoint.evaluate import evaluate
from trigpoint.intake import load
from trigpoint.model.plugin import Registry
from trigpoint.warehouse import open_warehouse
from trigpoint_demo.source import DemoSource, company_of
from trigpoint_demo.story import story

ACCOUNTS = 300
UNTIL = dt.date(2026, 6, 30)
DAYS = dt.timedelta(days=1)
DATES = [UNTIL - 60 * step * DAYS for step in range(6)]


@pytest.fixture(scope="module")
def scores(tmp_path_factory):
    """The scores of all accounts as of six dates: date -> key -> row."""
    root = tmp_path_factory.mktemp("scores")
    write_health_project(root, ACCOUNTS)
    project = load_project(root)
    ruleset = load_ruleset(project)
    load(project, ruleset, Registry({"demo": DemoSource()}), today=dt.datetime(2026, 7, 1, tzinfo=dt.UTC))
    found = {}
    for as_of in DATES:
        with open_warehouse(project.warehouse_path) as warehouse:
            evaluation = evaluate(ruleset, warehouse, as_of, root / f"{as_of}.db")
        found[as_of] = rows_of(evaluation.scratch)
    return found


def rows_of(scratch):
    """The rows of the scorecard, by key."""
    connection = sqlite3.connect(scratch)
    connection.row_factory = sqlite3.Row
    try:
        return {row["key"]: dict(row) for row in connection.execute("select * from scores_health")}
    finally:
        connection.close()


@pytest.fixture(scope="module")
def stories():
    """What becomes of each account."""
    company = company_of({"accounts": ACCOUNTS, "seed": 7, "until": str(UNTIL)})
    return [story(company, number) for number in range(1, ACCOUNTS + 1)]


def decided(scores, stories):
    """(score, lost) of each account 30 to 90 days before the renewal that decided it."""
    for as_of, rows in scores.items():
        for account in stories:
            ahead = (account.decision - as_of).days
            row = rows[account.id]
            if 30 < ahead <= 90 and row["outcome"] == "scored":
                yield row["score"], account.lost


def separation(pairs):
    """How often a lost account scores lower than a kept one (the area under the ROC curve); 0.5 is chance."""
    lost = [score for score, gone in pairs if gone]
    kept = [score for score, gone in pairs if not gone]
    assert min(len(lost), len(kept)) > 15
    wins = sum((low < high) + 0.5 * (low == high) for low in lost for high in kept)
    return wins / len(lost) / len(kept)


def test_lost_accounts_score_lower_before_they_leave(scores, stories):
    """One to three months before a renewal, a lost account scores below a kept one in four cases of five."""
    area = separation(list(decided(scores, stories)))
    print(f"area under the curve: {area:.3f}")
    assert area > 0.8


def test_bands_are_mixed(scores):
    """On the demo's day and the two dates before it most accounts are healthy, and a credible share is not."""
    for as_of in DATES[:3]:
        rows = scores[as_of]
        bands = [row["band"] for row in rows.values() if row["outcome"] == "scored"]
        shares = {band: bands.count(band) / len(bands) for band in ("healthy", "watch", "at_risk")}
        assert 0.45 < shares["healthy"] < 0.9, (as_of, shares)
        assert shares["watch"] > 0.05, (as_of, shares)
        assert 0.02 < shares["at_risk"] < 0.25, (as_of, shares)


def test_deep_trouble_scores_lower(scores, stories):
    """Every kind of trouble, once it is far along, scores at least ten points lower than accounts without any."""
    rows = [(account, as_of, rows[account.id]) for as_of, rows in scores.items() for account in stories]
    rows = [each for each in rows if each[2]["outcome"] == "scored"]
    calm = mean(row["score"] for account, _, row in rows if account.turn is None)
    for fate in ("adoption_decays", "champion_leaves", "support_trouble", "price_shock", "quiet_loss"):
        deep = [
            row["score"] for account, as_of, row in rows if account.fate.name == fate and account.trouble(as_of) > 0.6
        ]
        assert mean(deep) < calm - 10, fate


def test_an_account_without_contract_is_not_eligible(scores, stories):
    """Who has no contract in force, because they left or never had one, gets no score."""
    gone = {account.id for account in stories if account.lost and account.decision <= UNTIL} | {"A-0002"}
    outcomes = {key: row["outcome"] for key, row in scores[UNTIL].items()}
    assert {key for key, outcome in outcomes.items() if outcome == "not_eligible"} == gone


@pytest.mark.parametrize(
    ("fate", "group"),
    [
        ("adoption_decays", "adoption"),
        ("support_trouble", "support"),
        ("champion_leaves", "relationship"),
        ("price_shock", "commercial"),
    ],
)
def test_trouble_shows_in_its_own_group(scores, stories, fate, group):
    """Each cause lowers the group that is about it, and no other cause lowers that group as much."""
    points = {}
    for account in stories:
        for as_of, rows in scores.items():
            value = rows[account.id][group]
            if value is not None and rows[account.id]["outcome"] == "scored":
                state = (
                    "calm" if account.turn is None else account.fate.name if account.trouble(as_of) > 0.6 else "early"
                )
                points.setdefault(state, []).append(value)
    averages = {state: mean(values) for state, values in points.items()}
    assert averages[fate] < averages["calm"] - 15
    assert averages[fate] == min(averages.values())
