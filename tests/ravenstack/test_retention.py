"""Retention, movements and churn of the whole company, against figures worked out independently."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "explanation" / "three-definitions-of-churn.md"


def load_retention():
    """The independent arithmetic beside this file."""
    spec = importlib.util.spec_from_file_location("ravenstack_retention", HERE / "retention.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


retention = load_retention()


@pytest.fixture(scope="module")
def paid(ravenstack_files):
    """The subscriptions with revenue."""
    return retention.subscriptions(ravenstack_files)


@pytest.fixture(scope="module")
def lost(ravenstack_files):
    """How many are lost by each definition: of the customers of a year ago, and of all accounts."""
    return {
        "customers": retention.lost(ravenstack_files, retention.cohort(ravenstack_files)),
        "all": retention.lost(ravenstack_files, retention.all_accounts(ravenstack_files)),
    }


@pytest.fixture(scope="module")
def company(ravenstack_project, tmp_path_factory):
    """The values of the company as of each quarter end of 2024, from published runs."""
    root = tmp_path_factory.mktemp("quarters") / "project"
    shutil.copytree(ravenstack_project, root)

    def values(end):
        command = [sys.executable, "-m", "trigpoint"]
        day = ["--as-of", end.isoformat(), "--format", "json"]
        for arguments in (["run", "--no-load"], ["metrics", "company"]):
            whole = [*command, *arguments, *day]
            ended = subprocess.run(whole, cwd=root, capture_output=True, check=False, encoding="utf-8")
            assert ended.returncode == 0, ended.stderr
        (row,) = json.loads(ended.stdout)["rows"]
        return row["values"]

    return {end: values(end) for end in retention.QUARTER_ENDS}


@pytest.mark.parametrize("end", retention.QUARTER_ENDS, ids=str)
def test_retention_equals_independent_figures(company, paid, end):
    """Gross, net and logo of each quarter end are what plain Python makes of the files, of the quarter and of a year."""
    values, closing = company[end], retention.revenue(paid, end)
    suffixes = {"_quarter": "customers_opening", "": "customers_year_ago"}
    for opening, (suffix, customers) in zip(retention.openings(end), suffixes.items(), strict=True):
        wanted = retention.retention(retention.revenue(paid, opening), closing)
        names = (customers, *(f"{name}_retention{suffix}" for name in ("gross", "net", "logo")))
        assert [values[name] for name in names] == pytest.approx(list(wanted), rel=1e-12)
        assert values[f"gross_retention{suffix}"] <= 1
        assert values[f"churn_by_revenue{suffix}"] == pytest.approx(1 - wanted.logo, rel=1e-9)


@pytest.mark.parametrize("end", retention.QUARTER_ENDS, ids=str)
def test_movements_equal_independent_figures(company, paid, end):
    """Each movement of the quarter is what plain Python makes of the files, and together they leave no gap."""
    values, wanted = company[end], retention.movements(paid, retention.openings(end)[0], end)
    for kind in ("start", "new", "reactivated", "expansion", "contraction", "churn"):
        assert values[f"revenue_{kind}"] == pytest.approx(getattr(wanted, kind), rel=1e-12), kind
    assert values["arr"] == pytest.approx(wanted.end, rel=1e-12)
    assert values["movement_gap"] == pytest.approx(0, abs=1e-6)


def test_churn_equals_independent_figures(company, lost):
    """The three definitions over the customers of a year before, and two of them over all accounts."""
    values, customers, everybody = company[retention.YEAR_END], lost["customers"], lost["all"]
    assert values["churn_by_flag"] == pytest.approx(customers.by_flag / customers.accounts, rel=1e-12)
    assert values["churn_by_event"] == pytest.approx(customers.by_event / customers.accounts, rel=1e-12)
    assert values["churn_by_revenue"] == customers.by_revenue == 0
    assert values["flagged_of_all"] == pytest.approx(everybody.by_flag / everybody.accounts, rel=1e-12)
    assert values["events_of_all"] == pytest.approx(everybody.by_event / everybody.accounts, rel=1e-12)


@pytest.mark.parametrize("end", retention.QUARTER_ENDS, ids=str)
def test_movements_explain_the_change(paid, end):
    """What was there, came, grew, shrank and left is what is there, quarter by quarter."""
    moved = retention.movements(paid, retention.openings(end)[0], end)
    assert moved.gap == 0
    assert moved.start > 0
    assert moved.end == sum(retention.revenue(paid, end).values())


@pytest.mark.parametrize(
    ("opening", "closing", "expected"),
    [
        ({"a": 100, "b": 100}, {"a": 150, "b": 60}, (2, 0.80, 1.05, 1.0)),
        ({"a": 100, "b": 100}, {"a": 150}, (2, 0.50, 0.75, 0.5)),
        ({"a": 100}, {"a": 100, "c": 900}, (1, 1.0, 1.0, 1.0)),
    ],
    ids=["shrinks", "is lost", "is new"],
)
def test_the_check_vectors(opening, closing, expected):
    """Gross is capped for each customer, who is lost stays in, who is new stays out."""
    assert retention.retention(opening, closing) == pytest.approx(expected)


def test_quoted_shares_mix_two_denominators(lost):
    """22.0 % and 62.2 % are shares of all 500 accounts, 0.0 % is one of the 185 customers of a year before."""
    customers, everybody = lost["customers"], lost["all"]
    assert (customers.accounts, everybody.accounts) == (185, 500)
    assert round(everybody.by_flag / 500, 3) == 0.220
    assert round(everybody.by_event / 500, 3) == 0.622
    assert customers.by_revenue == 0
    assert (customers.by_flag, customers.by_event, customers.by_event_or_return) == (49, 101, 108)
    assert all(round(count / 185, 3) != 0.220 for count in range(186))


def test_the_page_shows_what_is_printed(ravenstack_files):
    """Each line of figures on the page is a line of the program's output, and none is left out."""
    shown = "".join(re.findall(r"^```text\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL))
    told = [line for line in shown.splitlines() if line and line != "..." and not line.startswith("$")]
    assert sorted(told) == sorted(line for line in retention.lines(ravenstack_files) if line)
