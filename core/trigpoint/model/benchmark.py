"""Benchmarks: a reference for a metric, with its basis, its source, its year and where it applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from trigpoint.model.expression import Expression
from trigpoint.model.metric import Better, Text
from trigpoint.model.window import Length

Basis = Literal["own", "peers", "rule of thumb", "legal"]


@frozen
class Benchmark:
    """Named reference values of a metric at a subject. Outside of `when` a comparison is refused.

    `formula` is the definition that the figures were taken with: a metric computed otherwise is not compared. For
    basis "own" the reference is the `quantile` of the store's past figures within `history`, at least `runs` of them.
    """

    name: str
    metric: str
    subject: str
    basis: Basis
    values: Mapping[str, float] = field(factory=dict)
    citation: str | None = None
    year: int | None = None
    when: Expression | None = None
    formula: Expression | None = None
    min_n: float | None = None
    review_after: Length | None = None
    quantile: float | None = None
    history: Length | None = None
    runs: int = 4
    better: Better | None = None  # the metric's without it: a book of more revenue may be a load
    text: Text = Text()
