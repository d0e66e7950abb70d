"""Durations on their whole way: from files, through a process of their own, into the store and the scores."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from trigpoint import load_project, run_project

FILES = {
    "trigpoint.toml": """
        timezone = "Europe/Berlin"
        as_of = 2026-03-31
        rules = ["trigpoint:catalogue/survival", "ours.toml"]
        [sources.accounts]
        plugin = "files"
        path = "accounts.csv"
        columns = { name = false, segment = false, plan = false, region = false, industry = false, signed_up = false }
        [sources.csms]
        plugin = "files"
        path = "csms.csv"
        columns = { role = false, region = false, hired_on = false, left_on = false, annual_cost = false, renewal_target = false }
        [sources.projects]
        plugin = "files"
        path = "projects.csv"
        [sources.cues]
        plugin = "files"
        path = "cues.csv"
        columns = { limit_hours = false, channel = false, cost = false }
        """,
    "ours.toml": """
        [scorecards.delivery]
        subject = "csm"
        missing = "skip"
        bands = { good = 50, poor = 0 }
        measures.time = { metric = "onboarding_weeks", linear = [26, 4] }
        [scorecards.load]
        subject = "csm"
        missing = "skip"
        bands = { good = 50, poor = 0 }
        measures.open = { metric = "onboardings_open", linear = [10, 0] }
        """,
    "accounts.csv": """
        account_id,csm_id
        A,ada
        B,ben
        """,
    "csms.csv": """
        csm_id,name,team
        ada,Ada,east
        ben,Ben,east
        """,
    "projects.csv": """
        project_id,account_id,booked_on,went_live_on,first_value_on
        1,A,2025-06-02,2025-06-30,2025-06-16
        2,A,2025-07-07,2025-08-11,
        3,A,2025-09-01,2025-12-01,2025-12-01
        4,B,2025-09-01,2026-04-06,
        5,B,2025-09-01,,
        6,B,2025-09-01,2025-09-15,2025-09-15
        """,
    "cues.csv": """
        cue_id,account_id,kind,fired_at,answered_at
        1,A,first use,2026-03-01 10:00,2026-03-01 12:00
        2,A,first use,2026-03-31 10:00,2026-04-01 12:00
        3,B,renewal,2026-03-28 12:00,2026-03-29 12:00
        """,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that takes the topic `survival` of the catalogue, and names no plugin."""
    for name, text in FILES.items():
        lines = (line.strip() for line in text.strip().splitlines())
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return tmp_path


def values(project: Path, subject: str, metric: str) -> dict[str, object]:
    """The published values of a metric, by key."""
    with closing(sqlite3.connect(project / "trigpoint.db")) as store:
        return dict(store.execute(f"SELECT key, {metric} FROM current_values_{subject}").fetchall())


def scores(project: Path, scorecard: str) -> dict[str, tuple[object, str]]:
    """The published scores with their outcomes, by key."""
    with closing(sqlite3.connect(project / "trigpoint.db")) as store:
        rows = store.execute(f"SELECT key, score, outcome FROM current_{scorecard}").fetchall()
    return {key: (score, outcome) for key, score, outcome in rows}


def test_the_topic_of_the_catalogue(project: Path) -> None:
    """Medians by person, by kind of cue and of the company are published, and a scorecard takes one; no plugin is enabled."""
    report = run_project(load_project(project))
    assert report.exit_code == 0
    assert values(project, "csm", "onboarding_weeks") == {"ada": 5, "ben": None}
    assert values(project, "company", "onboarding_weeks") == {"company": 5}  # three of six, the half
    assert values(project, "company", "time_to_first_value") == {"company": 13}
    assert values(project, "cue_kind", "hours_to_guidance_median") == {"first use": 2, "renewal": 23}
    assert scores(project, "delivery")["ada"] == (pytest.approx(100 * 21 / 22), "scored")
    assert scores(project, "delivery")["ben"] == (None, "insufficient_data")


def test_without_the_library(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is missing its metrics are errors that say how to get it; what does not need them is scored."""
    (tmp_path / "bare" / "statsmodels").mkdir(parents=True)
    (tmp_path / "bare" / "statsmodels" / "__init__.py").write_text("raise ImportError('No module named statsmodels')")
    monkeypatch.syspath_prepend(tmp_path / "bare")
    report = run_project(load_project(project))
    told = [each.text for each in report.findings if each.severity == "error"]
    assert report.exit_code == 3
    assert len(told) == 3
    assert all('pip install "trigpoint[survival]"' in each for each in told)
    assert values(project, "csm", "onboarding_weeks") == {"ada": None, "ben": None}
    assert scores(project, "delivery")["ada"] == (None, "error")
    assert scores(project, "load")["ada"][1] == "scored"
