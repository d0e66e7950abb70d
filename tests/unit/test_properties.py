"""What holds of every score, whatever the rules and rows: of the oracle's, and of the engine's."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import oracle
from support import engine
from support.card_worlds import COLUMNS, card_worlds, numbers
from support.compare import compare
from support.strategies import World, worlds

calm = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
few = settings(calm, max_examples=12)


def by_oracle(made: World) -> dict:
    return oracle.evaluate(made.ruleset, made.tables, made.as_of, made.bands_before)


def by_engine(made: World) -> dict:
    with TemporaryDirectory() as folder:
        return engine.run(Path(folder), made.ruleset, made.tables, made.as_of, made.bands_before)


both = pytest.mark.parametrize("judge", [by_oracle, by_engine])


def scores(found: dict) -> dict[str, dict]:
    return found["scores"]["card"]


def with_card(made: World, **changes) -> World:
    """The example with some keys of its scorecard changed."""
    card = {**made.settings["scorecards"]["card"], **changes}
    return evolve(made, settings={**made.settings, "scorecards": {"card": card}})


def with_measures(made: World, change) -> World:
    """The example with each measure changed."""
    measures = made.settings["scorecards"]["card"]["measures"]
    return with_card(made, measures={name: change(measure) for name, measure in measures.items()})


def assert_equal(one: dict, other: dict) -> None:
    """Two answers of one judge are the same, to nine digits."""
    differences = compare(one, other)[1]
    assert not differences, str(differences[0])


def close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-8)


# -- of whole examples


@both
@few
@given(made=worlds(), seed=st.integers(0, 99))
def test_the_order_of_rows_changes_nothing(judge, made, seed):
    """Rows may come in any order."""
    rng = Random(seed)
    shuffled = {name: rng.sample(rows, len(rows)) for name, rows in made.tables.items()}
    assert_equal(judge(made), judge(evolve(made, tables=shuffled)))


@both
@few
@given(made=worlds())
def test_facts_of_unknown_owners_count_nowhere(judge, made):
    """Rows without an owner, or of an owner that is not there, change nothing, not even at company.

    (A metric with `via` has the owner that it chose.)
    """
    metrics = {name: {k: v for k, v in m.items() if k != "via"} for name, m in made.settings["metrics"].items()}
    made = evolve(made, settings={**made.settings, "metrics": metrics})

    def known(name: str, rows: list[dict]) -> list[dict]:
        owners = {"account_id": "accounts", "sub_id": "subs", "csm_id": "csms"}
        column = next(iter(made.settings["tables"][name].get("belongs_to", {}).values()), None)
        keys = {row[column] for row in made.tables[owners[column]]} if column else set()
        return [row for row in rows if column is None or row[column] in keys]

    cleaned = {name: known(name, rows) for name, rows in made.tables.items()}
    assert_equal(judge(made), judge(evolve(made, tables=cleaned)))


@both
@few
@given(made=worlds())
def test_facts_after_the_as_of_date_change_nothing(judge, made):
    """What is not known yet does not exist."""
    later = made.as_of + dt.timedelta(days=1)
    tables = dict(made.tables)
    for name, table in made.settings["tables"].items():
        visible = table.get("known", {}).get("row", table.get("time"))
        if "belongs_to" in table and visible:
            moment = dt.datetime(later.year, later.month, later.day, 23, tzinfo=dt.UTC)
            new = later if table["columns"][visible] == "date" else moment
            added = [{**row, table["key"][0]: f"new-{n}", visible: new} for n, row in enumerate(made.tables[name])]
            tables[name] = [*made.tables[name], *added]
    assert_equal(judge(made), judge(evolve(made, tables=tables)))


@both
@few
@given(made=worlds())
def test_no_hold_is_no_band_before(judge, made):
    """With `hold = 0` the run before does not matter."""
    cards = {name: {**card, "hold": 0} for name, card in made.settings["scorecards"].items()}
    still = evolve(made, settings={**made.settings, "scorecards": cards})
    assert_equal(judge(still), judge(evolve(still, bands_before=())))


@both
@few
@given(made=worlds())
def test_rows_of_every_card_are_in_order(judge, made):
    """Coverage is a share; a score goes with its outcome; a band goes with a score; reasons cost, the dearest first."""
    for card in judge(made)["scores"].values():
        for row in card.values():
            assert row["coverage"] is None or 0 <= row["coverage"] <= 1 + 1e-12
            assert (row["score"] is not None) == (row["outcome"] == "scored") == (row["band"] is not None)
            lost = [each["lost"] for each in row["reasons"]]
            assert lost == sorted(lost, reverse=True)
            assert all(each > 0 for each in lost)
            assert row["score_before_guards"] is not None or not lost


@both
@few
@given(made=worlds())
def test_one_scorecard_of_a_family_applies(judge, made):
    """Each subject has at most one scorecard of a family, by distinct priorities."""
    found = judge(made)["scores"]
    kin = [rows for name, rows in found.items() if made.settings["scorecards"][name].get("family")]
    for key in kin[0] if kin else ():
        assert sum(rows[key]["outcome"] in ("scored", "insufficient_data") for rows in kin) <= 1


def from_below(made: World, metric: dict) -> bool:
    """Whether a metric is seen from subjects below its facts."""
    return metric.get("subject") == "sub" and "account" in made.settings["tables"][metric["from"]]["belongs_to"]


@both
@few
@given(made=worlds(), days=st.sampled_from([1, 28, 90]))
def test_ago_is_the_value_of_that_day(judge, made, days):
    """`ago(m, 'N days')` equals m, evaluated as of that day, where nothing begins later."""
    tables = {name: {k: v for k, v in t.items() if k != "since"} for name, t in made.settings["tables"].items()}
    subjects = {n: {k: v for k, v in s.items() if k != "since"} for n, s in made.settings["subjects"].items()}
    metrics = {n: m for n, m in made.settings["metrics"].items() if m.get("from") == "f0" and not from_below(made, m)}
    first = {name: {**metric, "subject": "account"} for name, metric in metrics.items()}
    shifts = {f"s_{name}": {"value": f"ago({name}, '{days} days')", "subject": "account"} for name in first}
    rules = {"subjects": subjects, "tables": tables, "metrics": {**first, **shifts}, "scorecards": {}}
    lookups = made.settings.get("lookups", {})  # fixed ones are those of the run
    rules["lookups"] = {n: {**each, "at": "as of"} if "at" in each else each for n, each in lookups.items()}
    subjects["account"].pop("eligible", None)
    made = evolve(made, settings=rules, bands_before=())
    now = judge(made)["values"].get("account", {})
    then = judge(evolve(made, as_of=made.as_of - dt.timedelta(days=days)))["values"].get("account", {})
    for key, row in now.items():
        for name in first if key in then else ():  # the history of some had not begun
            assert (row[f"s_{name}"], row[f"s_{name}__n"]) == (then[key][name], then[key][f"{name}__n"])


# -- of scorecards over columns


@both
@calm
@given(made=card_worlds(combine="mean", blanks=False), column=st.sampled_from(COLUMNS), more=numbers)
def test_a_better_value_never_lowers_the_score(judge, made, column, more):
    """Scales that rise and weights that add up: raising one value cannot lower the score, nor the band."""
    accounts = [{**row, column: row[column] + abs(more)} for row in made.tables["accounts"]]
    before, after = scores(judge(made)), scores(judge(evolve(made, tables={"accounts": accounts})))
    order = ["bad", "fair", "good"]
    for key, row in before.items():
        assert after[key]["score"] >= row["score"] - 1e-8
        assert order.index(after[key]["band"]) >= order.index(row["band"])


@both
@calm
@given(made=card_worlds(), factor=st.sampled_from([2, 4, 0.5]))
def test_multiplying_all_weights_changes_nothing(judge, made, factor):
    """Only the shares count."""

    def heavier(entry: dict) -> dict:
        return {**entry, "weight": entry["weight"] * factor}

    other = with_measures(made, heavier)
    groups = made.settings["scorecards"]["card"].get("groups")
    if groups:
        other = with_card(other, groups={name: heavier(group) for name, group in groups.items()})
    assert_equal(judge(made), judge(other))


@both
@calm
@given(made=card_worlds(combine="mean"), seed=st.integers(0, 99))
def test_the_order_of_measures_changes_no_score(judge, made, seed):
    """Declaration decides ties among reasons only."""
    names = list(made.settings["scorecards"]["card"]["measures"].items())
    Random(seed).shuffle(names)
    one, other = scores(judge(made)), scores(judge(with_card(made, measures=dict(names))))
    for key, row in one.items():
        for name in ("outcome", "band"):
            assert row[name] == other[key][name]
        for name in ("score", "coverage"):
            assert row[name] == other[key][name] or close(row[name], other[key][name])


@calm
@given(made=card_worlds(most_points=120))
def test_what_was_lost_adds_up(made):
    """Over all measures `lost` adds up to 100 - score before guards: mean, worst and best, nested too."""
    for row in scores(by_oracle(made)).values():
        if row["score_before_guards"] is not None:
            assert close(sum(row["lost"].values()), 100 - row["score_before_guards"])


@both
@calm
@given(made=card_worlds(combine="mean"))
def test_three_reasons_are_part_of_what_was_lost(judge, made):
    """The three dearest cost no more than all, and all of it where no more than three cost anything."""
    for row in scores(judge(made)).values():
        told, whole = sum(each["lost"] for each in row["reasons"][:3]), 100 - (row["score_before_guards"] or 0)
        assert told <= whole + 1e-7
        if row["score_before_guards"] is not None and len(row["reasons"]) < 3:
            assert close(told, whole)


@both
@calm
@given(made=card_worlds(combine="sum"))
def test_a_sum_lies_between_0_and_100(judge, made):
    """Impact models are clamped."""
    for base in (0, 50, 100):
        for row in scores(judge(with_card(made, base=base))).values():
            assert row["score"] is None or 0 <= row["score"] <= 100


@both
@calm
@given(made=card_worlds(missing="skip"))
def test_a_score_lies_between_its_points(judge, made):
    """Without stand-ins a mean, worst or best is no better than the best measure and no worse than the worst."""
    for row in scores(judge(made)).values():
        points = [row["points"][f"m{place}"] for place in range(len(COLUMNS))]
        known = [each for each in points if each is not None]
        assert (row["score"] is None) == (not known)
        if known:
            assert min(known) - 1e-8 <= row["score"] <= max(known) + 1e-8


@both
@calm
@given(made=card_worlds(combine="mean", grouped=False))
def test_stand_ins_are_in_order(judge, made):
    """`worst` never gives a better score than `middle`; both leave coverage and the measures' own points alone."""
    worst, middle, skip = (scores(judge(with_card(made, missing=each))) for each in ("worst", "middle", "skip"))
    for key, row in worst.items():
        assert row["coverage"] == middle[key]["coverage"] == skip[key]["coverage"]
        assert row["points"] == middle[key]["points"] == skip[key]["points"]
        assert row["outcome"] == middle[key]["outcome"] == skip[key]["outcome"]
        assert row["score"] is None or row["score"] <= middle[key]["score"] + 1e-8


