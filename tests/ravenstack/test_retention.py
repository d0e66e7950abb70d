"""Retention, movements and churn of the whole company, against figures worked out independently."""

from __future__ import annotations

import importlib.util
import re
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
