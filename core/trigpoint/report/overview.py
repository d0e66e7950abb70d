"""Everything that a project judges, at a glance: customers, people, the company, and the references beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trigpoint.explain import explain
from trigpoint.model.comparison import Comparison
from trigpoint.model.ruleset import Ruleset
from trigpoint.model.scorecard import Scorecard
from trigpoint.model.subject import COMPANY
from trigpoint.report.benchmarks import standing_in_words
from trigpoint.report.lines import Line, line
from trigpoint.report.scores import reasons_in_words
from trigpoint.report.sheet import Sheet, SheetColumn, plain_lines
from trigpoint.report.trees import tree_lines
from trigpoint.report.values import points, show_value, words
from trigpoint.store import Run, Store, scores
from trigpoint.store.read import members, publication_of

MOST_REASONS = 2
WIDEST_TITLE = 40


def books_lines(
    store: Store, run: Run, ruleset: Ruleset, names: Sequence[str], width: int | None = None
) -> Iterator[Line]:
    """A table for each scorecard of people or teams; for the company's the tree of its figures, made to fit `width`."""
    for name in names:
        card = ruleset.scorecards[name]
        published = publication_of(members(store, run, name), run.as_of)
        title = card.text.title or words(name)
        yield line()
        yield line(f"{title}{f' · {published}' if published else ''}", "bold")
        if card.subject == COMPANY:
            yield from tree_lines(explain(store, run, name, COMPANY), width)
        else:
            yield from (line(f"  {text}") for text in plain_lines(_people(store, run, card)))


def _people(store: Store, run: Run, card: Scorecard) -> Sheet:
    columns = (SheetColumn(""), SheetColumn("score", "right"), SheetColumn(""), SheetColumn("what costs most"))
    rows = []
    for row in scores(store, run, card.name, order="score"):
        who = row.key if row.label in (None, row.key) else f"{row.label} ({row.key})"
        band = words(row.band or row.outcome)
        rows.append((who, points(row.score), band, reasons_in_words(row, most=MOST_REASONS)))
    return Sheet(columns, tuple(rows))


def comparison_lines(found: Sequence[Comparison]) -> Iterator[Line]:
    """A line for each figure of the company that could be compared, and how old what it is held against is."""
    compared = [each for each in found if each.benchmark.subject == COMPANY and any(f.standing for f in each.figures)]
    rows = []
    for each in compared:
        for figure in each.figures:
            if figure.standing is not None:
                title = each.benchmark.text.title or each.metric.text.title or words(each.benchmark.metric)
                own = show_value(figure.value, "number", each.metric.text.unit)
                rows.append((_cut(title), own, standing_in_words(each, figure.references, figure.standing)))
    if rows:
        columns = (SheetColumn(""), SheetColumn("own", "right"), SheetColumn("beside the references"))
        yield line()
        yield line("The company beside benchmarks", "bold")
        yield from (line(f"  {text}") for text in plain_lines(Sheet(columns, tuple(rows))))
        old = sum(1 for each in compared if each.out_of_date)
        years = sorted({str(each.benchmark.year) for each in compared if each.benchmark.year})
        if old:
            yield line(f"  {old} of these references are out of date: they are of {', '.join(years)}", "dim")
    if refused := sum(1 for each in found for figure in each.figures if figure.refusal):
        yield line(f"  {refused} figures are not compared, each with its reason: trigpoint benchmarks", "dim")


def _cut(title: str) -> str:
    return title if len(title) <= WIDEST_TITLE else f"{title[: WIDEST_TITLE - 1]}…"


def lowest_of(store: Store, run: Run, name: str | None) -> tuple[str, str] | None:
    """The scorecard and the key of who has the lowest score by it; None where nobody has one."""
    if name is None:
        return None
    rows = (row for row in scores(store, run, name, order="score") if row.score is not None)
    return next(((name, row.key) for row in rows), None)
