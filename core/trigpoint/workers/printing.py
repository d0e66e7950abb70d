"""Ibis expressions of a plugin, printed as SQL: in the process of the plugin. What comes back is a text like other values."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve

from trigpoint.compile.statement import GIVEN, Feed
from trigpoint.model.expression import NUMERIC, Expression, Literal, ValueType
from trigpoint.model.offer import FunctionMetric, IbisMetric, MetricRequest, MetricRows
from trigpoint.model.run import Finding
from trigpoint.workers.values import UnfitError, sound

if TYPE_CHECKING:
    from trigpoint.workers.conversation import Row
    from trigpoint.workers.pool import Computed, Workers

# Whole numbers of the facts are kept as doubles, like all numbers.
_GIVEN: Mapping[str, str] = {
    "text": "string",
    "integer": "float64",
    "number": "float64",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
_FITS: Mapping[ValueType, str] = {
    "text": "is_string",
    "integer": "is_integer",
    "number": "is_numeric",
    "boolean": "is_boolean",
    "date": "is_date",
    "timestamp": "is_timestamp",
}


def printed(workers: Workers, feed: Feed) -> str:
    """The SQL that the plugin of a feed prints. Raises PluginFailedError.

    Its process is asked like for any metric, about one subject that is none: the cell of each input is its type.
    """
    types = {name: each.type for name, each in feed.metric.inputs.items()}
    kinds = {name: Expression("", Literal("", type="text"), "text") for name in types}
    asked = evolve(feed, metric=evolve(feed.metric, type="text", inputs=kinds))
    question = ("sql", 1, None, *([kind] for kind in types.values()))
    return str(workers.values(asked, iter([question])).rows[0][1] or "")


def checked(feed: Feed, found: Sequence[tuple[Any, ...]]) -> Computed:
    """The rows (key, value, n, newest) that the SQL gave, looked over like those of a function. Raises UnfitError."""
    from trigpoint.workers.pool import Computed  # the process of a plugin imports this file too

    kind, unusable = feed.metric.type, 0
    rows: dict[str, Row] = {}
    for key, value, n, newest in found:
        if key in rows:
            raise UnfitError(f"gives '{key}' twice")
        cell = value
        if kind in NUMERIC and isinstance(value, int | float):
            cell = float(value) if math.isfinite(value) else None
            unusable += cell is None
        if not sound(cell, kind):
            raise UnfitError(f"gives {value!r} for '{key}', and the metric is of type {kind}")
        rows[key] = (key, cell, n, newest)
    told = f"{unusable:,} values of {feed.metric.plugin} are infinite, and count as no data"
    findings = (Finding("plugin values", feed.metric.name, told, unusable),) if unusable else ()
    return Computed(list(rows.values()), findings)


def printing(metric: IbisMetric) -> FunctionMetric:
    """A function that answers with the SQL of an expression."""

    def compute(rows: MetricRows, request: MetricRequest) -> Iterator[tuple[str, str]]:
        types = {name: cells[0] for name, cells in rows.columns.items() if cells[0] is not None}
        yield rows.keys[0], sql_of(metric, types, request)

    return FunctionMetric(metric.name, compute, metric.inputs, metric.meaning, metric.no_data, "text")


def sql_of(metric: IbisMetric, types: Mapping[str, ValueType], request: MetricRequest) -> str:
    """The SQL of an expression over rows with inputs of these types. Raises UnfitError."""
    try:
        import ibis  # type: ignore[import-untyped]  # an extra
    except ImportError as error:
        raise ImportError("it needs Ibis: pip install 'trigpoint[ibis]'") from error
    given = ibis.table({"key": "string", **{name: _GIVEN[kind] for name, kind in types.items()}}, name=GIVEN)
    found: Any = metric.expression(given, request)
    if not isinstance(found, ibis.Table):
        raise UnfitError(f"gave a {type(found).__name__}, and a table of key and value is wanted")
    if set(found.columns) != {"key", "value"}:
        raise UnfitError(f"gave the columns {', '.join(found.columns)}, and key and value are wanted")
    kind = found.schema()["value"]
    if not getattr(kind, _FITS[metric.type])():
        raise UnfitError(f"gave values of the type {kind}, and the metric is of type {metric.type}")
    return str(ibis.to_sql(found, dialect="sqlite"))