@both
@calm
@given(made=card_worlds(), least=st.sampled_from([0.2, 0.5, 0.9]))
def test_asking_for_more_coverage_scores_fewer(judge, made, least):
    """A higher `min_coverage` only takes scores away, and only where coverage is lower."""
    easy, strict = scores(judge(made)), scores(judge(with_card(made, min_coverage=least)))
    for key, row in strict.items():
        if row["outcome"] == "scored":
            assert row["score"] == easy[key]["score"]
        elif easy[key]["outcome"] == "scored":
            assert row["coverage"] < least


@both
@calm
@given(made=card_worlds(), cap=st.sampled_from([0, 40, 66.5]), floor=st.sampled_from([10, 50, 90]))
def test_caps_and_floors(judge, made, cap, floor):
    """A cap bounds what it applies to and wins over a floor; neither moves the score before guards."""
    guards = {"down": {"when": "x0 > 20", "cap": cap}, "up": {"when": "x1 > 20", "floor": floor}}
    plain, guarded = scores(judge(made)), scores(judge(with_card(made, guards=guards)))
    for key, row in guarded.items():
        assert row["score_before_guards"] == plain[key]["score_before_guards"]
        assert "down" not in row["guards"] or row["score"] <= cap
        assert row["guards"] != ["up"] or row["score"] >= floor
        assert row["guards"] or row["score"] == plain[key]["score"]


