"""The scores of one subject over time, and why they moved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from support.scratch import a_measure, a_ruleset, a_scorecard, an_evaluation, score_row, value_row
from trigpoint.errors import UsageError
from trigpoint.history import Change, Mover, history
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Rank
from trigpoint.store import Store, open_store, publish, start_run

DAYS = [dt.date(2026, 1, day) for day in range(1, 6)]
RULES = a_ruleset(
    a_scorecard(measures=[a_measure("adoption", "active_users", weight=3), a_measure("seats", "seat_use")])
)
STRICTER = evolve(RULES, fingerprint="e" * 64)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(tmp_path / "trigpoint.db", "write") as opened:
        yield opened


def judge(
    store: Store,
    day: dt.date,
    adoption: float | None,
    seats: float | None = 50.0,
    ruleset: Ruleset = RULES,
    guards: str = "[]",
    **values: object,
) -> None:
    """Publishes one account whose score is the weighted mean of what has data."""
    weighted = [(points, weight) for points, weight in ((adoption, 3), (seats, 1)) if points is not None]
    total = sum(points * weight for points, weight in weighted) / sum(weight for _, weight in weighted)
    row = score_row("A", total, adoption=adoption, seats=seats, guards=guards)
    facts = {
        "active_users": adoption,
        "active_users__n": 3,
        "active_users__newest": "2026-01-01",
        "seat_use": seats,
    } | values
    scratch = store.path.with_name("scratch.db")
    evaluation = an_evaluation(
        scratch, day, ruleset, {"account": [value_row("A", **facts)]}, {card: [row] for card in ruleset.scorecards}
    )
    publish(store, evaluation, start_run(store, ruleset, day))


def changes(store: Store, name: str = "health") -> list[Change | None]:
    return [moment.change for moment in history(store, name, "A")]


def test_moments_come_by_date_with_score_band_and_coverage(store: Store) -> None:
    """Each published run is one moment, in order of dates, whenever it was published."""
    judge(store, DAYS[1], 90.0)
    judge(store, DAYS[0], 10.0)
    found = [(m.as_of, m.score, m.band, m.coverage, m.outcome, m.ruleset) for m in history(store, "health", "A")]
    fingerprint = "f" * 64
    assert found == [
        (DAYS[0], 20.0, "at_risk", 1.0, "scored", fingerprint),
        (DAYS[1], 80.0, "healthy", 1.0, "scored", fingerprint),
    ]


def test_the_first_moment_has_no_change(store: Store) -> None:
    """There is nothing to compare the first run with, and no rule change in it."""
    judge(store, DAYS[0], 10.0)
    (first,) = history(store, "health", "A")
    assert (first.change, first.rules_changed) == (None, False)


def test_with_the_same_rules_it_is_the_data(store: Store) -> None:
    """The biggest mover comes first, with its points before and after and what they did to the score."""
    judge(store, DAYS[0], 80.0, 50.0)
    judge(store, DAYS[1], 60.0, 90.0)
    change = changes(store)[1]
    assert change is not None
    assert (change.cause, change.score) == ("data", -5.0)
    assert change.movers == (Mover("adoption", 80.0, 60.0, -15.0), Mover("seats", 50.0, 90.0, 10.0))
    assert change.values == (("active_users", 80.0, 60.0), ("seat_use", 50.0, 90.0))


def test_what_a_scorecard_does_not_look_at_is_no_cause(store: Store) -> None:
    """Values of other metrics, and the band before, may differ without being the reason of anything."""
    judge(store, DAYS[0], 80.0, other=1, band_before__health=None)
    judge(store, DAYS[1], 60.0, ruleset=STRICTER, active_users=80.0, other=2, band_before__health="healthy")
    change = changes(store)[1]
    assert change is not None
    assert (change.cause, change.values) == ("rules", ())


CAUSES = [
    ({"adoption": 80.0}, "nothing"),
    ({"adoption": 80.0, "ruleset": STRICTER}, "nothing"),
    ({"adoption": 60.0}, "data"),
    ({"adoption": 60.0, "ruleset": STRICTER, "active_users": 80.0}, "rules"),
    ({"adoption": 60.0, "ruleset": STRICTER}, "data and rules"),
    ({"adoption": 60.0, "ruleset": STRICTER, "active_users": 80.0, "active_users__n": 2}, "data and rules"),
    ({"adoption": 80.0, "guards": '["p1"]', "ruleset": STRICTER}, "rules"),
]


@pytest.mark.parametrize(("second", "cause"), CAUSES)
def test_the_cause_is_said_honestly(store: Store, second: dict[str, object], cause: str) -> None:
    """Data with the same rules, rules with the same values, and both where both differ."""
    judge(store, DAYS[0], 80.0)
    judge(store, DAYS[1], **second)
    _, last = history(store, "health", "A")
    assert last.change is not None
    assert (last.change.cause, last.rules_changed) == (cause, "ruleset" in second)


def test_a_rank_hangs_on_the_values_of_others(store: Store) -> None:
    """With a rank in the scorecard equal values of its own do not prove that only the rules moved a score."""
    measure = evolve(a_measure("adoption", "active_users"), scale=Rank("segment", "higher"))
    ruleset = a_ruleset(a_scorecard(measures=[measure, a_measure("seats", "seat_use")]))
    judge(store, DAYS[0], 80.0, ruleset=ruleset, active_users=5.0)
    judge(store, DAYS[1], 60.0, ruleset=evolve(ruleset, fingerprint="e" * 64), active_users=5.0)
    change = changes(store)[1]
    assert change is not None
    assert change.cause == "data and rules"


def test_a_measure_that_lost_its_data_counts_as_the_rest(store: Store) -> None:
    """A mover without data has no points; its effect is against the score, for its weight goes to the others."""
    judge(store, DAYS[0], 90.0, 50.0)
    judge(store, DAYS[1], None, 50.0)
    change = changes(store)[1]
    assert change is not None
    assert change.movers == (Mover("adoption", 90.0, None, -30.0),)


def test_guards_that_came_and_went_are_told(store: Store) -> None:
    """A change names the guards that act now and did not before, and those that no longer do."""
    judge(store, DAYS[0], 80.0, guards='["p1", "late"]')
    judge(store, DAYS[1], 80.0, guards='["late", "nps"]')
    change = changes(store)[1]
    assert change is not None
    assert (change.guards_new, change.guards_gone, change.movers) == (("nps",), ("p1",), ())


def test_without_a_score_there_is_no_difference(store: Store) -> None:
    """From a score to insufficient data no difference is made up."""
    judge(store, DAYS[0], 80.0)
    evaluation = an_evaluation(
        store.path.with_name("scratch.db"),
        DAYS[1],
        RULES,
        {"account": [value_row("A")]},
        {"health": [score_row("A", None)]},
    )
    publish(store, evaluation, start_run(store, RULES, DAYS[1]))
    change = changes(store)[1]
    assert change is not None
    assert (change.score, change.cause) == (None, "data")


def test_of_a_family_the_scorecard_that_applied(store: Store) -> None:
    """The history of a family follows the subject from scorecard to scorecard, and through runs without the family."""
    judge(store, DAYS[0], 80.0)
    for day, applies in ((DAYS[1], "small"), (DAYS[2], "large")):
        cards = [a_scorecard(name, family="everyone") for name in ("small", "large")]
        rows = {
            card.name: [
                score_row("A", 60 if card.name == applies else None, None if card.name == applies else "not_applicable")
            ]
            for card in cards
        }
        ruleset = a_ruleset(*cards, fingerprint="d" * 64)
        evaluation = an_evaluation(
            store.path.with_name("scratch.db"), day, ruleset, {"account": [value_row("A")]}, rows
        )
        publish(store, evaluation, start_run(store, ruleset, day))
    found = [(moment.as_of, moment.judged.scorecard) for moment in history(store, "everyone", "A")]
    assert found == [(DAYS[1], "small"), (DAYS[2], "large")]


@pytest.mark.parametrize(("name", "key", "code"), [("helth", "A", "TP612"), ("health", "B", "TP614")])
def test_what_is_not_there_is_told(store: Store, name: str, key: str, code: str) -> None:
    """An unknown scorecard and an unknown subject are errors of usage."""
    judge(store, DAYS[0], 80.0)
    with pytest.raises(UsageError, match=code):
        history(store, name, key)
