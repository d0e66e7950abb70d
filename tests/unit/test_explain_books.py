"""Explanations of a book: attainment, gate, n, who holds it back, and what one more would do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from support.folder import Folder
from trigpoint.explain import explain
from trigpoint.model.explanation import ChildExplained, Explanation
from trigpoint.report.explanations import explanation_lines
from trigpoint.report.lines import plain
from trigpoint.rules import load_project
from trigpoint.run import run_project
from trigpoint.store import open_store, run_of

AS_OF = dt.date(2026, 3, 31)
NOW = dt.datetime(2026, 4, 1, 10, tzinfo=dt.UTC)
SOURCES = "".join(
    f'\n[sources.{name}]\nplugin = "files"\npath = "{name}.csv"\n' for name in ("accounts", "csms", "contracts")
)
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
label = "name"
parents = { csm = "csm_id" }
[subjects.csm]
table = "csms"
key = "csm_id"
[tables.accounts]
columns = { account_id = "text", name = "text", csm_id = "text" }
[tables.csms]
columns = { csm_id = "text", target = "number" }
[tables.contracts]
columns = { contract_id = "text", account_id = "text", start_date = "date", end_date = "date", arr = "number" }
belongs_to = { account = "account_id" }
in_force = { from = "start_date", to = "end_date", to_is = "last day" }

[metrics]
arr = { from = "contracts", value = "sum(arr)", where = "in_force()", empty = 0 }
arr_year_ago = { value = "ago(arr, '12 months')" }
gross = { title = "Gross retention", unit = "ratio", over = "account", value = "sum(least(arr, arr_year_ago)) / sum(arr_year_ago)", where = "arr_year_ago > 0" }
kept = { title = "Customers kept", unit = "ratio", over = "account", value = "share(arr > 0)", where = "arr_year_ago > 0" }
lost = { over = "account", value = "share(arr = 0)", better = "lower", where = "arr_year_ago > 0" }
growth = { over = "account", value = "sum(arr) / sum(arr_year_ago)" }
healthy = { over = "account", value = "sum(case when health.band = 'good' then arr else 0 end) / sum(arr)" }

[scorecards.health]
subject = "account"
missing = "skip"
bands = { good = 50, bad = 0 }
measures = { arr = { metric = "arr", linear = [0, 200] } }

[scorecards.kpi]
subject = "csm"
missing = "skip"
bands = { meets = 85, below = 0 }
groups = { retention = 60, expansion = { weight = 40, gate = { when = "points.retention >= 80", else = 0 } } }
[scorecards.kpi.measures]
gross = { group = "retention", metric = "gross", target = "coalesce(target, 0.9)", zero_at = 0.4, min_n = 2 }
kept = { group = "retention", metric = "kept", target = 1 }
lost = { group = "retention", metric = "lost", target = 0, zero_at = 0.6 }
growth = { group = "expansion", metric = "growth", target = 0.7, max_points = 120 }
healthy = { group = "expansion", metric = "healthy", target = 1 }
"""
ACCOUNTS = "account_id,name,csm_id\nA,Acme,c1\nB,Beta,c1\nC,Cay,c1\nD,Day,c2\n"
CSMS = "csm_id,target\nc1,0.8\nc2,\nc3,\n"
CONTRACTS = (
    "contract_id,account_id,start_date,end_date,arr\n1,A,2025-01-01,,100\n2,A,2026-01-01,,50\n"
    "3,B,2025-01-01,2026-02-01,100\n4,C,2025-01-01,2025-12-31,200\n5,C,2026-01-01,,150\n6,D,2025-01-01,,10\n"
)
Ask = Callable[[str], Explanation]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Explains the scorecard of a CSM."""
    root: Path = tmp_path_factory.mktemp("book")
    folder = Folder(root, SOURCES, RULES)
    for name, text in (("accounts", ACCOUNTS), ("csms", CSMS), ("contracts", CONTRACTS)):
        folder.file(f"{name}.csv", text)
    project = load_project(root)
    run_project(project, AS_OF, now=NOW)

    def answer(key: str) -> Explanation:
        with open_store(project.store_path, "read") as store:
            return explain(store, run_of(store), "kpi", key)

    return answer


def measure(explanation: Explanation, name: str):
    return next(each for each in explanation.measures if each.name == name)


def text(explanation: Explanation) -> str:
    return "\n".join(plain(each) for each in explanation_lines(explanation))


def test_attainment_is_the_share_of_the_persons_own_target(ask):
    """The target comes from the person's row; where less is better there is no share of it."""
    gross = measure(ask("c1"), "gross")
    assert gross.quantity.value == pytest.approx(250 / 400)
    assert gross.attainment == pytest.approx(0.625 / 0.8)
    assert measure(ask("c2"), "gross").scale.knots[1].at == 0.9
    assert measure(ask("c1"), "lost").attainment is None
    assert "62.5 %, 78 % of target" in text(ask("c1"))


def test_those_who_hold_a_share_back_are_named_the_dearest_first(ask):
    """A lost customer and a shrunk one hold gross retention back; who grew does not."""
    children = measure(ask("c1"), "gross").children
    assert children[0] == ChildExplained("B", "Beta", 0.0, 100.0, pytest.approx(250 / 300))
    assert [each.key for each in children] == ["B"]  # C kept 150 of 200, which is better than the whole
    assert [each.key for each in measure(ask("c1"), "kept").children] == ["B"]
    assert [each.key for each in measure(ask("c1"), "lost").children] == ["B"]
    assert "held back by Beta (B): 0 of 100; 83.3 % without it" in text(ask("c1"))


def test_children_are_told_by_their_scores_too(ask):
    """Where a rollup looks at the children's bands, those of the run are read."""
    assert [each.key for each in measure(ask("c2"), "healthy").children] == []
    assert measure(ask("c2"), "healthy").quantity.value == 0.0
    assert measure(ask("c1"), "healthy").quantity.value == 1.0


def test_one_more_shows_the_value_the_score_and_the_gate(ask):
    """One more of average size lifts the share by 1 / n, and may open the gate of another group."""
    explanation = ask("c1")
    more = measure(explanation, "gross").one_more
    assert more is not None
    assert (more.n, more.value) == (3, pytest.approx(0.625 + 1 / 3))
    assert more.points == 100.0
    assert more.score is not None
    assert more.score > (explanation.score or 0)
    assert measure(explanation, "lost").one_more is None  # fewer is better there
    assert measure(explanation, "growth").one_more is None or measure(explanation, "growth").quantity.value < 1
    assert "Gross retention: 62.5 % → 95.8 %, 56.2 → 100.0 points, score " in text(explanation)


def test_a_closed_gate_is_told_with_what_it_costs(ask):
    """The head says that the gate is closed, when it opens, and what it costs."""
    assert "The gate of expansion is closed (it opens when points.retention >= 80; points.retention is " in text(
        ask("c1")
    )


def test_too_few_and_none_are_told(ask):
    """A book of one is too few for a minimum of two; an empty one has no data, and why."""
    assert "Gross retention: too few: fewer than 2 with data (n = 1)" in text(ask("c2"))
    assert "Gross retention: no data: no account that meets its condition has data" in text(ask("c3"))
    assert ask("c3").outcome == "insufficient_data"
