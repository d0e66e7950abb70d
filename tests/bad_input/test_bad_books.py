"""Books that lack what they are judged by: a clear error, or no data, and never a number made up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from support.folder import Folder
from trigpoint.errors import RulesError
from trigpoint.rules import load_project, load_ruleset
from trigpoint.run import run_project
from trigpoint.store import open_store, run_of, score, values

AS_OF, NOW = dt.date(2026, 3, 31), dt.datetime(2026, 4, 1, 10, tzinfo=dt.UTC)
SOURCES = "".join(
    f'\n[sources.{name}]\nplugin = "files"\npath = "{name}.csv"\n'
    for name in ("accounts", "csms", "renewals", "targets")
)
RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { csm = "csm_id" }
[subjects.csm]
table = "csms"
key = "csm_id"
[tables.accounts]
columns = { account_id = "text", csm_id = "text" }
[tables.csms]
columns = { csm_id = "text" }
[tables.renewals]
columns = { renewal_id = "text", account_id = "text", due_date = "date", due = "number", renewed = "number" }
belongs_to = { account = "account_id" }
time = "due_date"
[tables.targets]
columns = { csm_id = "text", period_start = "date", amount = "number" }
belongs_to = { csm = "csm_id" }
time = "period_start"
[metrics]
renewal_rate = { from = "renewals", value = "sum(least(renewed, due)) / sum(due)", window = "quarter to date", subject = "csm" }
own_target = { from = "targets", value = "max(amount)", window = "quarter to date" }
[scorecards.kpi]
subject = "csm"
missing = "skip"
groups = { retention = 60, expansion = { weight = 40, gate = { when = "points.retention >= 80", else = 0 } } }
measures = { rate = { group = "retention", metric = "renewal_rate", target = "own_target", zero_at = 0.5 }, again = { group = "expansion", metric = "renewal_rate", target = 1 } }
"""
FILES = {
    "accounts": "account_id,csm_id\nA,c1\nB,c2\nC,c3\n",
    "csms": "csm_id\nc1\nc2\nc3\n",
    "renewals": "renewal_id,account_id,due_date,due,renewed\n1,A,2026-02-01,100,80\n2,B,2025-12-30,100,80\n3,C,2026-02-01,100,90\n",
    # that of c3 has no day from which on it holds
    "targets": "csm_id,period_start,amount\nc1,2026-01-01,0.9\nc2,2026-01-01,0.9\nc3,,0.5\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Three CSMs: one with everything, one without renewals in the quarter, one whose target has no period."""
    made = Folder(tmp_path, SOURCES, RULES, timezone="UTC")
    for name, text in FILES.items():
        made.file(f"{name}.csv", text)
    return made


def test_what_is_missing_is_no_data(folder):
    """A quarter without renewals is insufficient data; a target without a period is no target."""
    project = load_project(folder.root)
    run_project(project, AS_OF, now=NOW)
    with open_store(project.store_path, "read") as store:
        run = run_of(store)
        rows = {key: score(store, run, "kpi", key) for key in ("c1", "c2", "c3")}
        targets = {row.key: row.value("own_target") for row in values(store, run, "csm")}
    assert rows["c1"].points["rate"] == pytest.approx(75)
    assert (rows["c2"].outcome, rows["c2"].score) == ("insufficient_data", None)
    assert (targets["c3"], rows["c3"].points["rate"]) == (None, None)
    assert rows["c3"].coverage == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("old", "new", "code", "text"),
    [
        ("points.retention", "points.retantion", "TP210", "no group or measure 'retantion'"),
        (
            'parents = { csm = "csm_id" }',
            'parents = { csm = "csm_id", boss = "csm_id" }',
            "TP104",
            "unknown subject 'boss'",
        ),
        ('target = "own_target"', 'target = "own_taget"', "TP210", "unknown name 'own_taget'"),
    ],
)
def test_what_does_not_exist_is_told_with_its_name(folder, old, new, code, text):
    """A gate on a group, a parent or a target that is not there is an error before anything runs."""
    folder.rules(RULES.replace(old, new, 1))
    with pytest.raises(RulesError) as caught:
        load_ruleset(load_project(folder.root))
    problem = caught.value.problems[0]
    assert problem.code == code
    assert text in problem.text


def test_subjects_in_a_circle_are_told(folder):
    """A CSM above the account that stands above the CSM is no road to anywhere."""
    circle = RULES.replace(
        '[subjects.csm]\ntable = "csms"\nkey = "csm_id"',
        '[subjects.csm]\ntable = "csms"\nkey = "csm_id"\nparents = { account = "csm_id" }',
    )
    folder.rules(circle)
    with pytest.raises(RulesError, match="each other's parents: account -> csm -> account"):
        load_ruleset(load_project(folder.root))
