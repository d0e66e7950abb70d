"""Metric values as the contracts of the command line say: JSON, CSV, table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import field, frozen

from trigpoint.model.explanation import Quantity
from trigpoint.model.metric import Metric
from trigpoint.report.sheet import CellValue, Sheet, SheetColumn
from trigpoint.report.values import show
from trigpoint.store.records import Run, Scalar, ValueRow

FORMAT = 1


@frozen
class MetricSheet:
    """What is printed: the metrics that were computed for a kind of subject, in a run."""

    subject: str
    run: Run
    metrics: Mapping[str, Metric]
    rows: Iterable[ValueRow]
    failed: Mapping[str, str] = field(
        factory=dict
    )  # metrics of plugins that have no value because of a failure, and which


def metrics_head(sheet: MetricSheet) -> dict[str, object]:
    """The JSON object without its rows."""
    as_of = sheet.run.as_of.isoformat()
    return {
        "format": FORMAT,
        "subject": sheet.subject,
        "as_of": as_of,
        "run": sheet.run.id,
        "ruleset": sheet.run.ruleset,
        "failed": dict(sheet.failed),
    }


def metrics_rows(sheet: MetricSheet) -> Iterator[dict[str, object]]:
    """One JSON object per subject; null is no data."""
    for row in sheet.rows:
        yield {"key": row.key, "label": row.label, "values": dict(_values(sheet, row))}


def metrics_csv(sheet: MetricSheet) -> tuple[list[str], Iterator[list[CellValue]]]:
    """Header and rows, one column per metric."""
    as_of, run = sheet.run.as_of.isoformat(), sheet.run.id
    names = ["key", "label", *sheet.metrics, "as_of", "run"]
    return names, ([row.key, row.label, *(value for _, value in _values(sheet, row)), as_of, run] for row in sheet.rows)


def metrics_table(sheet: MetricSheet) -> Sheet:
    """For people, all subjects: a row each."""
    columns = (SheetColumn(sheet.subject), SheetColumn("name"), *(SheetColumn(name, "right") for name in sheet.metrics))
    rows = (
        (row.key, row.label, *(_shown(sheet, name, value) for name, value in _values(sheet, row))) for row in sheet.rows
    )
    return Sheet(columns, tuple(rows))


def metrics_of_one(sheet: MetricSheet) -> Sheet:
    """For people, one subject: a row for each metric, with what it rests on."""
    columns = (
        SheetColumn("metric"),
        SheetColumn("value", "right"),
        SheetColumn("rows", "right"),
        SheetColumn("newest fact"),
        SheetColumn("what it is"),
    )
    rows = []
    for row in sheet.rows:
        for name, value in _values(sheet, row):
            title = sheet.metrics[name].text.title
            rows.append((name, _shown(sheet, name, value), row.n(name), row.newest(name), title))
    return Sheet(columns, tuple(rows))


def typed(value: Scalar, kind: str) -> CellValue:
    """A stored cell as the value it stands for."""
    if value is None or isinstance(value, str):
        return value
    if kind == "boolean":
        return bool(value)
    return int(value) if kind == "integer" else float(value)


def _values(sheet: MetricSheet, row: ValueRow) -> Iterator[tuple[str, CellValue]]:
    return ((name, typed(row.columns.get(name), metric.type)) for name, metric in sheet.metrics.items())


def _shown(sheet: MetricSheet, name: str, value: CellValue) -> str:
    metric = sheet.metrics[name]
    return show(Quantity(value, metric.type, metric.text.unit))
