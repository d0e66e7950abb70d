"""Reading what was published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from support.scratch import (
    a_measure,
    a_ruleset,
    a_scorecard,
    an_evaluation,
    reasons,
    score_row,
    value_row,
)
from trigpoint.errors import InputError, UsageError
from trigpoint.model.scorecard import Group
from trigpoint.store import (
    KeptReason,
    Published,
    Store,
    dates,
    open_store,
    run_of,
    score,
    score_columns,
    scores,
    value_columns,
    values,
)

Publish = Callable[..., Published]
DAY = dt.date(2026, 3, 31)


@pytest.fixture
def portfolio(store: Store, published: Publish, tmp_path: Path, path: Path) -> Store:
    """Four accounts under two scorecards of a family, and a scorecard of their own."""
    groups = (Group("use"),)
    health = a_scorecard("health", [a_measure("adoption", "m", "use"), a_measure("seats", "m")], groups)
    large = a_scorecard("large", [a_measure("seats", "m")], family="everyone", priority=1)
    rest = a_scorecard("rest", [a_measure("calls", "m")], family="everyone", priority=2)
    no = "not_applicable"
    why = reasons(("adoption", 35.0, 19.2), ("seats", 20.0, 7.0))
    first = score_row(
        "A-17", 40, use=35.0, adoption=35.0, seats=20.0, guards='["p1"]', guards__unjudged='["nps"]', reasons=why
    )
    scored = {
        "health": [
            first | {"reason_1": "Few seats", "reason_2": None},
            score_row("B", 90),
            score_row("C", None),
            score_row("D", 10),
        ],
        "large": [score_row("A-17", 90, seats=90), score_row("B", None, no), score_row("C", None, "not_eligible")],
        "rest": [score_row("A-17", None, no), score_row("B", 20, calls=20), score_row("C", None, "not_eligible")],
    }
    facts = [value_row("A-17", arr=5.5, arr__n=3, arr__newest="2026-03-30", live=1), value_row("B", live=0)]
    published(
        DAY, an_evaluation(tmp_path / "scratch.db", DAY, a_ruleset(health, large, rest), {"account": facts}, scored)
    )
    return store


def keys(store: Store, name: str, **options: object) -> list[str]:
    return [row.key for row in scores(store, run_of(store), name, **options)]


def test_a_score_comes_back_whole(portfolio: Store) -> None:
    """Outcome, score, band, points of groups and measures, guards, reasons and their texts are as they were written."""
    row = score(portfolio, run_of(portfolio), "health", "A-17")
    assert (row.scorecard, row.key, row.label, row.outcome) == ("health", "A-17", "A-17", "scored")
    assert (row.score, row.score_before_guards, row.band, row.coverage) == (40, 40, "at_risk", 1)
    assert (row.points, row.guards, row.unjudged) == ({"use": 35, "adoption": 35, "seats": 20}, ("p1",), ("nps",))
    assert row.reasons == (KeptReason("adoption", 35, 19.2, "Few seats"), KeptReason("seats", 20, 7, None))


CASES: list[tuple[str, dict[str, object], list[str]]] = [
    ("health", {}, ["A-17", "B", "C", "D"]),
    ("health", {"order": "score"}, ["D", "A-17", "B", "C"]),
    ("health", {"band": "at_risk"}, ["A-17", "D"]),
    ("health", {"band": "at_risk", "order": "score"}, ["D", "A-17"]),
    ("health", {"band": "no such band"}, []),
    ("large", {}, ["A-17", "B", "C"]),
    ("everyone", {}, ["A-17", "B", "C"]),
    ("everyone", {"order": "score"}, ["B", "A-17", "C"]),
    ("everyone", {"band": "healthy"}, ["A-17"]),
]


@pytest.mark.parametrize(("name", "options", "expected"), CASES)
def test_scores_come_by_band_and_order(
    portfolio: Store, name: str, options: dict[str, object], expected: list[str]
) -> None:
    """Scores come by key, or by score with none last, of one band where asked."""
    assert keys(portfolio, name, **options) == expected


def test_of_a_family_only_the_row_that_applies(portfolio: Store) -> None:
    """Each row of a family says which scorecard applied, and has that scorecard's points only."""
    found = [(row.scorecard, row.key, dict(row.points)) for row in scores(portfolio, run_of(portfolio), "everyone")]
    assert found == [("large", "A-17", {"seats": 90}), ("rest", "B", {"calls": 20}), ("large", "C", {"seats": None})]
    assert score_columns(portfolio, run_of(portfolio), "everyone") == ("seats", "calls")