@both
@calm
@given(made=card_worlds(), number=st.sampled_from([5, 50, 95]))
def test_a_set_scores_what_has_too_little_data(judge, made, number):
    """`set` decides the score of everyone it applies to, with data or without."""
    guards = {"always": {"when": "account_id = account_id", "set": number}}
    for row in scores(judge(with_card(made, guards=guards, min_coverage=0.9))).values():
        assert (row["outcome"], row["score"], row["guards"]) == ("scored", number, ["always"])


@both
@calm
@given(made=card_worlds(combine="mean", missing="skip"))
def test_a_measure_told_twice_counts_double(judge, made):
    """Two equal measures weigh as one of twice the weight."""
    measures = made.settings["scorecards"]["card"]["measures"]
    one = {**measures["m0"], "weight": 10}
    twice = with_card(made, measures={**measures, "m0": one, "again": one})
    double = with_card(made, measures={**measures, "m0": {**one, "weight": 20}})
    for key, row in scores(judge(twice)).items():
        score = scores(judge(double))[key]["score"]
        if made.settings["scorecards"]["card"].get("groups", {}).get(one.get("group"), {}).get("combine") != "best":
            assert row["score"] == score or close(row["score"], score)


@both
@calm
@given(made=card_worlds(blanks=False))
def test_a_linear_scale_mirrors(judge, made):
    """With worst and best swapped the points are 100 minus the points."""
    there = with_measures(made, lambda each: _linear(each, [0, 100]))
    back = with_measures(made, lambda each: _linear(each, [100, 0]))
    one, other = scores(judge(there)), scores(judge(back))
    for key, row in one.items():
        for place in range(len(COLUMNS)):
            assert close(row["points"][f"m{place}"], 100 - other[key]["points"][f"m{place}"])


