"""Why there is no data, down to the input that has none; and the inputs that a value was computed from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from trigpoint.explain import explain
from trigpoint.explain.causes import Causes
from trigpoint.explain.facts import Facts
from trigpoint.explain.levels import levels_of
from trigpoint.explain.quantities import quantity_of
from trigpoint.model.explanation import Explanation, GuardExplained, MeasureExplained
from trigpoint.model.project import Project
from trigpoint.report.explanations import explanation_as_json, explanation_lines
from trigpoint.report.lines import plain
from trigpoint.rules import build_ruleset, load_project
from trigpoint.run import run_project
from trigpoint.store import open_store, ruleset_of, run_of

HOLES = Path(__file__).parent / "holes"
Ask = Callable[[str], Explanation]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project full of holes, scored."""
    root = tmp_path_factory.mktemp("projects") / "holes"
    shutil.copytree(HOLES, root)
    project = load_project(root)
    run_project(project)
    return project


@pytest.fixture(scope="module")
def ask(project: Project) -> Ask:
    """Explains the health of one of its accounts."""

    def answer(key: str) -> Explanation:
        with open_store(project.store_path) as store:
            return explain(store, run_of(store), "health", key)

    return answer


def _measure(explanation: Explanation, name: str) -> MeasureExplained:
    return next(measure for measure in explanation.measures if measure.name == name)


def _guard(explanation: Explanation, name: str) -> GuardExplained:
    return next(guard for guard in explanation.guards if guard.name == name)


def _text(explanation: Explanation) -> str:
    return "\n".join(plain(line) for line in explanation_lines(explanation))


YOUNG = "account since 1 Oct 2025; the window begins 4 Sep 2025"
CAUSES = [
    ("A", "stars", "3 rows, none with stars"),
    ("B", "stars", YOUNG),
    ("C", "stars", "no row in the window (4 Sep 2025 to 1 Oct 2025)"),
    ("C", "best_stars", "no row of reviews with stars"),
    ("A", "long_reviews", "no row of reviews with words meets its condition"),
    ("A", "stars_per_word", "division by zero"),
    ("A", "mood", "the source of surveys was skipped"),
    ("A", "tickets", "table tickets has no source"),
    ("A", "calls", "facts of calls since 15 Sep 2025; the window begins 4 Sep 2025"),
    ("A", "renewal_near", "renewal is blank"),
    ("B", "use", "division by zero: seats is 0"),
    ("C", "use", "seats is blank"),
    ("C", "idle_use", "seats is blank"),
    ("B", "idle_here", "division by zero: seats is 0"),
    ("A", "chain", "stars: 3 rows, none with stars; mood: the source of surveys was skipped"),
    ("C", "either", "seats is blank"),
    ("A", "many", "fewer than 5 with data (n = 3)"),
    ("C", "on_gold", "its condition has no data: plan is blank"),
    ("B", "plan", "no points listed for 'purple'"),
    ("C", "goal", "seats * 2, a number of its scale, has no data"),
    ("A", "use", None),
]


@pytest.mark.parametrize(("key", "measure", "cause"), CAUSES)
def test_no_data_has_a_reason(ask: Ask, key: str, measure: str, cause: str | None) -> None:
    """A measure without points says why: from the formula down to the input that has no data."""
    explanation = ask(key)
    found = _measure(explanation, measure)
    assert found.cause == cause
    assert (found.points is None) == (cause is not None)
    if cause:
        assert cause in _text(explanation)


GUARDS = [
    ("A", "renewal", "not judged", "renewal is blank", "not judged (renewal is blank), would cap the score at 30"),
    (
        "C",
        "set_by_use",
        "not judged",
        "seats is blank",
        "not judged (seats is blank), would set the score to its number",
    ),
    ("B", "young", "false", None, "not true, would flag a notice"),
    ("A", "low_cap", "true", None, "true, changes nothing (the score is lower already), would cap the score at 90"),
    ("A", "set_by_use", "acted", None, "acted, sets the score to 13.3"),
]


@pytest.mark.parametrize(("key", "guard", "state", "cause", "words"), GUARDS)
def test_guards_in_words(ask: Ask, key: str, guard: str, state: str, cause: str | None, words: str) -> None:
    """A guard acted, is true and changes nothing, is not true, or could not be judged for a reason."""
    explanation = ask(key)
    assert (_guard(explanation, guard).state, _guard(explanation, guard).cause) == (state, cause)
    assert words in _text(explanation)


INPUTS = [
    ("A", "use", "16 of 120 (13.3 %)"),
    ("A", "idle", "0.867 = 1 - active / seats (active = 16, seats = 120)"),
    ("A", "idle_use", "0.867 = 1 - use (use = 16 of 120 (13.3 %))"),
    ("A", "idle_here", "0.867 = (seats - active) / seats (seats = 120, active = 16)"),
]


@pytest.mark.parametrize(("key", "measure", "words"), INPUTS)
def test_a_formula_shows_its_inputs(ask: Ask, key: str, measure: str, words: str) -> None:
    """What costs most goes down to the raw numbers: a formula with its inputs, a plain ratio as one number of another."""
    explanation = ask(key)
    only = [reason for reason in explanation.reasons if reason.name == measure]
    assert f"{words} gives " in _text(evolve(explanation, reasons=tuple(only)))


def test_inputs_are_in_json(ask: Ask) -> None:
    """JSON has the formula and each input with its value."""
    quantity = explanation_as_json(evolve(ask("A"), members=(_measure(ask("A"), "idle"),)))["members"][0]["quantity"]  # type: ignore[index]  # plain JSON
    assert quantity["formula"] == "1 - active / seats"
    assert {name: each["value"] for name, each in quantity["inputs"].items()} == {"active": 16, "seats": 120}


def test_what_was_not_kept_is_left_out(project: Project) -> None:
    """A row of a run before may lack own columns: what is divided by is then not worked back, and no cause is made up."""
    with open_store(project.store_path) as store:
        run = run_of(store)
        kept = ruleset_of(store, run)
        ruleset = build_ruleset(kept.settings, kept.calendar, kept.origins)
        card = ruleset.scorecards["health"]
        levels = levels_of(store, run, ruleset, card, "C")
    columns = {name: cell for name, cell in levels.row.columns.items() if name != "seats"}
    poorer = evolve(levels, row=evolve(levels.row, columns=columns))
    use = next(measure for measure in card.measures if measure.name == "use")
    quantity = quantity_of(ruleset, card, use, poorer)
    assert (quantity.parts, set(quantity.inputs)) == (None, {"active"})
    causes = Causes(Facts(ruleset, ruleset.subjects["account"], poorer, run.as_of, {}))
    assert causes.of(ruleset.metrics["use"].value.tree) is None
