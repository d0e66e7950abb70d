"""Views for people who open the store with other programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from support.check_store import check_store
from support.scratch import a_measure, a_portfolio, a_ruleset, a_scorecard, an_evaluation, score_row, value_row
from trigpoint.model.subject import Subject
from trigpoint.store import Published, Store

Publish = Callable[..., Published]
FIRST, SECOND = dt.date(2026, 1, 1), dt.date(2026, 1, 2)


def columns(store: Store, view: str) -> list[object]:
    return [row[1] for row in store.rows(f'PRAGMA table_info("{view}")')]


def test_the_current_run_has_a_view_per_scorecard_and_subject(store: Store, published: Publish) -> None:
    """`current_health` and `current_values_account` show the run of the latest date, whatever was published last."""
    published(SECOND, stamp=80.0)
    published(FIRST, stamp=10.0)
    assert store.first("SELECT as_of, min(score), max(score), count(*) FROM current_health") == (
        "2026-01-02",
        80,
        80,
        40,
    )
    assert store.first("SELECT min(active_users), count(*) FROM current_values_account") == (80, 40)


def test_the_views_follow_the_current_rules(store: Store, published: Publish, tmp_path: Path) -> None:
    """A view has the columns of the current rules; back-filling a date with older ones does not change it."""
    published(FIRST)
    newer = a_ruleset(a_scorecard(measures=[a_measure("mood", "nps")]), fingerprint="e" * 64)
    published(SECOND, a_portfolio(tmp_path / "scratch.db", SECOND, 1.0, ruleset=newer))
    published(FIRST)
    assert "mood" in columns(store, "current_health")
    assert "adoption" not in columns(store, "current_health")


def test_a_view_of_what_is_gone_stays_empty(store: Store, path: Path, published: Publish, tmp_path: Path) -> None:
    """A dashboard on a scorecard that was removed finds no rows, and no error."""
    both = a_ruleset(a_scorecard(), a_scorecard("growth", [a_measure("upsell", "arr")]))
    published(FIRST, a_portfolio(tmp_path / "scratch.db", FIRST, 1.0, ruleset=both))
    published(SECOND)
    assert store.first("SELECT count(*) FROM current_growth") == (0,)
    assert check_store(path) == ()


def a_family_run(scratch: Path, day: dt.date, fingerprint: str, **families: str | None) -> object:
    """Two scorecards with points of their own: `large` applies to a, `rest` to b, c is not eligible."""
    large = a_scorecard("large", [a_measure("seats", "m")], family=families.get("large"), priority=1)
    rest = a_scorecard("rest", [a_measure("calls", "m")], family=families.get("rest"), priority=2)
    no = "not_applicable"
    scores = {
        "large": [score_row("a", 90, seats=90), score_row("b", None, no), score_row("c", None, "not_eligible")],
        "rest": [score_row("a", None, no), score_row("b", 20, calls=20), score_row("c", None, "not_eligible")],
    }
    return an_evaluation(scratch, day, a_ruleset(rest, large, fingerprint=fingerprint), {"account": []}, scores)


def test_a_family_is_one_table(store: Store, published: Publish, tmp_path: Path) -> None:
    """One row per subject, with the scorecard that applies and the points of all members side by side."""
    published(FIRST, a_family_run(tmp_path / "scratch.db", FIRST, "a" * 64, large="everyone", rest="everyone"))
    sql = "SELECT scorecard, key, score, outcome, seats, calls FROM current_everyone ORDER BY key"
    assert list(store.rows(sql)) == [
        ("large", "a", 90, "scored", 90, None),
        ("rest", "b", 20, "scored", None, 20),
        ("large", "c", None, "not_eligible", None, None),
    ]
    assert columns(store, "current_everyone")[:6] == ["scorecard", "run", "as_of", "ruleset", "key", "label"]


def test_the_history_of_a_family_keeps_to_what_each_run_said(store: Store, published: Publish, tmp_path: Path) -> None:
    """`family_everyone` shows all runs; a scorecard that was no member then has no rows of then."""
    published(FIRST, a_family_run(tmp_path / "scratch.db", FIRST, "a" * 64, large="everyone"))
    published(SECOND, a_family_run(tmp_path / "scratch.db", SECOND, "b" * 64, large="everyone", rest="everyone"))
    sql = "SELECT as_of, scorecard, key FROM family_everyone WHERE outcome = 'scored' ORDER BY as_of, key"
    assert list(store.rows(sql)) == [
        ("2026-01-01", "large", "a"),
        ("2026-01-02", "large", "a"),
        ("2026-01-02", "rest", "b"),
    ]


def test_a_scorecard_may_become_a_family(store: Store, path: Path, published: Publish, tmp_path: Path) -> None:
    """A name that was a scorecard's and is now a family's shows what it means now."""
    published(FIRST)
    published(SECOND, a_family_run(tmp_path / "scratch.db", SECOND, "b" * 64, large="health", rest="health"))
    assert columns(store, "current_health")[0] == "scorecard"
    assert store.first("SELECT count(*) FROM current_health") == (3,)
    assert check_store(path) == ()


@pytest.mark.parametrize("family", [None, "values_account"])
def test_a_scorecard_with_the_name_of_another_view_makes_way(
    store: Store, path: Path, published: Publish, tmp_path: Path, family: str | None
) -> None:
    """`current_values_account` are the values of accounts; a scorecard or family called so has two underscores."""
    name = "health" if family else "values_account"
    ruleset = a_ruleset(a_scorecard(name, family=family))
    evaluation = an_evaluation(
        tmp_path / "scratch.db", FIRST, ruleset, {"account": [value_row("a", nps=7)]}, {name: [score_row("a", 60)]}
    )
    published(FIRST, evaluation)
    assert store.first("SELECT nps FROM current_values_account") == (7,)
    assert store.first("SELECT score FROM current__values_account") == (60,)
    assert check_store(path) == ()


def test_every_subject_with_values_has_a_view(store: Store, published: Publish, tmp_path: Path) -> None:
    """Subjects above accounts have values and views of their own; those without values have none."""
    evaluation = an_evaluation(
        tmp_path / "scratch.db", FIRST, values={"account": [], "company": [value_row("company", arr=5)]}
    )
    evaluation.ruleset.subjects["csm"] = Subject("csm", "csms", "csm_id")
    published(FIRST, evaluation)
    names = [row[0] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")]
    assert names == ["current_health", "current_values_account", "current_values_company"]


def test_an_unchanged_layout_is_not_written_again(store: Store, published: Publish) -> None:
    """Publishing with the same rules changes no table and no view: other programs need not read the layout anew."""
    published(FIRST)
    before = store.first("PRAGMA schema_version")
    published(SECOND)
    assert store.first("PRAGMA schema_version") == before
