"""Rollups, scores as values, and the strata they make: what comes out, computed by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from support import engine
from support.small import AS_OF, rows, ruleset

BASE = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { csm = "csm_id" }
[subjects.csm]
table = "csms"
key = "csm_id"
parents = { team = "team_id" }
[subjects.team]
table = "teams"
key = "team_id"
[tables.accounts]
columns = { account_id = "text", csm_id = "text", signed_up = "date", seats = "number" }
[tables.csms]
columns = { csm_id = "text", team_id = "text" }
[tables.teams]
columns = { team_id = "text" }
[tables.contracts]
columns = { contract_id = "text", account_id = "text", start_date = "date", end_date = "date", arr = "number" }
belongs_to = { account = "account_id" }
in_force = { from = "start_date", to = "end_date", to_is = "last day" }
[metrics]
arr = { from = "contracts", value = "sum(arr)", where = "in_force()", empty = 0 }
arr_year_ago = { value = "ago(arr, '12 months')" }
"""
HEALTH = """
[scorecards.health]
subject = "account"
missing = "skip"
bands = { good = 50, bad = 0 }
measures = { arr = { metric = "arr", linear = [0, 200] } }
"""
TABLES = {
    # C has a csm that nobody knows, D none
    "accounts": "A,c1,2024-01-01,10\nB,c1,2024-02-01,20\nE,c2,2026-03-01,5\nC,gone,2024-01-01,40\nD,,2024-01-01,",
    "csms": "c1,t1\nc2,t1\nc3,t2",
    "teams": "t1\nt2",
    "contracts": "k1,A,2024-01-01,,100\nk2,A,2026-01-01,,50\nk3,B,2024-01-01,2026-02-01,100\nk4,C,2024-01-01,,30\n"
    "k5,E,2026-03-01,,200",
}


def values(rules: str, folder, tables=TABLES, as_of: dt.date = AS_OF) -> dict[str, dict]:
    """The value rows of every subject."""
    made = ruleset(rules, base=BASE)
    typed = {name: rows(made.tables[name].columns, text) for name, text in tables.items()}
    return engine.run(folder, made, typed, as_of)["values"]


def column(found: dict[str, dict], subject: str, name: str) -> dict[str, object]:
    """One metric at all subjects of a kind."""
    return {key: row[name] for key, row in found[subject].items()}


RETENTION = """
gross = { over = "account", value = "sum(least(arr, arr_year_ago)) / sum(arr_year_ago)" }
net = { over = "account", value = "sum(case when arr_year_ago > 0 then arr else 0 end) / sum(arr_year_ago)" }
logo = { over = "account", value = "sum(case when arr > 0 then 1 else 0 end) / count(*)", where = "arr_year_ago > 0" }
"""


def test_a_ratio_is_recomputed_at_every_level(tmp_path):
    """A 100 -> 150 and B lost: gross 50 %, net 75 %, logo 50 %, at the CSM; others are counted where they belong."""
    found = values(RETENTION, tmp_path)
    assert column(found, "csm", "gross") == {"c1": 0.5, "c2": None, "c3": None}
    assert column(found, "csm", "net") == {"c1": 0.75, "c2": None, "c3": None}
    assert column(found, "csm", "logo") == {"c1": 0.5, "c2": None, "c3": None}
    assert column(found, "team", "net") == {"t1": 0.75, "t2": None}
    assert column(found, "company", "gross") == {"company": pytest.approx(130 / 230)}


def test_a_child_without_a_known_parent_counts_at_the_company(tmp_path):
    """Whoever has no csm, or one that nobody knows, is in no book, and not lost."""
    found = values(
        'all_arr = { over = "account", value = "sum(arr)" }\nmany = { over = "account", value = "count(*)" }', tmp_path
    )
    assert column(found, "csm", "all_arr") == {"c1": 150.0, "c2": 200.0, "c3": None}
    assert (column(found, "company", "all_arr"), column(found, "company", "many")) == (
        {"company": 380.0},
        {"company": 5},
    )


def test_n_counts_children_in_which_the_argument_has_data(tmp_path):
    """Of two aggregates the least n counts; no child that passes is no data and n 0."""
    found = values('per_seat = { over = "account", value = "sum(arr) / avg(seats)", where = "arr < 1000" }', tmp_path)
    assert column(found, "company", "per_seat__n") == {"company": 4}  # D has no seats
    assert column(found, "csm", "per_seat__n") == {"c1": 2, "c2": 1, "c3": 0}


def test_a_window_chooses_among_children_by_their_day(tmp_path):
    """The children whose day lies in the window pass, from the day after its opening edge to its last."""
    rules = 'new_arr = { over = "account", value = "sum(arr)", window = "quarter to date", at = "signed_up" }'
    assert column(values(rules, tmp_path), "company", "new_arr") == {"company": 200.0}
    assert column(values(rules, tmp_path, as_of=dt.date(2025, 12, 31)), "company", "new_arr") == {"company": None}


def test_a_rollup_goes_over_rollups(tmp_path):
    """The team's figure over its CSMs reads what those were computed from their accounts."""
    rules = 'book = { over = "account", value = "sum(arr)" }\nlargest_book = { over = "csm", value = "max(book)" }'
    found = values(rules, tmp_path)
    assert column(found, "team", "largest_book") == {"t1": 200.0, "t2": None}
    assert column(found, "company", "largest_book") == {"company": 200.0}


