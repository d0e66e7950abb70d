"""Publishing an evaluation."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from attrs import evolve

from support.check_store import check_store, dump
from support.scratch import a_measure, a_portfolio, a_ruleset, a_scorecard, an_evaluation, score_row, value_row
from trigpoint.errors import ConfigError, DiskError
from trigpoint.model.run import Finding, Load
from trigpoint.store import (
    Published,
    Store,
    bands_before,
    count_outcomes,
    findings,
    loads,
    open_store,
    publish,
    run_of,
    score,
    start_run,
    value_columns,
    values,
)
from trigpoint.store.publishing import _empty_log
from trigpoint.store.read import runs

Publish = Callable[..., Published]
FIRST, SECOND, THIRD = (dt.date(2026, 1, day) for day in (1, 2, 3))


def rows(store: Store, sql: str) -> list[tuple[object, ...]]:
    return list(store.rows(sql))


def test_a_published_run_holds_everything(store: Store, path: Path, tmp_path: Path) -> None:
    """Values, scores, findings, loads, counts, durations and the exit code of a run are there after publishing."""
    evaluation = a_portfolio(tmp_path / "scratch.db", FIRST, 80.0, subjects=3)
    load = Load("accounts", "accounts", "loaded", 3, 1, "2025-12-31", "2026-01-01 02:00:00", 0.5)
    stale = Finding("stale source", "crm", "last loaded on 2025-12-30")
    run = start_run(store, evaluation.ruleset, FIRST)
    done = publish(store, evaluation, run, loads=[load], findings=[stale], exit_code=3)
    assert done == Published(1, {"health": {"outcomes": {"scored": 3}, "bands": {"healthy": 3}}}, False, True)
    found = run_of(store)
    assert (found.exit_code, found.seconds, found.counts) == (3, {"evaluate": 0.25}, done.counts)
    assert loads(store, found) == (load,)
    assert findings(store, found) == (*evaluation.findings, stale)
    assert len(list(values(store, found, "account"))) == 3
    assert check_store(path) == ()


def test_the_store_is_one_file_after_publishing(store: Store, path: Path, published: Publish) -> None:
    """The log is moved into the file at once: a copy of the file alone is the whole store."""
    published(FIRST)
    assert path.with_name(path.name + "-wal").stat().st_size == 0
    copied = path.with_name("copied.db")
    shutil.copy(path, copied)
    with open_store(copied) as other:
        assert run_of(other).as_of == FIRST


def test_the_same_date_again_replaces_and_gives_the_same_bytes(store: Store, path: Path, published: Publish) -> None:
    """Running a date twice leaves one run with the same number and the same contents, clock times left out."""
    published(FIRST)
    published(SECOND)
    before = dump(path)
    again = published(FIRST)
    assert (again.run, again.replaced, again.current) == (1, True, False)
    assert dump(path) == before
    assert check_store(path) == ()


def test_a_replaced_run_leaves_no_row(store: Store, path: Path, published: Publish, tmp_path: Path) -> None:
    """Subjects, scorecards and columns that the date had before and has no longer are gone from it."""
    other = a_scorecard("growth", [a_measure("upsell", "arr")])
    first = a_ruleset(a_scorecard(), other)
    published(FIRST, a_portfolio(tmp_path / "scratch.db", FIRST, 10.0, ruleset=first), loads=[Load("a", "a", "loaded")])
    published(FIRST, a_portfolio(tmp_path / "scratch.db", FIRST, 20.0, subjects=2))
    assert rows(store, "SELECT count(*), min(score), max(score) FROM scores_health") == [(2, 20.0, 20.0)]
    assert rows(store, "SELECT (SELECT count(*) FROM scores_growth), (SELECT count(*) FROM loads)") == [(0, 0)]
    assert check_store(path) == ()


def test_first_publication_is_remembered(store: Store, tmp_path: Path) -> None:
    """A run that replaced another says when its date was first published, and when it was last."""
    for hour in (2, 3):
        now = dt.datetime(2026, 1, 2, hour, tzinfo=dt.UTC)
        evaluation = a_portfolio(tmp_path / "scratch.db", FIRST, 10.0)
        publish(store, evaluation, start_run(store, evaluation.ruleset, FIRST, now=now), now=now)
    run = run_of(store)
    found = (run.started_at, run.first_published_at, run.published_at)
    assert found == ("2026-01-02 03:00:00", "2026-01-02 02:00:00", "2026-01-02 03:00:00")


def test_numbers_are_not_used_up_by_running_again(store: Store, published: Publish) -> None:
    """A replaced run gives its number on, so the next new date has the next number."""
    numbers = [published(day).run for day in (FIRST, FIRST, SECOND)]
    assert numbers == [1, 1, 2]


@pytest.mark.parametrize(
    ("days", "options", "current"),
    [
        ((FIRST, SECOND), {}, SECOND),
        ((SECOND, FIRST), {}, SECOND),
        ((SECOND, FIRST), {"move_back": True}, FIRST),
        ((SECOND, SECOND), {}, SECOND),
    ],
)
def test_the_pointer_moves_forward(
    store: Store, path: Path, published: Publish, days: tuple[dt.date, ...], options: dict[str, bool], current: dt.date
) -> None:
    """The run that is shown is the one of the latest date, unless someone asks to go back."""
    for day in days:
        last = published(day, **options)
    assert run_of(store).as_of == current
    assert last.current == (current == days[-1])
    assert check_store(path, moved_back=bool(options)) == ()


def test_new_measures_and_metrics_become_columns(store: Store, path: Path, published: Publish, tmp_path: Path) -> None:
    """A new column is empty in older runs, an old one empty in newer runs, and each run shows its own only."""
    published(FIRST, stamp=50.0)
    measures = (a_measure("adoption", "active_users"), a_measure("mood", "nps"))
    changed = a_ruleset(a_scorecard(measures=measures), fingerprint="e" * 64)
    evaluation = an_evaluation(
        tmp_path / "scratch.db",
        SECOND,
        changed,
        {"account": [value_row("a-00001", active_users=1, nps="good")]},
        {"health": [score_row("a-00001", 70, adoption=70, mood=70)]},
    )
    published(SECOND, evaluation)
    assert rows(store, "SELECT adoption, seats, mood FROM scores_health WHERE key = 'a-00001' ORDER BY run") == [
        (50.0, 50.0, None),
        (70.0, None, 70.0),
    ]
    first, second = run_of(store, FIRST), run_of(store, SECOND)
    assert value_columns(store, second, "account") == ("active_users", "nps")
    assert score(store, first, "health", "a-00001").points == {"adoption": 50.0, "seats": 50.0}
    assert score(store, second, "health", "a-00001").points == {"adoption": 70.0, "mood": 70.0}
    assert check_store(path) == ()


def test_a_metric_may_change_its_type(store: Store, published: Publish, tmp_path: Path) -> None:
    """A value keeps the type it was computed with, also in a column that held other types before."""
    kept = []
    for day, value in ((FIRST, 1), (SECOND, "1"), (THIRD, 1.5)):
        evaluation = an_evaluation(tmp_path / "scratch.db", day, values={"account": [value_row("a", nps=value)]})
        published(day, evaluation)
        kept.append(next(values(store, run_of(store), "account")).value("nps"))
    assert [(type(value), value) for value in kept] == [(int, 1), (str, "1"), (float, 1.5)]


def test_a_column_may_be_called_run(store: Store, path: Path, published: Publish, tmp_path: Path) -> None:
    """A subject's own column that has the name of one of ours is kept beside it."""
    evaluation = an_evaluation(tmp_path / "scratch.db", FIRST, values={"account": [value_row("a", run="marathon")]})
    published(FIRST, evaluation)
    assert next(values(store, run_of(store), "account")).columns == {"run": "marathon"}
    assert check_store(path) == ()