def _linear(measure: dict, ends: list[float]) -> dict:
    kept = {name: value for name, value in measure.items() if name in ("value", "weight", "group")}
    return {**kept, "linear": ends}


@both
@calm
@given(made=card_worlds(), hold=st.sampled_from([3, 7.5]), before=st.sampled_from(["good", "fair", "bad"]))
def test_hold_keeps_the_band_before_or_changes_nothing(judge, made, hold, before):
    """With `hold` a subject is in the band of the score, or between it and the band before."""
    order = ["bad", "fair", "good"]
    bands = tuple(("card", row["account_id"], before) for row in made.tables["accounts"])
    free = scores(judge(made))
    held = scores(judge(evolve(with_card(made, hold=hold), bands_before=bands)))
    for key, row in held.items():
        assert row["score"] == free[key]["score"]
        if row["band"]:
            low, high = sorted([order.index(free[key]["band"]), order.index(before)])
            assert low <= order.index(row["band"]) <= high


@both
@calm
@given(made=card_worlds(), column=st.sampled_from(COLUMNS))
def test_a_measure_that_applies_to_nobody_is_no_measure(judge, made, column):
    """What does not apply leaves the total, as if it had never been declared."""
    measures = made.settings["scorecards"]["card"]["measures"]
    extra = {"value": column, "linear": [0, 1], "when": "account_id <> account_id"}
    found = judge(with_card(made, measures={**measures, "extra": extra}))
    for key, row in scores(judge(made)).items():
        other = scores(found)[key]
        assert other["points"].pop("extra") is None
        assert _same_row(row, other)


def _same_row(one: dict, other: dict) -> bool:
    plain = ("outcome", "band", "guards")
    numbers_too = ("score", "coverage", "score_before_guards")
    return all(one[name] == other[name] for name in plain) and all(
        one[name] == other[name] or close(one[name], other[name]) for name in numbers_too
    )
