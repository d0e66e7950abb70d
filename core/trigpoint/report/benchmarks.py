"""Own figures beside their references, for people, and as JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trigpoint.language import unparse
from trigpoint.model.comparison import Comparison, Figure, Refusal, Standing
from trigpoint.model.explanation import Quantity
from trigpoint.model.subject import COMPANY
from trigpoint.report.lines import Line, line
from trigpoint.report.sheet import CellValue
from trigpoint.report.values import show, show_day, show_value, words
from trigpoint.store.records import Run

FORMAT = 1
MOST_FIGURES = 20  # of one benchmark, in the table
CSV_NAMES = ["benchmark", "metric", "subject", "key", "label", "value", "n", "references", "standing", "side"]
CSV_NAMES += ["refused", "reason", "basis", "citation", "year", "out_of_date", "as_of", "run"]
_SIDES = {"better": "green", "worse": "red", None: ""}


def benchmarks_as_json(run: Run, found: Sequence[Comparison]) -> dict[str, object]:
    """All benchmarks with all figures."""
    head = {"format": FORMAT, "as_of": run.as_of.isoformat(), "run": run.id, "ruleset": run.ruleset}
    return {**head, "benchmarks": [_comparison(each) for each in found]}


def _comparison(found: Comparison) -> dict[str, object]:
    benchmark = found.benchmark
    return {
        "benchmark": benchmark.name,
        "title": benchmark.text.title,
        "metric": benchmark.metric,
        "subject": benchmark.subject,
        "unit": found.metric.text.unit,
        "better": found.better,
        "basis": benchmark.basis,
        "citation": benchmark.citation,
        "year": benchmark.year,
        "review_by": None if found.review_by is None else found.review_by.isoformat(),
        "out_of_date": found.out_of_date,
        "when": None if benchmark.when is None else unparse(benchmark.when.tree),
        "refused": _refused(found.refusal),
        "figures": [_figure(found, each) for each in found.figures],
    }


def _figure(found: Comparison, figure: Figure) -> dict[str, object]:
    return {
        "key": figure.key,
        "label": figure.label,
        "value": figure.value,
        "n": figure.n,
        "newest": figure.newest,
        "references": dict(figure.references),
        "past_runs": figure.runs,
        "standing": None if figure.standing is None else _standing(found, figure, figure.standing),
        "refused": _refused(figure.refusal),
    }


def _standing(found: Comparison, figure: Figure, standing: Standing) -> dict[str, object]:
    fields = {"at": standing.at, "above": standing.above, "below": standing.below, "side": standing.side}
    return {**fields, "text": standing_in_words(found, figure.references, standing)}


def _refused(refusal: Refusal | None) -> dict[str, str] | None:
    return None if refusal is None else {"kind": refusal.kind, "text": _reason(refusal)}


def benchmarks_csv(run: Run, found: Sequence[Comparison]) -> tuple[list[str], Iterator[list[CellValue]]]:
    """Header and a row for each figure; a benchmark without figures has one row that says why."""
    return CSV_NAMES, (row for each in found for row in _csv_rows(run, each))


def _csv_rows(run: Run, found: Comparison) -> Iterator[list[CellValue]]:
    benchmark = found.benchmark
    head: list[CellValue] = [benchmark.name, benchmark.metric, benchmark.subject]
    tail: list[CellValue] = [benchmark.basis, benchmark.citation, benchmark.year, found.out_of_date]
    tail += [run.as_of.isoformat(), run.id]
    if found.refusal is not None:
        references = _plain(benchmark.values)
        yield [*head, None, None, None, None, references, None, None, found.refusal.kind, _reason(found.refusal), *tail]
    for figure in found.figures:
        standing, refusal = figure.standing, figure.refusal
        yield [
            *head,
            figure.key,
            figure.label,
            figure.value,
            figure.n,
            _plain(figure.references),
            standing_in_words(found, figure.references, standing) if standing else None,
            standing.side if standing else None,
            refusal.kind if refusal else None,
            _reason(refusal) if refusal else None,
            *tail,
        ]


def _plain(references: Mapping[str, float]) -> str:
    return "; ".join(f"{name} = {value:.15g}" for name, value in references.items())


def benchmark_lines(found: Sequence[Comparison]) -> Iterator[Line]:
    """For people: a block for each benchmark, with the figures, the references and where these come from."""
    for number, each in enumerate(found):
        if number:
            yield line()
        yield from _block(each)


def _block(found: Comparison) -> Iterator[Line]:
    benchmark = found.benchmark
    title = benchmark.text.title or found.metric.text.title or words(benchmark.metric)
    by = "" if benchmark.subject == COMPANY else f", by {words(benchmark.subject)}"
    yield (f"{title}{by}", "bold"), (f"  {benchmark.name}", "dim")
    if found.refusal is not None:
        yield line(f"  not compared: {_reason(found.refusal)}", "yellow")
    elif not found.figures:
        yield line(f"  there is no {words(benchmark.subject)} in this run", "yellow")
    shown = found.figures[:MOST_FIGURES]
    whos = [_who(found, each) for each in shown]
    owns = [_own(found, each) for each in shown]
    widths = [max(map(len, texts), default=0) for texts in (whos, owns)]
    for who, own, figure in zip(whos, owns, shown, strict=True):
        yield (f"  {who:<{widths[0]}}  {own:>{widths[1]}}  ", ""), _judged(found, figure)
    if more := len(found.figures) - len(shown):
        yield line(f"  and {more:,} more: trigpoint benchmarks {benchmark.name} --format csv", "dim")
    yield line(f"  {'references' if len(benchmark.values) > 1 else 'reference'}: {_references(found)}")
    yield from _source(found)


def _who(found: Comparison, figure: Figure) -> str:
    if found.benchmark.subject == COMPANY:
        return "own figure"
    return figure.key if figure.label in (None, figure.key) else f"{figure.label} ({figure.key})"


def _own(found: Comparison, figure: Figure) -> str:
    text = show_value(figure.value, "number", found.metric.text.unit)
    return text if figure.n is None or figure.value is None else f"{text} (n {figure.n:,})"


def _judged(found: Comparison, figure: Figure) -> tuple[str, str]:
    if figure.standing is not None:
        text = standing_in_words(found, figure.references, figure.standing)
        return text, _SIDES[figure.standing.side]
    return (f"not compared: {_reason(figure.refusal)}" if figure.refusal else ""), "yellow"


def standing_in_words(found: Comparison, references: Mapping[str, float], standing: Standing) -> str:
    """'between struggling 85 % and growing 100 %', 'above limit 50 (worse)'."""

    def told(name: str | None) -> str:
        return "" if name is None else f"{words(name)} {_number(found, references[name])}"

    if standing.at is not None:
        return f"at {told(standing.at)}"
    if standing.above is not None and standing.below is not None:
        return f"between {told(standing.above)} and {told(standing.below)}"
    side = f" ({standing.side})" if standing.side else ""
    return f"above {told(standing.above)}{side}" if standing.above else f"below {told(standing.below)}{side}"


def _references(found: Comparison) -> str:
    benchmark = found.benchmark
    if benchmark.basis == "own":
        which = "the median" if benchmark.quantile == 0.5 else f"quantile {benchmark.quantile:g}"
        return f"{which} of the published runs within {benchmark.history} before"
    return " · ".join(f"{words(name)} {_number(found, value)}" for name, value in benchmark.values.items())


def _source(found: Comparison) -> Iterator[Line]:
    """Basis, citation and year, always; and what is out of date."""
    benchmark = found.benchmark
    cited = [benchmark.citation or "published runs of this project", *([str(benchmark.year)] if benchmark.year else [])]
    told = f"  {'own past' if benchmark.basis == 'own' else benchmark.basis}: {', '.join(cited)}"
    if found.out_of_date and found.review_by is not None:
        yield (told, "dim"), (f"; out of date since {show_day(found.review_by)}", "yellow")
    else:
        yield line(told, "dim")
    if benchmark.text.why:
        yield line(f"  {benchmark.text.why}", "dim")


def _number(found: Comparison, value: float) -> str:
    return show_value(value, "number", found.metric.text.unit)


def _reason(refusal: Refusal) -> str:
    """The reason, with the values that the condition saw."""
    read = ", ".join(f"{name} = {_quoted(each)}" for name, each in refusal.read.items())
    return f"{refusal.text}; here {read}" if read else refusal.text


def _quoted(quantity: Quantity) -> str:
    return f"'{quantity.value}'" if isinstance(quantity.value, str) else show(quantity)
