"""Asserts: what must hold before figures are believed."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from trigpoint.errors import GateError, Problem
from trigpoint.model.run_report import RunReport
from trigpoint.rules import load_project, load_ruleset
from trigpoint.run import run_project

SMALL = Path(__file__).parent / "cli" / "small"
NIGHT = dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The small project of the command line's tests, not yet loaded."""
    return shutil.copytree(SMALL, tmp_path / "small")


def run(root: Path, that: str, severity: str = "error", subject: str = "account", more: str = "") -> RunReport:
    """A run with one assert called `sane`."""
    text = f'{more}\n[asserts.sane]\nsubject = "{subject}"\nthat = "{that}"\nseverity = "{severity}"\n'
    (root / "rules" / "asserts.toml").write_text(text, encoding="utf-8")
    return run_project(load_project(root), now=NIGHT)


def refused(root: Path, that: str, subject: str = "account", more: str = "") -> Problem:
    """The problem of a run with one assert that fails."""
    with pytest.raises(GateError) as caught:
        run(root, that, subject=subject, more=more)
    (problem,) = caught.value.problems
    return problem


def told(report: RunReport) -> list[tuple[str, str, int, str]]:
    """What a run found about asserts."""
    found = [each for each in report.findings if each.kind.startswith("assert")]
    return [(each.kind, each.where, each.count, each.text) for each in found]


def query(root: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(root / "trigpoint.db")) as store:
        return store.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("that", "subject"),
    [
        ("active_users >= 0", "account"),
        ("active_users >= 0", "company"),
        ("ago(active_users, '28 days') >= 0 and previous(active_users) >= 0", "account"),
        ("name is not null", "account"),
        ("health.outcome = 'scored' or health.score is null", "account"),
        ("customer.outcome <> 'not_applicable'", "account"),
        ("as_of >= date '2026-01-01'", "company"),
    ],
)
def test_what_holds_is_not_told(small: Path, that: str, subject: str) -> None:
    """An assert may read metrics, own columns, scorecards and families of its subject; one that holds says nothing."""
    report = run(small, that, subject=subject)
    assert (report.exit_code, told(report)) == (0, [])


def test_what_fails_is_not_published(small: Path) -> None:
    """Nothing is published; the message has the place, how many there are, one of them and what it looks like."""
    problem = refused(small, "licensed_seats < 10 or name <> 'Acme'")
    assert problem.code == "TP640"
    assert str(problem.place) == "rules/asserts.toml:4:8"
    assert problem.text == (
        "assert 'sane' fails: licensed_seats < 10 or name <> 'Acme' is false for 1 account: e.g. 'A-17', "
        "where licensed_seats is 10 and name is 'Acme'"
    )
    assert query(small, "SELECT status, exit_code FROM runs") == [("failed", 4)]
    ((error,),) = query(small, "SELECT error FROM runs")
    assert "TP640" in str(error)
    assert query(small, "SELECT count(*) FROM current") == [(0,)]


def test_the_run_before_stays(small: Path) -> None:
    """The last published run is still the current one."""
    run(small, "active_users >= 0")
    refused(small, "active_users < 0")
    assert query(small, "SELECT id, status FROM runs") == [(1, "published"), (2, "failed")]
    assert query(small, "SELECT run FROM current") == [(1,)]


def test_all_that_fail_are_told(small: Path) -> None:
    """Each assert that fails is a problem of its own, with its title."""
    more = '[asserts.other]\ntitle = "Nobody is quiet"\nsubject = "company"\nthat = "active_users < 0"\n'
    with pytest.raises(GateError) as caught:
        run(small, "active_users < 0", more=more)
    first, second = caught.value.problems
    assert "assert 'other' (Nobody is quiet) fails" in first.text
    assert "is false for 6 accounts" in second.text


def test_a_warning_is_published_and_told(small: Path) -> None:
    """With severity warning the run is published with exit code 0, and the finding is kept."""
    report = run(small, "is_quiet", "warning")
    ((kind, where, count, text),) = told(report)
    assert (report.exit_code, kind, where) == (0, "assert", "sane")
    assert text.startswith(f"is_quiet is false for {count} accounts: e.g. 'A-17', where is_quiet is false")
    assert f"sane: {text}" in report.warnings
    assert query(small, "SELECT severity, count FROM findings WHERE kind = 'assert'") == [("warning", count)]


def test_no_data_fails_nothing(small: Path) -> None:
    """Where an assert has no data it is told as not judged, whatever its severity."""
    report = run(small, "mood in ('green', 'yellow', 'red')", "warning")
    kinds = {kind: text for kind, _, _, text in told(report)}
    assert "where mood is no data" in kinds["assert not judged"]
    report = run(small, "resolution_hours < 100000")
    assert [kind for kind, *_ in told(report)] == ["assert not judged"]
    assert report.exit_code == 0


def test_lookups_stand_in_asserts_too(small: Path) -> None:
    """A lookup reads as in a formula, and its value is shown."""
    more = '[lookups.priority]\ntable = "tickets"\nkey = ["ticket_id"]\nvalue = "priority"\nat = "as of"\n'
    base = small / "rules" / "base.toml"
    base.write_text(base.read_text().replace('key = ["ticket_id"]', 'key = ["ticket_id", "opened_on"]'))
    problem = refused(small, "lookup(priority, 'T-1') = 'none'", subject="company", more=more)
    assert "where lookup(priority, 'T-1') is 'p1'" in problem.text


@pytest.mark.parametrize("that", ["health.score > 30", "customer.band <> 'bad'", "health.seats >= 15"])
def test_scores_that_fail(small: Path, that: str) -> None:
    """The scores of the run itself are judged before they are published, those of a family too."""
    problem = refused(small, that)
    name = that.split(maxsplit=1)[0]
    assert f"where {name} is " in problem.text


def test_an_assert_is_part_of_the_meaning(small: Path) -> None:
    """Another condition is another ruleset; another title is not."""
    prints = []
    for text in ("that = 'active_users >= 0'", "that = 'active_users > -1'", "that = 'active_users >= 0'\ntitle = 'T'"):
        (small / "rules" / "asserts.toml").write_text(
            f"[asserts.sane]\nsubject = 'account'\n{text}\n", encoding="utf-8"
        )
        prints.append(load_ruleset(load_project(small)).fingerprint)
    assert prints[0] != prints[1]
    assert prints[0] == prints[2]
