"""Rulesets as they were."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as some

from support.scratch import a_measure, a_ruleset, a_scorecard
from trigpoint.errors import Place
from trigpoint.model.expression import Binary, Column, Expression, Literal, MetricValue, Points, number
from trigpoint.model.scorecard import (
    Choices,
    Curve,
    Gate,
    Group,
    Guard,
    Linear,
    Measure,
    Rank,
    Scale,
    Scorecard,
    Steps,
    Target,
)
from trigpoint.model.window import Length, Shift
from trigpoint.store import Store, ruleset_of, run_of
from trigpoint.store.read import runs
from trigpoint.store.rulesets import decode, encode, keep_ruleset, kept_scorecards, shares_of

_SCALARS = some.one_of(
    some.text(),
    some.integers(),
    some.booleans(),
    some.floats(allow_nan=False),
    some.dates(),
    some.datetimes(timezones=some.sampled_from([None, dt.UTC])).map(lambda moment: moment.replace(fold=0)),
    some.times().map(lambda time: time.replace(fold=0)),
)
_NAMES = some.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
_TOML = some.dictionaries(
    _NAMES,
    some.recursive(
        _SCALARS, lambda inner: some.lists(inner, max_size=3) | some.dictionaries(_NAMES, inner, max_size=3)
    ),
)


@settings(deadline=None)  # the first examples pay for imports
@given(_TOML)
def test_whatever_toml_can_say_comes_back(merged: dict[str, object]) -> None:
    """Merged rules come back with the same values, types and order, dates and infinite edges included."""
    found = decode(encode(merged))
    assert found == merged
    assert repr(found) == repr(merged)


def test_kept_rules_are_plain_json() -> None:
    """The text is JSON by the book, so that SQLite's functions and other programs can read it."""
    text = encode({"edge": float("-inf"), "since": dt.date(2025, 7, 1)})
    assert json.loads(text, parse_constant=pytest.fail)
    assert decode(text) == {"edge": float("-inf"), "since": dt.date(2025, 7, 1)}


def keep(store: Store, *rulesets: object) -> None:
    with store.transaction() as connection:
        for at, ruleset in enumerate(rulesets):
            keep_ruleset(connection, ruleset, f"moment {at}")


def test_rules_of_one_meaning_are_kept_once_with_their_last_texts(store: Store, published: object) -> None:
    """A mended title changes no fingerprint: what is shown is the last text, and since when the rules are known."""
    first = a_ruleset(settings={"scorecards": {"health": {"title": "Helth"}}})
    path = ("scorecards", "health", "title")
    second = evolve(
        first, settings={"scorecards": {"health": {"title": "Health"}}}, origins={path: Place("rules/a.toml", 3, 9)}
    )
    keep(store, first, second)
    assert store.first("SELECT count(*), min(first_seen) FROM rulesets") == (1, "moment 0")
    published(dt.date(2026, 1, 1))
    keep(store, second)
    kept = ruleset_of(store, run_of(store))
    assert kept.settings == second.settings
    assert kept.origins == second.origins
    assert (kept.calendar, kept.fingerprint) == (first.calendar, first.fingerprint)
    assert next(runs(store)).ruleset == first.fingerprint


def test_scorecards_are_kept_in_the_order_they_are_tried(store: Store) -> None:
    """Lower priority comes first, then the order of declaration; with their bands, groups and measures."""
    keep(
        store,
        a_ruleset(a_scorecard("b", family="f", priority=2), a_scorecard("a", family="f", priority=1), a_scorecard("c")),
    )
    cards = kept_scorecards(store.connection, "f" * 64)
    assert list(cards) == ["c", "a", "b"]
    card = cards["a"]
    assert (card.subject, card.family, card.bands) == ("account", "f", {"at_risk": 0, "healthy": 70})
    assert (card.groups, card.measures, card.inputs) == (
        (),
        {"adoption": 0.5, "seats": 0.5},
        ("active_users", "seat_use"),
    )


def test_shares_follow_the_weights_down_the_tree() -> None:
    """A measure's share is the product of the shares on its way; measures without group stand beside the groups."""
    groups = (Group("use", weight=3), Group("deep", parent="use", weight=1))
    measures = (a_measure("a", "m", "use", 3), a_measure("b", "m", "deep"), a_measure("c", "m"))
    assert dict(shares_of(a_scorecard(measures=measures, groups=groups))) == {"b": 0.1875, "a": 0.5625, "c": 0.25}


def test_of_a_sum_a_point_is_worth_a_hundredth_of_the_span() -> None:
    """In a sum the share is the points of score that 1 point of the measure is worth; weights have no meaning."""
    measure = evolve(a_measure("a", "m"), worth=(-20.0, 30.0))
    assert dict(shares_of(evolve(a_scorecard(measures=[measure]), combine="sum"))) == {"a": 0.5}


def metric(name: str, shift: Shift | None = None) -> Expression:
    return Expression(name, MetricValue(name, shift or Shift(), type="number"), "number")


def above(name: str) -> Expression:
    tree = Binary(">", Column(name, type="number"), Literal(1.0, type="number"), type="boolean")
    return Expression(f"{name} > 1", tree, "boolean")


SCALES: list[tuple[Scale, set[str]]] = [
    (Linear(metric("low"), metric("high")), {"low", "high"}),
    (Steps((metric("edge"),), (number(0), metric("top")), "above"), {"edge", "top"}),
    (Curve(((metric("x"), metric("y")),)), {"x", "y"}),
    (Target(metric("aim"), metric("zero"), number(100)), {"aim", "zero"}),
    (Choices((("red", metric("few")),), metric("else")), {"few", "else"}),
    (Choices((("red", number(0)),)), set()),
    (Rank("segment", "higher"), {"parent__segment"}),
]


@pytest.mark.parametrize(("scale", "names"), SCALES)
def test_the_inputs_of_a_scorecard_are_all_it_looks_at(scale: Scale, names: set[str], store: Store) -> None:
    """Metrics, shifted ones, own columns and formulas in scales, conditions, gates and guards are inputs; points not."""
    formula = Measure(
        "mood",
        metric("nps", Shift(ago=Length(1, "year"))),
        scale,
        group="use",
        when=above("plan"),
        min_n=metric("least"),
    )
    points = Expression("points.mood", Points("mood", type="number"), "number")
    group = Group("use", gate=Gate(above("seats"), number(0)))
    guard = Guard("p1", above("tickets"), cap=metric("ceiling"), floor=points)
    card = Scorecard("health", "account", "skip", (formula,), (group,), (guard,), when=above("size"))
    keep(store, a_ruleset(card))
    found = set(kept_scorecards(store.connection, "f" * 64)["health"].inputs)
    assert found == names | {"health__mood", "nps", "plan", "least", "seats", "tickets", "ceiling", "size"}
