"""Own figures beside references: where each stands, and why one is not compared."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import evolve

from support.benchmarked import DAY, FACTS, OWN, PEERS, csms, rules, run, run_of_rows
from support.scratch import value_row
from trigpoint.benchmarks import compare, quantile, standing
from trigpoint.compile.occurrences import applies_column
from trigpoint.errors import UsageError
from trigpoint.model.comparison import Comparison, Figure, Refusal, Standing
from trigpoint.model.ruleset import Calendar, Ruleset
from trigpoint.rules import build_ruleset
from trigpoint.store import Run, Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(tmp_path / "trigpoint.db", "write") as opened:
        yield opened


def only(store: Store, published: Run, ruleset: Ruleset) -> tuple[Comparison, Figure]:
    """The one comparison and its one figure."""
    (found,) = compare(store, published, ruleset)
    (figure,) = found.figures
    return found, figure


def refusal(store: Store, published: Run, ruleset: Ruleset) -> Refusal:
    """Why the one figure is not compared; then it stands nowhere."""
    _, figure = only(store, published, ruleset)
    assert figure.refusal is not None
    assert figure.standing is None
    return figure.refusal


REFERENCES = {"struggling": 0.85, "growing": 1.0}
PLACES = [
    (0.9, "higher", Standing(above="struggling", below="growing")),
    (0.85, "higher", Standing(at="struggling")),
    (1.0, "lower", Standing(at="growing")),
    (0.5, "higher", Standing(below="struggling", side="worse")),
    (0.5, "lower", Standing(below="struggling", side="better")),
    (1.2, "higher", Standing(above="growing", side="better")),
    (1.2, "lower", Standing(above="growing", side="worse")),
    (1.2, "none", Standing(above="growing")),
    (1.2, None, Standing(above="growing")),
]


@pytest.mark.parametrize(("value", "better", "stands"), PLACES)
def test_where_a_figure_stands(value: float, better: str | None, stands: Standing) -> None:
    """Between two references, at one, or on one side of all; which side is better the metric says."""
    assert standing(value, REFERENCES, better) == stands


@pytest.mark.parametrize(
    ("figures", "share", "result"),
    [
        ([3.0], 0.9, 3.0),
        ([1.0, 3.0], 0.5, 2.0),
        ([5.0, 1.0, 2.0], 0.25, 1.5),
        ([1.0, 2.0, 5.0], 1, 5.0),
        ([2.0, 1.0], 0, 1.0),
    ],
)
def test_a_quantile_lies_straight_between_two_figures(figures: list[float], share: float, result: float) -> None:
    """The order of the figures means nothing."""
    assert quantile(figures, share) == result


def test_a_figure_is_compared_with_its_n_and_provenance(store: Store) -> None:
    """The figure, its n, the references in order and where they come from are answered together."""
    ruleset = rules(PEERS)
    found, figure = only(store, run(store, ruleset, 0.92), ruleset)
    assert (figure.value, figure.n, figure.newest) == (0.92, 40, "2026-03-31")
    assert list(figure.references.items()) == [("struggling", 0.85), ("growing", 1.0)]
    assert figure.standing == Standing(above="struggling", below="growing")
    assert (found.benchmark.basis, found.benchmark.citation, found.benchmark.year) == ("peers", "A report", 2016)
    assert (found.refusal, found.out_of_date) == (None, False)


@pytest.mark.parametrize(
    ("length", "review_by", "old"),
    [
        ("3 years", "2019-12-31", True),
        ("9 years", "2025-12-31", True),
        ("111 months", "2026-03-31", False),
        ("10 years", "2026-12-31", False),
    ],
)
def test_old_references_are_compared_and_marked(store: Store, length: str, review_by: str, old: bool) -> None:
    """From the day after `review_after` from the end of the year; the comparison is made all the same."""
    ruleset = rules(f'{PEERS}review_after = "{length}"')
    found, figure = only(store, run(store, ruleset, 0.92), ruleset)
    assert (str(found.review_by), found.out_of_date) == (review_by, old)
    assert figure.standing is not None


STAGE = f'{PEERS}when = "due > 1000 or due < 10"'


@pytest.mark.parametrize(
    ("applies", "due", "kind", "text"),
    [
        (0, 500.0, "outside", "it applies only where due > 1000 or due < 10"),
        (None, None, "condition without data", "nobody knows whether due > 1000 or due < 10"),
    ],
)
def test_apples_are_not_compared_with_oranges(
    store: Store, applies: int | None, due: float | None, kind: str, text: str
) -> None:
    """Outside the condition a comparison is refused, with what the condition saw; so it is where nobody knows."""
    ruleset = rules(STAGE)
    column = applies_column(ruleset.benchmarks["renewals"])
    found = refusal(store, run(store, ruleset, 0.92, due=due, **{column: applies}), ruleset)
    assert (found.kind, found.text) == (kind, text)
    assert {name: each.value for name, each in found.read.items()} == {"due": due}


def test_where_the_condition_holds_figures_are_compared(store: Store) -> None:
    """The answer of the run is taken, not worked out again."""
    ruleset = rules(STAGE)
    column = applies_column(ruleset.benchmarks["renewals"])
    _, figure = only(store, run(store, ruleset, 0.92, **{column: 1}), ruleset)
    assert figure.refusal is None


def test_an_answer_to_another_condition_is_no_answer(store: Store) -> None:
    """Benchmarks are no part of the fingerprint: a run that judged an older condition cannot say whether this one holds."""
    before, after = rules(STAGE), rules(STAGE.replace("1000", "2000"))
    assert before.fingerprint == after.fingerprint
    published = run(store, before, 0.92, **{applies_column(before.benchmarks["renewals"]): 1})
    (found,) = compare(store, published, after)
    assert found.figures == ()
    assert found.refusal is not None
    assert found.refusal.kind == "not in this run"
    assert "judged another condition" in found.refusal.text


def test_too_few_customers_are_not_compared(store: Store) -> None:
    """With a smaller n than the benchmark asks for, or none, a figure is shown and not compared."""
    ruleset = rules(f"{PEERS}min_n = 20")
    assert refusal(store, run(store, ruleset, 0.92, n=7), ruleset) == Refusal(
        "too few", "n is 7 of the 20 that are needed"
    )
    assert refusal(store, run(store, ruleset, 0.92, n=None), ruleset).kind == "too few"
    assert only(store, run(store, ruleset, 0.92, n=20), ruleset)[1].refusal is None


def test_another_formula_is_not_compared(store: Store) -> None:
    """The definition of the run counts, whatever its spelling; the one of the figures is shown beside it."""
    same = rules(f'{PEERS}formula = "SUM(renewed)/sum( due )"'.replace("SUM", "sum"))
    assert only(store, run(store, same, 0.92), same)[1].refusal is None
    other = rules(f'{PEERS}formula = "sum(least(renewed, due)) / sum(due)"')
    found = refusal(store, run(store, other, 0.92), other)
    assert found.kind == "another formula"
    assert found.text.startswith("the references were taken as sum(least(renewed, due)) / sum(due), the own one is ")


def test_without_an_own_figure_nothing_is_compared(store: Store) -> None:
    """No data is not zero."""
    ruleset = rules(PEERS)
    assert refusal(store, run(store, ruleset, None), ruleset) == Refusal("no data", "there is no own figure")


@pytest.mark.parametrize(
    ("facts", "row", "told"),
    [
        (FACTS.replace("renewal_rate", "rate"), {"rate": 0.9}, "have no number 'renewal_rate'"),
        (FACTS.replace('["company", "csm"]', '"csm"'), {"due": 1.0}, "did not compute 'renewal_rate' at company"),
    ],
)
def test_a_run_of_other_rules_says_so(store: Store, facts: str, row: dict[str, object], told: str) -> None:
    """Rules that lack the metric, or did not compute it there, have no figure to compare: run again."""
    bare = facts + '[benchmarks.other]\nmetric = "due"\n' + PEERS
    then = build_ruleset(tomllib.loads(bare), Calendar("UTC"))
    published = run_of_rows(store, then, {"company": [value_row("company", **row)]})
    (found,) = compare(store, published, rules(PEERS))
    assert found.refusal is not None
    assert found.refusal.kind == "not in this run"
    assert told in found.refusal.text
    assert found.refusal.text.endswith("`trigpoint run` does")


def months_before(count: int) -> dt.date:
    return dt.date(2026 - count // 12 - (count % 12 >= 3), (3 - count - 1) % 12 + 1, 1)


def test_the_own_past_is_a_reference(store: Store) -> None:
    """The quantile of the figures of earlier published runs within the history; later and older ones do not count."""
    ruleset = rules(OWN)
    for count, rate in ((30, 0.1), (24, 0.8), (12, 0.9), (6, 1.0), (3, None)):
        run(store, ruleset, rate, months_before(count))
    run(store, ruleset, 5.0, DAY + dt.timedelta(days=30))
    _, figure = only(store, run(store, ruleset, 0.97), ruleset)
    assert figure.references == {"own_median": 0.95}
    assert figure.runs == 2
    assert figure.standing == Standing(above="own_median", side="better")


def test_too_short_a_past_is_refused(store: Store) -> None:
    """Fewer runs than asked for are no reference; so are runs by another definition, which are counted apart."""
    ruleset = rules(OWN.replace("runs = 2", "runs = 3"))
    other = rules(OWN, FACTS.replace("sum(renewed) /", "sum(least(renewed, due)) /"))
    run(store, ruleset, 0.9, months_before(2))
    run(store, other, 0.8, months_before(3))
    found = refusal(store, run(store, ruleset, 0.97), ruleset)
    assert found.kind == "too few runs"
    assert found.text == (
        "only 1 of 3 past runs within 2 years have a figure; 1 with another definition of 'renewal_rate' left out"
    )


def test_words_do_not_make_another_definition(store: Store) -> None:
    """A new title leaves the past what it was, and figures with too small an n are no past."""
    ruleset = rules(f"{OWN}min_n = 10")
    renamed = rules(f"{OWN}min_n = 10", FACTS.replace("Dollar renewal rate", "Renewals").replace("USD", "EUR"))
    run(store, renamed, 0.8, months_before(2))
    run(store, ruleset, 0.9, months_before(3))
    run(store, ruleset, 0.1, months_before(4), n=9)
    assert only(store, run(store, ruleset, 0.97), ruleset)[1].references == {"own_median": 0.85}


def test_each_subject_is_compared_by_itself(store: Store) -> None:
    """One csm may be inside the condition and another outside."""
    ruleset = rules(f'subject = "csm"\n{PEERS}when = "role = \'strategic\'"')
    (found,) = compare(store, run_of_rows(store, ruleset, csms(ruleset, 2)), ruleset)
    assert [(each.key, each.refusal and each.refusal.kind) for each in found.figures] == [
        ("C-01", None),
        ("C-02", "outside"),
    ]


def test_names_choose_and_unknown_ones_are_refused(store: Store) -> None:
    """Without benchmarks, or with a mistyped name, there is nothing to show, and the way out is told."""
    ruleset = rules(PEERS)
    published = run(store, ruleset, 0.92)
    assert len(compare(store, published, ruleset, ["renewals", "renewals"])) == 1
    with pytest.raises(UsageError, match=r"TP371 .* \(did you mean 'renewals'\?\)"):
        compare(store, published, ruleset, ["renewal"])
    with pytest.raises(UsageError, match="TP370"):
        compare(store, published, build_ruleset(tomllib.loads(FACTS), Calendar("UTC")))


def test_a_benchmark_may_know_better(store: Store) -> None:
    """More revenue is better, and in one book it is a load: the benchmark overrides the metric."""
    ruleset = rules(f'{PEERS}better = "lower"')
    found, figure = only(store, run(store, ruleset, 1.2), ruleset)
    assert found.better == "lower"
    assert figure.standing == Standing(above="growing", side="worse")


def test_rules_that_cannot_be_read_any_more_are_another_definition(store: Store) -> None:
    """A run by rules of an older program is left out of the own past, and does not end the command."""
    ruleset = rules(OWN)
    old = evolve(ruleset, fingerprint="e" * 64, settings={"metrics": {"renewal_rate": {"from": "gone"}}})
    run(store, old, 0.9, months_before(2))
    found = refusal(store, run(store, ruleset, 0.97), ruleset)
    assert found.text.endswith("; 1 with another definition of 'renewal_rate' left out")