def test_counts_can_be_had_before_publishing(tmp_path: Path) -> None:
    """Outcomes and bands are counted in the evaluation, for whoever has to decide on an exit code."""
    scored = [score_row("a", 90), score_row("b", 10), score_row("c", None), score_row("d", None, "not_eligible")]
    evaluation = an_evaluation(tmp_path / "scratch.db", FIRST, scores={"health": scored})
    outcomes = {"insufficient_data": 1, "not_eligible": 1, "scored": 2}
    assert count_outcomes(evaluation) == {"health": {"outcomes": outcomes, "bands": {"at_risk": 1, "healthy": 1}}}


def test_the_clock_and_the_order_of_rows_leave_no_trace(tmp_path: Path) -> None:
    """Two stores made of the same rows, in another order and at another time, say the same."""
    dumps = []
    for turn in (1, -1):
        scratch, path = tmp_path / "scratch.db", tmp_path / f"trigpoint{turn}.db"
        scored = [score_row(f"k{number}", number, adoption=number) for number in range(50)][::turn]
        evaluation = an_evaluation(
            scratch, FIRST, values={"account": [value_row(str(r["key"])) for r in scored]}, scores={"health": scored}
        )
        with open_store(path, "write") as store:
            publish(
                store,
                evaluation,
                start_run(store, evaluation.ruleset, FIRST),
                now=dt.datetime(2026, 2, 3 + turn, tzinfo=dt.UTC),
            )
        dumps.append(dump(path))
    assert dumps[0] == dumps[1]


