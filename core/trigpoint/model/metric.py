"""Metrics: one value for each subject as of a date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

from trigpoint.model.bound_query import BoundQuery
from trigpoint.model.expression import Expression, ValueType
from trigpoint.model.window import Window

Better = Literal["higher", "lower", "none"]
Holder = Literal["end", "start", "share of days"]


@frozen
class Text:
    """What people read about a metric, measure or scorecard; no part of its meaning."""

    title: str | None = None
    why: str | None = None
    advice: str | None = None
    unit: str | None = None


@frozen
class TableMetric:
    """A value aggregated over the rows of a table. `empty` is the value when no row passes; None is no data."""

    name: str
    table: str
    value: Expression
    where: Expression | None = None
    window: Window | None = None
    at: str | None = None  # another time column for the window; the table's `time` without it
    empty: float | None = None
    via: Mapping[str, str] = field(factory=dict)
    subjects: tuple[str, ...] = ()  # where it is computed without being asked for
    better: Better | None = None
    text: Text = Text()

    @property
    def type(self) -> ValueType:
        return self.value.type


@frozen
class FormulaMetric:
    """A value computed from other metrics and the subject's own columns."""

    name: str
    value: Expression
    subjects: tuple[str, ...] = ()
    better: Better | None = None
    text: Text = Text()

    @property
    def type(self) -> ValueType:
        return self.value.type


@frozen
class RollupMetric:
    """A value aggregated over the children of one kind: at every ancestor of `over`, or at `subjects`.

    `window` with `at`, a date column or metric of the child, chooses among the children; without `at` it is the stretch
    that `holder` looks at. `holder` says in whose book a child is counted, where its parents are dated.
    """

    name: str
    over: str
    value: Expression
    where: Expression | None = None
    window: Window | None = None
    at: Expression | None = None
    holder: Holder = "end"
    via: Mapping[str, str] = field(factory=dict)
    subjects: tuple[str, ...] = ()
    better: Better | None = None
    text: Text = Text()

    @property
    def type(self) -> ValueType:
        return self.value.type


@frozen
class PluginMetric:
    """A value that a plugin computes from rows of a table, by a function in Python or by a query in the warehouse.

    `plugin` is "PLUGIN.NAME" and `version` that of the plugin: another version may compute otherwise. `inputs` is what it
    reads of each row. `steps` are those of a query, bound; None for a function. `printed`:
    its function answers with SQL for the rows, not with values. `failed` says why the plugin is not there:
    the metric is an error then, and its `type` one that fits the rules around it.
    """

    name: str
    plugin: str
    version: str
    type: ValueType
    table: str | None
    inputs: Mapping[str, Expression] = field(factory=dict)
    settings: Mapping[str, object] = field(factory=dict)
    steps: BoundQuery | None = None
    printed: bool = False
    where: Expression | None = None
    window: Window | None = None
    at: str | None = None
    via: Mapping[str, str] = field(factory=dict)
    pure: bool = field(default=True, eq=False)
    no_data: str = field(default="", eq=False)  # when it is no data, in the plugin's words
    failed: str | None = None
    subjects: tuple[str, ...] = ()
    better: Better | None = None
    text: Text = Text()


Computed = TableMetric | FormulaMetric | RollupMetric  # by an expression of the rules, its `value`
Metric = Computed | PluginMetric


def expressions(metric: Metric) -> tuple[Expression, ...]:
    """All expressions that a metric is made of."""
    if isinstance(metric, FormulaMetric):
        return (metric.value,)
    if isinstance(metric, PluginMetric):
        steps = metric.steps.expressions if metric.steps else ()
        return tuple(each for each in (*metric.inputs.values(), metric.where, *steps) if each is not None)
    at = metric.at if isinstance(metric, RollupMetric) else None
    return tuple(each for each in (metric.value, metric.where, at) if each is not None)
