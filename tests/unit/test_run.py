"""The use case of the nightly job: everything is published, or nothing."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import trigpoint.evaluate
from trigpoint.errors import GateError, TrigpointError
from trigpoint.model.project import Project
from trigpoint.model.run import Load
from trigpoint.rules import load_project
from trigpoint.run import clock_of, resolve_as_of, run_project
from trigpoint.run import steps as use_case
from trigpoint.run.verdict import findings_of

SMALL = Path(__file__).parent / "cli" / "small"
NIGHT = dt.datetime(2026, 3, 31, 22, 30, tzinfo=dt.UTC)  # half past midnight of 1 April in Berlin
DAY = dt.date(2026, 3, 31)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The small project of the command line's tests, not yet loaded."""
    shutil.copytree(SMALL, tmp_path / "small")
    return load_project(tmp_path / "small")


def _runs(project: Project) -> list[tuple[str, str, int | None]]:
    with closing(sqlite3.connect(project.store_path)) as store:
        return store.execute("SELECT as_of, status, exit_code FROM runs ORDER BY id").fetchall()


@pytest.mark.parametrize(
    ("setting", "date"), [("yesterday", DAY), ("today", dt.date(2026, 4, 1)), ("2026-01-05", dt.date(2026, 1, 5))]
)
def test_the_date_is_counted_in_the_zone_of_the_project(project: Project, setting: str, date: dt.date) -> None:
    """Yesterday and today are those of the project, not of the machine or of UTC."""
    file = project.root / "trigpoint.toml"
    file.write_text(file.read_text().replace('as_of = "2026-03-31"', f'as_of = "{setting}"'))
    project = load_project(project.root)
    assert resolve_as_of(project, clock_of(project, NIGHT)) == date


def test_a_run_tells_what_it_did(project: Project) -> None:
    """The report holds the counts, loads, findings and seconds of the published run."""
    report = run_project(project, now=NIGHT)
    assert (report.run, report.as_of, report.exit_code, report.replaced, report.current) == (1, DAY, 0, False, True)
    assert report.counts["health"]["bands"] == {"at_risk": 2, "healthy": 2}
    assert [load.source for load in report.loads] == ["accounts", "usage", "tickets", "surveys"]
    assert {finding.kind for finding in report.findings} == {"unlisted choice", "unusable scale", "orphans"}
    assert {"rules", "load", "compile", "values", "judgements", "publish"} <= set(report.seconds)
    assert _runs(project) == [(str(DAY), "published", 0)]


def test_the_same_date_again_replaces_it(project: Project) -> None:
    """A run again of a date takes the place of the first; an older date leaves the current run where it is."""
    run_project(project, now=NIGHT)
    again = run_project(project, load=False, now=NIGHT)
    assert (again.run, again.replaced) == (1, True)
    older = run_project(project, dt.date(2026, 2, 28), load=False, now=NIGHT)
    assert (older.replaced, older.current) == (False, False)


def test_a_run_that_fails_is_noted_and_leaves_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the evaluation fails the run is marked failed, the scratch file is gone, the published run stands."""
    run_project(project, now=NIGHT)

    def fail(*arguments: object, **_) -> None:
        Path(str(arguments[3])).write_text("half of it")
        raise GateError.of("TP505", "it broke")

    monkeypatch.setattr(trigpoint.evaluate, "evaluate", fail)
    with pytest.raises(GateError):
        run_project(project, dt.date(2026, 4, 1), now=NIGHT)
    assert _runs(project) == [(str(DAY), "published", 0), ("2026-04-01", "failed", 4)]
    assert list(project.root.glob("*.scratch*")) == []


def test_a_run_that_is_stopped_is_noted(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever ends a run, even a signal, it is not left as running."""
    monkeypatch.setattr(use_case, "_load", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_project(project, now=NIGHT)
    assert _runs(project) == [(str(DAY), "failed", 1)]


def _interrupted(*_: object) -> tuple[Load, ...]:
    raise KeyboardInterrupt


def test_scratch_of_a_killed_run_is_cleared_away(project: Project) -> None:
    """A scratch file that a killed process left does not stand in the way."""
    left = project.store_path.with_name(f"{project.store_path.name}.scratch")
    left.write_text("half of it")
    assert run_project(project, now=NIGHT).exit_code == 0
    assert not left.exists()


def test_bands_of_the_run_before_are_held(project: Project) -> None:
    """A score just over an edge keeps the band of the run before, by `hold`."""
    rules = project.root / "rules" / "health.toml"
    text = rules.read_text()
    rules.write_text(text.replace("healthy = 70", "healthy = 80"))
    run_project(project, dt.date(2026, 3, 30), now=NIGHT)
    rules.write_text(text.replace("healthy = 70", "healthy = 75"))
    held = run_project(project, load=False, now=NIGHT)
    with closing(sqlite3.connect(project.store_path)) as store:
        sql = "SELECT score, band FROM scores_health WHERE key = 'A-22' AND run = ?"
        ((score, band),) = store.execute(sql, (held.run,)).fetchall()
    assert 75 < score < 78
    assert band == "watch"


@pytest.mark.parametrize(("bands", "code"), [(["at_risk"], 5), (["watch"], 0), (["watch", "good"], 5)])
def test_fail_on_looks_at_all_scorecards(project: Project, bands: list[str], code: int) -> None:
    """5 where any subject of any scorecard is in one of the bands."""
    assert run_project(project, fail_on=bands, now=NIGHT).exit_code == code


def test_a_tie_in_a_family_degrades_the_run(project: Project) -> None:
    """Two scorecards of a family with one priority that both apply are an error of those subjects: exit 3."""
    rules = project.root / "rules" / "health.toml"
    rules.write_text(rules.read_text().replace("priority = 2", "priority = 1"))
    report = run_project(project, now=NIGHT)
    assert report.exit_code == 3
    assert report.counts["big"]["outcomes"]["error"] == 2


def test_facts_that_are_not_fresh_degrade_the_run(project: Project) -> None:
    """Past `fresh.error` a run is published and exits 3; past `fresh.warn` it is only said."""
    rules = project.root / "rules" / "base.toml"
    text = rules.read_text()
    line = 'belongs_to = { account = "account_id" }\ntime = "opened_on"\n'
    rules.write_text(text.replace(line, f'{line}fresh = {{ warn = "2 days", error = "7 days" }}\n'))
    assert run_project(project, now=NIGHT).exit_code == 3
    rules.write_text(text.replace(line, f'{line}fresh = {{ warn = "2 days" }}\n'))
    report = run_project(project, now=NIGHT)
    assert report.exit_code == 0
    assert any("tickets" in warning for warning in report.warnings)


def test_an_unknown_band_is_refused_before_anything_runs(project: Project) -> None:
    """`fail_on` is checked against the rules first."""
    with pytest.raises(TrigpointError, match="TP344"):
        run_project(project, fail_on=["at_rsk"], now=NIGHT)
    assert not project.store_path.exists()


@pytest.mark.parametrize(
    ("loaded_at", "used"),
    [("2026-03-30 04:30:00", "the rows of 2026-03-30 04:30:00 UTC were used"), (None, "there are no earlier rows")],
)
def test_a_stale_source_says_which_rows_were_used(loaded_at: str | None, used: str) -> None:
    """The finding of a stale source names the load whose rows were scored, or says that there was none."""
    (finding,) = findings_of([Load("crm", "crm", "stale", loaded_at=loaded_at, error="gone")])
    assert finding.text == f"the load failed, {used}: gone"
