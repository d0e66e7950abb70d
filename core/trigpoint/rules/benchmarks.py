"""Benchmarks of the rules: references with their source, held against the metrics they are for."""

from __future__ import annotations

from typing import cast

from attrs import evolve

from trigpoint.language import Scope
from trigpoint.model.benchmark import Benchmark
from trigpoint.model.expression import NUMERIC, Expression
from trigpoint.model.metric import Better, FormulaMetric, Metric, PluginMetric, RollupMetric, TableMetric
from trigpoint.model.subject import COMPANY
from trigpoint.rules.draft import Draft, going_on
from trigpoint.rules.measures import counted
from trigpoint.rules.reaching import reached, refuse_unreached
from trigpoint.rules.reader import Reader, Unusable
from trigpoint.rules.scopes import AtSubject, row_scope, subject_scope

OWN_KEYS = ("quantile", "history", "runs")  # say which figures of the own past count
OTHERS_KEYS = ("values", "citation", "year", "review_after")  # say what others published, where and when
_CITE = 'write citation = "the report or law", and year = the year the figures are of'
_OWN = 'write quantile = 0.5 and history = "2 years"'


def read_benchmarks(draft: Draft) -> None:
    """Every benchmark. They judge nothing: no score depends on them."""
    for name, reader in draft.readers("benchmarks"):
        with draft.making("benchmark", name):
            draft.benchmarks[name] = _benchmark(name, reader, draft)


def _benchmark(name: str, reader: Reader, draft: Draft) -> Benchmark:
    found, when, formula, least = None, None, None, None
    with going_on():
        found = _references(reader, _compared(name, reader, draft))
    metric, subject = _metric(reader, draft), _subject(reader, draft)
    if subject not in reached(draft, metric):
        refuse_unreached(draft, reader, metric, subject, reader.place("subject"))
    with going_on():
        when = AtSubject.of(draft, subject).read(reader, "when", "boolean")
    with going_on():
        formula = _formula(reader, draft, metric, subject)
    with going_on():
        least = _min_n(reader, draft, metric)
    if found is None:
        raise Unusable
    default: Better | None = None
    better = reader.word("better", default)
    return evolve(found, when=when, formula=formula, min_n=least, better=better, text=reader.words())


def _compared(name: str, reader: Reader, draft: Draft) -> Benchmark:
    """The benchmark without its references: what is compared, and on what basis."""
    basis = reader.need("basis", 'write "own", "peers", "rule of thumb" or "legal"')
    metric = cast(str, reader.need("metric", "name the metric that is compared").value)
    return Benchmark(name, metric, _subject(reader, draft), cast("str", basis.value))  # type: ignore[arg-type]  # the schema knows the words


def _subject(reader: Reader, draft: Draft) -> str:
    name = reader.name("subject", draft.declared("subjects"), "subject") or COMPANY
    if name not in draft.subjects:
        raise Unusable
    return name


def _metric(reader: Reader, draft: Draft) -> Metric:
    name = cast(str, reader.name("metric", draft.declared("metrics"), "metric"))
    if name not in draft.metrics:
        raise Unusable
    metric = draft.metrics[name]
    if metric.type not in NUMERIC:
        text = f"'{name}' is {metric.type}: a benchmark compares numbers"
        reader.refuse("TP176", text, reader.place("metric"), "name a metric that is a number")
    return metric


def _references(reader: Reader, found: Benchmark) -> Benchmark:
    """The references: named values with their source, or which figures of the own past count."""
    own = found.basis == "own"
    for key in OTHERS_KEYS if own else OWN_KEYS:
        if reader.has(key):
            text = f"'{key}' has no meaning with basis = \"{found.basis}\""
            hint = "the reference is taken from published runs" if own else 'it belongs to basis = "own"'
            reader.refuse("TP175", text, reader.setting.table[key].key, hint)
    return _own_past(reader, found) if own else _published(reader, found)


def _own_past(reader: Reader, found: Benchmark) -> Benchmark:
    for key in ("quantile", "history"):
        if not reader.has(key):
            text = f"{reader.what} does not say which figures of the own past count: '{key}' is missing"
            reader.refuse("TP175", text, reader.setting.key, _OWN)
    history = reader.length("history")
    return evolve(found, quantile=reader.number("quantile", 0.5), history=history, runs=int(reader.number("runs", 4)))


def _published(reader: Reader, found: Benchmark) -> Benchmark:
    for key in ("citation", "year"):
        if not reader.has(key):
            text = f"{reader.what} does not say where its figures come from: '{key}' is missing"
            reader.refuse("TP174", text, reader.setting.key, _CITE)
    if not reader.has("values"):
        text = f'{reader.what} has no values, which basis = "{found.basis}" needs'
        reader.refuse("TP175", text, reader.setting.key, "write values = { median = 0.9 }")
    citation, year = reader.text("citation"), int(reader.number("year", 0))
    return evolve(
        found, values=_values(reader), citation=citation, year=year, review_after=reader.length("review_after")
    )


def _values(reader: Reader) -> dict[str, float]:
    """The named numbers, from the least to the greatest: their order in the file means nothing."""
    values: dict[str, float] = {}
    for name, setting in reader.entries("values"):
        value = reader.finite(setting, name)
        if twin := next((other for other, known in values.items() if known == value), None):
            text = f"'{twin}' and '{name}' are the same number: nothing can stand between them"
            reader.refuse("TP176", text, setting.place, "leave one of them out")
        values[name] = value
    return dict(sorted(values.items(), key=lambda each: each[1]))


def _min_n(reader: Reader, draft: Draft, metric: Metric) -> float | None:
    if not reader.has("min_n"):
        return None
    if isinstance(metric, FormulaMetric) and not counted(metric.value, draft):
        text = f"'{metric.name}' has no n: it comes from columns of the subject alone"
        reader.refuse("TP151", text, reader.setting.table["min_n"].key, "leave min_n out")
    return reader.number("min_n", 1)


def _formula(reader: Reader, draft: Draft, metric: Metric, subject: str) -> Expression | None:
    """The definition the figures were taken with, bound where the metric's own value is."""
    found = reader.get("formula")
    if found is None:
        return None
    if isinstance(metric, PluginMetric):
        text = f"'{metric.name}' is computed by a plugin: no formula can be compared with it"
        reader.refuse("TP173", text, found.place, "leave it out")
    formula = reader.bound(found, _scope(draft, metric, subject))
    if formula.tree != metric.value.tree:
        text = f"'{metric.name}' is computed otherwise: every comparison will be refused"
        hint = f"its value is {' '.join(metric.value.text.split())}"
        reader.problems.add("TP177", text, found.place, hint, "warning")
    return formula


def _scope(draft: Draft, metric: Metric, subject: str) -> Scope:
    """What names mean in the value of a metric."""
    if isinstance(metric, TableMetric):
        return row_scope(draft, draft.tables[metric.table], metric.via, aggregates=True)
    if isinstance(metric, RollupMetric):
        return subject_scope(draft, metric.over, aggregates=True)
    return subject_scope(draft, subject)