def test_a_full_disk_is_told_before_anything_is_written(
    store: Store, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without room for the run twice over, publishing does not begin: exit code 74."""
    evaluation = a_portfolio(tmp_path / "scratch.db", FIRST, 10.0)
    run = start_run(store, evaluation.ruleset, FIRST)
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1 << 20))
    with pytest.raises(DiskError, match="8 MB are needed, 1 MB are free"):
        publish(store, evaluation, run)
    assert rows(store, "SELECT status FROM runs") == [("started",)]


def test_a_log_that_cannot_be_emptied_is_no_failure(
    store: Store, path: Path, published: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader who keeps looking at an old state does not keep a run from being published."""
    published(FIRST)
    monkeypatch.setattr(sys.modules["trigpoint.store.publishing"], "_CHECKPOINT_SECONDS", 0.05)
    with open_store(path) as reader:
        assert published(SECOND).current
        assert run_of(reader).as_of == FIRST
    assert run_of(store).as_of == SECOND
    assert store.first("PRAGMA busy_timeout") == (10_000,)


def test_a_log_on_a_full_disk_is_no_failure(store: Store) -> None:
    """What SQLite says while it empties the log after the commit does not undo that the run is published."""
    with store.transaction() as connection:  # stands for the disk: in a transaction the log cannot be emptied, either
        _empty_log(connection)
    assert store.first("PRAGMA busy_timeout") == (10_000,)


def test_bands_that_are_still_being_read_are_no_failure(store: Store, path: Path, published: Publish) -> None:
    """Bands before that were asked for and not read to the end do not keep a run from being published."""
    published(FIRST)
    bands = bands_before(store, SECOND)
    next(bands)
    assert published(SECOND).current
    bands.close()
    assert check_store(path) == ()


WRONG = [("another date", SECOND, 1), ("no such run", FIRST, 7)]


@pytest.mark.parametrize(("_what", "day", "run"), WRONG)
def test_only_a_run_that_was_started_can_be_published(
    store: Store, path: Path, tmp_path: Path, _what: str, day: dt.date, run: int
) -> None:  # names the case
    """A number that was not started for the date is a bug of the caller, and nothing is written."""
    start_run(store, a_ruleset(), FIRST)
    with pytest.raises(ValueError, match="is not one of"):
        publish(store, a_portfolio(tmp_path / "scratch.db", day, 1.0), run)
    assert check_store(path) == ()


def test_an_evaluation_without_scores_is_a_bug(store: Store, tmp_path: Path) -> None:
    """A scorecard of the rules that was not evaluated cannot go missing silently."""
    evaluation = a_portfolio(tmp_path / "scratch.db", FIRST, 1.0)
    more = evolve(evaluation, ruleset=a_ruleset(a_scorecard(), a_scorecard("growth")))
    with pytest.raises(ValueError, match="no scores of growth"):
        publish(store, more, start_run(store, more.ruleset, FIRST))


def test_too_many_columns_are_told(store: Store, path: Path, published: Publish, tmp_path: Path) -> None:
    """SQLite's limit of columns ends with exit code 78, and the runs before it stay."""
    published(FIRST)
    wide = value_row("a", **{f"m{number}": number for number in range(1998)})
    with pytest.raises(ConfigError, match="TP617"):
        published(SECOND, an_evaluation(tmp_path / "scratch.db", SECOND, values={"account": [wide]}))
    assert run_of(store).as_of == FIRST
    assert [run.status for run in runs(store)] == ["published", "started"]
    assert json.loads(str(rows(store, "SELECT columns FROM contents")[0][0]))
