"""The life of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from support.check_store import check_store
from support.scratch import a_ruleset, a_scorecard, an_evaluation, score_row
from trigpoint.store import Published, Store, bands_before, fail_run, mark, start_run
from trigpoint.store.read import runs

Publish = Callable[..., Published]
DAY = dt.date(2026, 3, 31)


def status(store: Store) -> list[tuple[int, str]]:
    return [(run.id, run.status) for run in runs(store)]


def test_a_run_tells_how_far_it_has_come(store: Store) -> None:
    """A run is started, loaded, evaluated; and keeps its date, rules, version and warehouse."""
    run = start_run(
        store, a_ruleset(), DAY, version="1.2.3", warehouse="duckdb", now=dt.datetime(2026, 4, 1, 2, tzinfo=dt.UTC)
    )
    assert status(store) == [(1, "started")]
    mark(store, run, "loaded")
    mark(store, run, "evaluated")
    found = next(runs(store))
    assert (found.status, found.as_of, found.ruleset) == ("evaluated", DAY, "f" * 64)
    assert (found.started_at, found.version, found.warehouse) == ("2026-04-01 02:00:00", "1.2.3", "duckdb")


def test_clock_times_are_utc(store: Store) -> None:
    """A clock time in any zone is written as UTC."""
    start_run(store, a_ruleset(), DAY, now=dt.datetime(2026, 4, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2))))
    assert next(runs(store)).started_at == "2026-04-01 00:00:00"


def test_a_failed_run_says_why(store: Store, path: Path) -> None:
    """A run that fails keeps its error and exit code, and is no published run."""
    fail_run(store, start_run(store, a_ruleset(), DAY), "accounts.csv is missing", 66)
    found = next(runs(store))
    assert (found.status, found.error, found.exit_code) == ("failed", "accounts.csv is missing", 66)
    assert check_store(path) == ()


def test_the_next_run_marks_a_dead_one(store: Store, published: Publish) -> None:
    """Whoever starts knows that runs without an end are dead; those with an end stay what they are."""
    published(DAY)
    fail_run(store, start_run(store, a_ruleset(), DAY), "no")
    mark(store, start_run(store, a_ruleset(), DAY), "loaded")
    start_run(store, a_ruleset(), DAY)
    assert status(store) == [(1, "published"), (2, "failed"), (3, "interrupted"), (4, "started")]


def test_a_run_that_has_ended_is_not_marked_again(store: Store, published: Publish) -> None:
    """Marking or failing a published run changes nothing."""
    run = published(DAY).run
    mark(store, run, "loaded")
    fail_run(store, run, "too late")
    assert status(store) == [(run, "published")]


def test_bands_before_are_those_of_the_last_earlier_date(store: Store, published: Publish) -> None:
    """The bands come from the published run with the greatest earlier date, not from the last that was published."""
    published(dt.date(2026, 1, 1), stamp=10.0)
    published(dt.date(2026, 1, 3), stamp=90.0)
    published(dt.date(2026, 1, 2), stamp=10.0)
    assert list(bands_before(store, dt.date(2026, 1, 1))) == []
    assert next(bands_before(store, dt.date(2026, 1, 3))) == ("health", "a-00000", "at_risk")
    found = list(bands_before(store, dt.date(2026, 2, 1)))
    assert found[:2] == [("health", "a-00000", "healthy"), ("health", "a-00001", "healthy")]


@pytest.fixture
def family(store: Store, published: Publish, tmp_path: Path) -> None:
    """A run with the family `all_accounts`: large ones first, the others by default, one of them not eligible."""
    cards = (
        a_scorecard("rest", family="all_accounts", priority=2),
        a_scorecard("large", family="all_accounts", priority=1),
    )
    out = "not_applicable"
    scores = {
        "large": [
            score_row("a", 90),
            score_row("b", None, out),
            score_row("c", None, "not_eligible"),
            score_row("d", 10),
        ],
        "rest": [
            score_row("a", None, out),
            score_row("b", 20),
            score_row("c", None, "not_eligible"),
            score_row("d", 80),
        ],
    }
    published(DAY, an_evaluation(tmp_path / "scratch.db", DAY, a_ruleset(*cards), {"account": []}, scores))


@pytest.mark.usefixtures("family")
def test_bands_before_of_a_family_are_of_the_scorecard_that_applied(store: Store) -> None:
    """A family has one band before per subject, that of the first scorecard that applied; subjects without have none."""
    found = list(bands_before(store, dt.date(2026, 4, 1)))
    assert found == [
        ("all_accounts", "a", "healthy"),
        ("all_accounts", "d", "at_risk"),
        ("all_accounts", "b", "at_risk"),
    ]