def test_a_shifted_rollup_is_computed_whole_as_of_then(tmp_path):
    """ago(rollup) reads the children's values, and windows, as of the shifted date."""
    rules = """
book = { over = "account", value = "sum(arr)" }
growth = { value = "book - ago(book, '3 months')", subject = ["csm", "company"] }
"""
    found = values(rules, tmp_path)
    assert column(found, "csm", "growth") == {"c1": -50.0, "c2": 200.0, "c3": None}
    assert column(found, "company", "growth") == {"company": 150.0}


def test_a_formula_of_rollups_is_computed_wherever_they_are(tmp_path):
    """What is made of two rollups stands at the CSM, the team and the company."""
    found = values(RETENTION + 'gap = { value = "net - gross" }', tmp_path)
    assert column(found, "csm", "gap")["c1"] == 0.25
    assert column(found, "team", "gap")["t1"] == 0.25
    assert column(found, "company", "gap")["company"] == pytest.approx(50 / 230)


def test_scores_of_the_children_are_values_of_the_parent(tmp_path):
    """A rollup reads bands, outcomes and points of the children's scorecard."""
    rules = """
red = { over = "account", value = "sum(case when health.band = 'bad' then arr else 0 end) / sum(arr)" }
scored = { over = "account", value = "share(health.outcome = 'scored')" }
points = { over = "account", value = "avg(health.arr)" }
""".replace("points =", "mean_points =")
    found = values(rules + HEALTH, tmp_path)
    assert column(found, "csm", "red") == {"c1": 0.0, "c2": 0.0, "c3": None}
    assert column(found, "company", "red") == {"company": pytest.approx(30 / 380)}
    assert column(found, "csm", "mean_points") == {"c1": 37.5, "c2": 100.0, "c3": None}
    assert column(found, "company", "scored") == {"company": 1.0}


def test_a_score_is_a_value_for_other_scorecards(tmp_path):
    """A metric reads a score, another scorecard reads the metric and looks at the band: three strata, one value row."""
    rules = (
        'weighted = { value = "health.score * arr" }\ntotal = { over = "account", value = "sum(weighted)" }\n'
        + HEALTH
        + """
[scorecards.risk]
subject = "account"
missing = "skip"
measures = { weighted = { metric = "weighted", linear = [0, 40000] }, again = { value = "health.score / 2", linear = [0, 100] } }
guards = { bad = { when = "health.band = 'bad'", cap = 10 } }
[scorecards.last]
subject = "account"
missing = "skip"
measures = { risk = { value = "risk.score", linear = [0, 100] } }
"""
    )
    made = ruleset(rules, base=BASE)
    typed = {name: rows(made.tables[name].columns, text) for name, text in TABLES.items()}
    found = engine.run(tmp_path, made, typed, AS_OF)
    risk = {key: row["score"] for key, row in found["scores"]["risk"].items()}
    assert (risk["A"], risk["B"], risk["E"]) == (pytest.approx((28.125 + 37.5) / 2), 0.0, 50.0)
    assert {key: row["score"] for key, row in found["scores"]["last"].items()} == risk
    assert column(found["values"], "account", "weighted")["A"] == 11250.0
    assert column(found["values"], "csm", "total")["c1"] == 11250.0
    assert found["values"]["account"]["A"]["health__band"] == "good"


def test_a_family_says_what_the_scorecard_that_applies_says(tmp_path):
    """By the family's name the one score that counts is read, with the points of whichever member applies."""
    rules = """
best = { over = "account", value = "max(fit.score)" }
large_points = { over = "account", value = "sum(coalesce(fit.big, 0))" }
outcomes = { over = "account", value = "count(distinct fit.outcome)" }
[scorecards.large]
family = "fit"
subject = "account"
missing = "skip"
when = "arr > 100"
measures = { big = { metric = "arr", linear = [0, 300] } }
[scorecards.small]
family = "fit"
subject = "account"
missing = "skip"
when = "arr <= 100 and arr > 0"
measures = { little = { metric = "arr", linear = [0, 100] } }
"""
    found = values(rules, tmp_path)
    assert column(found, "csm", "best") == {"c1": 50.0, "c2": pytest.approx(66.666666667), "c3": None}
    assert column(found, "company", "large_points")["company"] == pytest.approx(50 + 66.666666667)
    assert column(found, "company", "outcomes") == {"company": 2}  # B, lost: not_applicable


def test_a_gate_closes_over_rollups(tmp_path):
    """Expansion counts nothing while retention is below its bar."""
    rules = (
        RETENTION
        + """
[scorecards.kpi]
subject = "csm"
missing = "skip"
groups = { retention = 60, expansion = { weight = 40, gate = { when = "points.retention >= 80", else = 0 } } }
measures = { gross = { group = "retention", metric = "gross", target = 0.9, zero_at = 0.4, min_n = 2 }, net = { group = "expansion", metric = "net", target = 0.7, max_points = 120 } }
"""
    )
    made = ruleset(rules, base=BASE)
    typed = {name: rows(made.tables[name].columns, text) for name, text in TABLES.items()}
    kpi = engine.run(tmp_path, made, typed, AS_OF)["scores"]["kpi"]
    assert kpi["c1"]["points"] == {
        "retention": pytest.approx(20),
        "expansion": 0.0,
        "gross": pytest.approx(20),
        "net": pytest.approx(107.142857143),
    }
    assert (kpi["c1"]["score"], kpi["c2"]["outcome"]) == (pytest.approx(12), "insufficient_data")
