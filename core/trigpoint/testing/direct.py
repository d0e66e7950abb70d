"""A metric's function, called in this process, on the rows that the warehouse gives for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from trigpoint.compile.statement import Feed
from trigpoint.model.expression import ValueType
from trigpoint.model.offer import FunctionMetric, MetricRequest, MetricRows
from trigpoint.secrets import Secrets
from trigpoint.workers import Computed
from trigpoint.workers.answer import Answer, taken
from trigpoint.workers.batches import batches
from trigpoint.workers.wire import Packed, unpack

Values = dict[str, Any]


@frozen
class Given:
    """What a function was given once. `packed` is how it travels to another process."""

    rows: MetricRows
    request: MetricRequest
    packed: Packed


class Direct:
    """Stands in for the worker processes, and remembers what the function was `given`. Errors of the function go through.

    One that is not to `call` the function answers that there is no data.
    """

    def __init__(self, metric: FunctionMetric, *, call: bool = True, timezone: str = "UTC") -> None:
        self.metric = metric
        self.call = call
        self.given: list[Given] = []
        self._timezone = timezone

    def values(self, feed: Feed, rows: Iterator[tuple[Any, ...]]) -> Computed:
        """As the workers answer."""
        inputs: dict[str, ValueType] = {name: each.type for name, each in feed.metric.inputs.items()}
        settings = self._settings(feed.metric.settings)
        request = MetricRequest(feed.subject, feed.as_of, feed.window, settings, self._timezone)
        found: list[tuple[str, Any, int, Any]] = []
        for batch in batches(iter(rows), inputs):
            given = Given(whole(self.metric, unpack(batch.packed)), request, batch.packed)
            self.given.append(given)
            cells = answered(self.metric, given.rows, request).cells if self.call else [None] * len(batch.keys)
            found += zip(batch.keys, cells, batch.counts, batch.newest, strict=True)
        return Computed(found)

    def _settings(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """With the values of those that are secret, as the workers give them. Raises InputError if one is missing."""
        declared: Any = self.metric.settings.get("properties", {})
        secret = {key: each for key, each in settings.items() if declared.get(key, {}).get("writeOnly")}
        return {**settings, **Secrets().resolve(secret, Path.cwd(), f"metric '{self.metric.name}'")}


def answered(metric: FunctionMetric, rows: MetricRows, request: MetricRequest) -> Answer:
    """What the function answers, checked. Raises UnfitError, and whatever it raises."""
    return taken(metric.compute(rows, request), rows, metric.type)


def values_of(metric: FunctionMetric, rows: MetricRows, request: MetricRequest) -> Values:
    """The values by key; who has no data is not there."""
    cells = answered(metric, rows, request).cells
    return {key: cell for key, cell in zip(rows.keys, cells, strict=True) if cell is not None}


def whole(metric: FunctionMetric, rows: MetricRows) -> MetricRows:
    """With the inputs that the rule left out: they are no data in every row."""
    missing = [each.name for each in metric.inputs if each.name not in rows.columns]
    return evolve(rows, columns={**rows.columns, **{name: [None] * sum(rows.counts) for name in missing}})


def part_of(rows: MetricRows, keys: set[str]) -> MetricRows:
    """The rows of some subjects alone."""
    chosen = [(key, columns) for key, columns in rows.subjects() if key in keys]
    counts = [count for key, count in zip(rows.keys, rows.counts, strict=True) if key in keys]
    columns = {name: [cell for _, each in chosen for cell in each[name]] for name in rows.columns}
    return MetricRows([key for key, _ in chosen], counts, columns)
