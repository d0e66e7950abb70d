"""Trends on their whole way: the rules `trend:usage`, from files into the store."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from scipy.stats import linregress

from trigpoint import TrigpointError, load_project, run_project
from trigpoint.plugins import open_plugins
from trigpoint.rules.load import check

AS_OF = dt.date(2026, 3, 29)
WEEKS = {
    "falling": [60, 58, 55, 52, 50, 48, 45, 41, 40, 37, 35, 30],
    "erratic": [90, 5, 80, 60, 2, 75, 10, 50, 1, 60, 20, 4],
    "slight": [100, 99, 99, 98, 98, 97, 97, 96, 96, 95, 95, 94],
    "level": [7] * 12,
    "gone": [],
}
PROJECT = """
timezone = "UTC"
as_of = 2026-03-29
rules = ["trend:usage", "ours.toml"]
[sources.accounts]
plugin = "files"
path = "accounts.csv"
columns = { name = false, segment = false, plan = false, region = false, industry = false, csm_id = false, signed_up = false }
[sources.usage]
plugin = "files"
path = "usage.csv"
"""
OURS = """
[scorecards.use]
subject = "account"
missing = "skip"
bands = { good = 50, poor = 0 }
measures.trend = { metric = "usage_slope", linear = [-0.1, 0] }
guards.falling = { when = "usage_falling", kind = "risk", reason = "Use is falling" }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that takes the rules of the plugin; each week's events are those of two users."""
    accounts = "account_id\n" + "".join(f"{key}\n" for key in WEEKS)
    rows = ["account_id,user_id,day,feature,events"]
    for key, sums in WEEKS.items():
        for ago, events in enumerate(reversed(sums)):
            day = AS_OF - dt.timedelta(7 * ago)
            rows += [f"{key},u1,{day},search,1", f"{key},u2,{day - dt.timedelta(6)},search,{events - 1}"]
    content = {"trigpoint.toml": PROJECT, "ours.toml": OURS, "accounts.csv": accounts, "usage.csv": "\n".join(rows)}
    for name, text in content.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_the_rules_are_sound(project: Path) -> None:
    """The rules of the plugin are sound without a warning, and the plugin need not be enabled."""
    assert [str(problem) for problem in check(project, open_plugins)] == []


def test_the_rules_of_the_plugin(project: Path) -> None:
    """Slope and p-value are those of scipy; falling is who falls by much and not by chance; who is gone has no data."""
    report = run_project(load_project(project))
    assert report.exit_code == 0
    with closing(sqlite3.connect(project / "trigpoint.db")) as store:
        found = store.execute(
            "SELECT key, usage_slope, usage_p_value, usage_falling FROM current_values_account"
        ).fetchall()
    values = {key: each for key, *each in found}
    for key in ("falling", "erratic", "slight"):
        expected = linregress(range(12), WEEKS[key])
        mean = sum(WEEKS[key]) / 12
        assert values[key][:2] == [pytest.approx(expected.slope / mean), pytest.approx(expected.pvalue)]
    assert values["level"] == [0, 1, 0]
    assert values["gone"] == [None, None, None]
    assert {key: each[2] for key, each in values.items()} == {
        "falling": 1, "erratic": 0, "slight": 0, "level": 0, "gone": None,
    }  # fmt: skip


def test_a_rule_without_a_window_is_refused(project: Path) -> None:
    """A trend of no weeks is told by `check`, with what to write."""
    with (project / "ours.toml").open("a") as file:
        file.write("[metrics.usage_p_value]\nwindow = false\n")
    with pytest.raises(TrigpointError, match=r'TP172 .*window = "12 weeks"'):
        run_project(load_project(project))