def test_values_come_back_with_n_and_newest(portfolio: Store) -> None:
    """A value row has each column by its name, and the n and newest fact of a metric."""
    run = run_of(portfolio)
    assert value_columns(portfolio, run, "account") == ("arr", "arr__n", "arr__newest", "live")
    first, second = values(portfolio, run, "account")
    assert (first.key, first.value("arr"), first.n("arr"), first.newest("arr")) == ("A-17", 5.5, 3, "2026-03-30")
    assert (second.value("arr"), second.n("arr"), second.newest("arr"), second.value("live")) == (None, None, None, 0)
    assert [row.key for row in values(portfolio, run, "account", "B")] == ["B"]


ASKED = [
    (lambda s: list(scores(s, run_of(s), "healt")), "TP612", "did you mean 'health'"),
    (
        lambda s: score_columns(s, run_of(s), "xyz"),
        "TP612",
        "there are: everyone, health, large, rest; what was added .* after `trigpoint run`",
    ),
    (lambda s: value_columns(s, run_of(s), "acount"), "TP613", "did you mean 'account'"),
    (lambda s: list(values(s, run_of(s), "csm")), "TP613", "there are: account"),
    (lambda s: score(s, run_of(s), "health", "a-17"), "TP614", "did you mean 'A-17'"),
    (lambda s: score(s, run_of(s), "everyone", "D"), "TP614", "keys are written as in the source"),
    (lambda s: list(values(s, run_of(s), "account", "Z")), "TP614", "no account with the key 'Z'"),
    (lambda s: run_of(s, dt.date(2026, 1, 1)), "TP611", "there are: 2026-03-31"),
]


@pytest.mark.parametrize(("ask", "code", "said"), ASKED)
def test_what_is_not_there_is_told_with_what_is(
    portfolio: Store, ask: Callable[[Store], object], code: str, said: str
) -> None:
    """Unknown scorecards, subjects, keys and dates are errors of usage that say what there is."""
    with pytest.raises(UsageError, match=said) as error:
        ask(portfolio)
    assert (error.value.problems[0].code, error.value.exit_code) == (code, 2)


def test_an_empty_store_says_that_nothing_was_published(store: Store) -> None:
    """A store without a published run is told as such, with the way out."""
    with pytest.raises(InputError, match="TP610"):
        run_of(store)
    with pytest.raises(UsageError, match="no run was published yet"):
        run_of(store, DAY)


def test_dates_ascend_and_the_last_are_listed(store: Store, published: Publish) -> None:
    """All dates can be had, ascending; an error lists the last five and how many there are."""
    days = [dt.date(2026, 1, day) for day in (7, 1, 2, 3, 4, 5, 6)]
    for day in days:
        published(day)
    assert dates(store) == tuple(sorted(days))
    with pytest.raises(UsageError, match=r"there are 7, the last: 2026-01-03, .*2026-01-07"):
        run_of(store, dt.date(2025, 1, 1))


def test_a_reader_may_stop_in_the_middle(portfolio: Store, path: Path) -> None:
    """Rows are streamed: a reader who takes the first and leaves holds nothing up."""
    with open_store(path) as reader:
        assert next(scores(reader, run_of(reader), "health")).key == "A-17"
    with portfolio.transaction():
        pass


def test_where_the_current_run_is_gone_the_newest_is_shown(store: Store, published: Publish) -> None:
    """A run that someone deleted from the file is not missed: the newest published one takes its place."""
    first, second = published(DAY - dt.timedelta(days=1)), published(DAY)
    assert run_of(store).id == second.run
    store.connection.execute("PRAGMA foreign_keys = OFF")
    store.connection.execute("DELETE FROM runs WHERE id = ?", (second.run,))
    assert run_of(store).id == first.run
    store.connection.execute("DELETE FROM current")
    assert run_of(store).id == first.run


def test_a_run_that_scored_nothing_says_what_to_do(store: Store, published: Publish, tmp_path: Path) -> None:
    """Where a run has no scorecards the error says how there comes to be one."""
    published(
        DAY,
        an_evaluation(
            tmp_path / "scratch.db", DAY, evolve(a_ruleset(), scorecards={}), {"account": [value_row("A")]}, {}
        ),
    )
    with pytest.raises(UsageError, match=r"there are none yet: write \[scorecards\.NAME\] .* then `trigpoint run`"):
        score_columns(store, run_of(store), "health")
