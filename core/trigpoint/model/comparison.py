"""Comparisons: own figures beside the references of a benchmark, where each stands, or why it is not compared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from trigpoint.model.benchmark import Benchmark
from trigpoint.model.explanation import Quantity
from trigpoint.model.metric import Better, Metric

Side = Literal["better", "worse"]
RefusalKind = Literal[
    "not in this run", "another formula", "no data", "outside", "condition without data", "too few", "too few runs"
]


@frozen
class Refusal:
    """Why a figure is not compared; `read` are the values that the condition saw."""

    kind: RefusalKind
    text: str
    read: Mapping[str, Quantity] = field(factory=dict)


@frozen
class Standing:
    """Between which references a figure stands, or at which; `side` where all of them are on one side of it."""

    at: str | None = None
    above: str | None = None
    below: str | None = None
    side: Side | None = None


@frozen
class Figure:
    """The own figure of one subject. Either it stands somewhere, or it is refused.

    `references` are from the least to the greatest; `runs` is from how many past runs the own past was taken.
    """

    key: str
    label: str | None
    value: float | None
    n: int | None
    newest: str | None
    references: Mapping[str, float]
    runs: int | None = None
    standing: Standing | None = None
    refusal: Refusal | None = None


@frozen
class Comparison:
    """A benchmark and the figures held against it; none where the run did not compute them (`refusal`).

    `review_by` is the last day on which the references are not out of date.
    """

    benchmark: Benchmark
    metric: Metric
    figures: tuple[Figure, ...] = ()
    refusal: Refusal | None = None
    review_by: dt.date | None = None
    out_of_date: bool = False

    @property
    def better(self) -> Better | None:
        """Which way is better: as the benchmark says, else as the metric does."""
        return self.benchmark.better or self.metric.better
