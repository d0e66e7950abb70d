"""Own figures of a run beside the references of the rules: where each stands, or why it is not compared."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, field, frozen

from trigpoint.compile.occurrences import applies_column, score_column, value_column
from trigpoint.compile.rounding import round9
from trigpoint.compile.statement import own_column
from trigpoint.errors import RulesError, UsageError
from trigpoint.language import unparse
from trigpoint.model.benchmark import Benchmark
from trigpoint.model.comparison import Comparison, Figure, Refusal, Side, Standing
from trigpoint.model.explanation import Quantity
from trigpoint.model.expression import NUMERIC, Column, Expression, MetricValue, ScoreValue, walk
from trigpoint.model.metric import Metric, PluginMetric
from trigpoint.model.ruleset import Ruleset
from trigpoint.rules import build_ruleset
from trigpoint.rules.definition import definition_of
from trigpoint.rules.wording import did_you_mean
from trigpoint.store import Run, Store, dates, ruleset_of, run_of, value_columns, values
from trigpoint.store.records import ValueRow


def compare(store: Store, run: Run, ruleset: Ruleset, names: Sequence[str] = ()) -> tuple[Comparison, ...]:
    """The benchmarks of `ruleset` (all, without names) against the figures of a run, made by whichever rules.

    Raises UsageError if there are no benchmarks, or none of a name.
    """
    known = ruleset.benchmarks
    if not known:
        hint = 'write [benchmarks.NAME] in a rule file, or add "trigpoint:benchmarks-2016" to `rules`'
        raise UsageError.of("TP370", "the rules have no benchmarks", hint=hint)
    for name in names:
        if name not in known:
            raise UsageError.of("TP371", f"there is no benchmark '{name}'", hint=did_you_mean(name, known))
    rules = _Rules(store, ruleset)
    chosen = [known[name] for name in dict.fromkeys(names)] or list(known.values())
    return tuple(_Compared(store, run, each, ruleset, rules).comparison() for each in chosen)


@frozen
class _Rules:
    """The rules of past runs, each made whole once."""

    store: Store
    present: Ruleset
    _built: dict[str, Ruleset] = field(factory=dict)

    def of(self, run: Run) -> Ruleset:
        """The rules that a run was made by."""
        if run.ruleset == self.present.fingerprint:
            return self.present
        if run.ruleset not in self._built:
            kept = ruleset_of(self.store, run)
            self._built[run.ruleset] = build_ruleset(kept.settings, kept.calendar, kept.origins)
        return self._built[run.ruleset]

    def definition(self, run: Run, metric: str) -> Mapping[str, object] | None:
        """How a run computed a metric; None where its rules are no rules any more for this version of the program."""
        try:
            return definition_of(self.of(run), metric)
        except RulesError:
            return None


@frozen
class _Compared:
    """One benchmark and the run whose figures are held against it."""

    store: Store
    run: Run
    benchmark: Benchmark
    ruleset: Ruleset
    rules: _Rules

    def comparison(self) -> Comparison:
        then = self.rules.of(self.run).metrics.get(self.benchmark.metric)
        review_by = _review_by(self.benchmark)
        found = Comparison(self.benchmark, then or self.ruleset.metrics[self.benchmark.metric], review_by=review_by)
        found = evolve(found, out_of_date=review_by is not None and review_by < self.run.as_of)
        refusal = self._not_in_run(then)
        if refusal is not None:
            return evolve(found, refusal=refusal)
        past = self._past() if self.benchmark.basis == "own" else _Past()
        rows = values(self.store, self.run, self.benchmark.subject)
        return evolve(found, figures=tuple(self._figure(row, found.metric, past) for row in rows))

    def _not_in_run(self, metric: Metric | None) -> Refusal | None:
        """Why the run cannot answer: it was made by other rules."""
        benchmark, as_of = self.benchmark, self.run.as_of
        if metric is None or metric.type not in NUMERIC:
            text = f"the rules of the run as of {as_of} have no number '{benchmark.metric}'"
        else:
            computed = _computed(self.store, self.run, benchmark.subject)
            if benchmark.metric not in computed:
                text = f"the run as of {as_of} did not compute '{benchmark.metric}' at {benchmark.subject}"
            elif benchmark.when is not None and applies_column(benchmark) not in computed:
                text = f"the run as of {as_of} did not judge where the benchmark applies, or judged another condition"
            else:
                return None
        return Refusal("not in this run", f"{text}: `trigpoint run` does")

    def _figure(self, row: ValueRow, metric: Metric, past: _Past) -> Figure:
        references, runs = self.benchmark.values, None
        if self.benchmark.basis == "own":
            history = past.figures.get(row.key, ())
            references, runs = _own_reference(self.benchmark, history), len(history)
        cell, n, newest = row.columns.get(metric.name), row.n(metric.name), row.newest(metric.name)
        value = None if cell is None or isinstance(cell, str) else round9(float(cell))
        found = Figure(row.key, row.label, value, n, newest, references, runs)
        refusal = self._refusal(found, row, metric, past)
        if refusal is not None or value is None:
            return evolve(found, refusal=refusal)
        return evolve(found, standing=standing(value, references, self.benchmark.better or metric.better))

    def _refusal(self, figure: Figure, row: ValueRow, metric: Metric, past: _Past) -> Refusal | None:
        """The first reason not to compare: apples with oranges before a figure that is too weak."""
        return self._oranges(row, metric) or self._weak(figure, past)

    def _oranges(self, row: ValueRow, metric: Metric) -> Refusal | None:
        """Whether the figures are of something else, or of others than this subject."""
        formula, when = self.benchmark.formula, self.benchmark.when
        if formula is not None and not isinstance(metric, PluginMetric) and formula.tree != metric.value.tree:
            text = f"the references were taken as {unparse(formula.tree)}, the own one is {unparse(metric.value.tree)}"
            return Refusal("another formula", text)
        if when is None or (applies := row.columns[applies_column(self.benchmark)]):
            return None
        shown, read = unparse(when.tree), _values_read(row, self.rules.of(self.run), when)
        if applies is None:
            return Refusal("condition without data", f"nobody knows whether {shown}", read)
        return Refusal("outside", f"it applies only where {shown}", read)

    def _weak(self, figure: Figure, past: _Past) -> Refusal | None:
        benchmark = self.benchmark
        if figure.value is None:
            return Refusal("no data", "there is no own figure")
        if benchmark.min_n is not None and (figure.n or 0) < benchmark.min_n:
            return Refusal("too few", f"n is {figure.n or 0} of the {benchmark.min_n:g} that are needed")
        if figure.runs is not None and figure.runs < benchmark.runs:
            return Refusal("too few runs", _too_few_runs(figure.runs, benchmark, past.others))
        return None

    def _past(self) -> _Past:
        """The figures of earlier published runs, by subject, and how many runs had another definition."""
        name, as_of = self.benchmark.metric, self.run.as_of
        since = self.benchmark.history.after(as_of, -1) if self.benchmark.history else dt.date.min
        earlier = [run_of(self.store, day) for day in dates(self.store) if since < day < as_of]
        wanted = self.rules.definition(self.run, name)
        alike = {run.ruleset: self.rules.definition(run, name) == wanted for run in _one_of_each_ruleset(earlier)}
        figures: dict[str, list[float]] = {}
        for run in (run for run in earlier if alike[run.ruleset]):
            for key, value in self._figures_of(run):
                figures.setdefault(key, []).append(value)
        return _Past(figures, others=sum(not alike[run.ruleset] for run in earlier))

    def _figures_of(self, run: Run) -> Iterator[tuple[str, float]]:
        name, least = self.benchmark.metric, self.benchmark.min_n or 0
        if name in _computed(self.store, run, self.benchmark.subject):
            for row in values(self.store, run, self.benchmark.subject):
                cell = row.columns[name]
                if cell is not None and not isinstance(cell, str) and (row.n(name) or 0) >= least:
                    yield row.key, round9(float(cell))


@frozen
class _Past:
    """The figures of earlier runs by subject, and how many runs were left out for another definition."""

    figures: Mapping[str, Sequence[float]] = field(factory=dict)
    others: int = 0


def standing(value: float, references: Mapping[str, float], better: str | None) -> Standing:
    """Where a value stands among references that ascend; compared after the one rounding."""
    at = next((name for name, each in references.items() if round9(each) == value), None)
    if at is not None:
        return Standing(at=at)
    above = [name for name, each in references.items() if each < value]
    below = [name for name, each in references.items() if each > value]
    if above and below:
        return Standing(above=above[-1], below=below[0])
    side: Side | None = None
    if better in ("higher", "lower"):
        side = "better" if bool(above) == (better == "higher") else "worse"
    return Standing(above=above[-1], side=side) if above else Standing(below=below[0], side=side)


def _review_by(benchmark: Benchmark) -> dt.date | None:
    """The last day on which figures of a year are not out of date: `review_after` from the end of that year."""
    if benchmark.year is None or benchmark.review_after is None:
        return None
    return benchmark.review_after.after(dt.date(benchmark.year, 12, 31))


def _one_of_each_ruleset(runs: Sequence[Run]) -> Iterable[Run]:
    return {run.ruleset: run for run in runs}.values()


def _computed(store: Store, run: Run, subject: str) -> tuple[str, ...]:
    """The value columns of a subject in a run; none where it has no value rows."""
    try:
        return value_columns(store, run, subject)
    except UsageError:
        return ()


def _own_reference(benchmark: Benchmark, figures: Sequence[float]) -> dict[str, float]:
    """The quantile of the own past, as far as there is one."""
    if not figures or benchmark.quantile is None:
        return {}
    name = "own_median" if benchmark.quantile == 0.5 else f"own_quantile_{benchmark.quantile:g}"
    return {name: round9(quantile(figures, benchmark.quantile))}


def quantile(figures: Sequence[float], share: float) -> float:
    """The figure below which `share` of them lie, straight between two of them."""
    ordered = sorted(figures)
    if share == 0.5:
        return statistics.median(ordered)
    place = share * (len(ordered) - 1)
    lower = min(int(place), len(ordered) - 1)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (place - lower)


def _too_few_runs(found: int, benchmark: Benchmark, others: int) -> str:
    text = f"only {found} of {benchmark.runs} past runs within {benchmark.history} have a figure"
    return f"{text}; {others} with another definition of '{benchmark.metric}' left out" if others else text


def _values_read(row: ValueRow, ruleset: Ruleset, condition: Expression) -> dict[str, Quantity]:
    """What a condition looks at, as far as the run kept it."""
    found: dict[str, Quantity] = {}
    for node in walk(condition.tree):
        column, unit = "", None
        match node:
            case MetricValue(metric, shift):
                column = value_column(metric, shift)
                unit = ruleset.metrics[metric].text.unit if metric in ruleset.metrics else None
            case Column(name, None):
                column = own_column(name)
            case ScoreValue():
                column = score_column(node)
        if column in row.columns:
            cell, kind = row.columns[column], node.type or "text"
            value = bool(cell) if kind == "boolean" and cell is not None else cell
            found[unparse(node)] = Quantity(value, kind, unit)
    return found
