"""Metrics that plugins offer: what they declare, and what their functions are given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from trigpoint.model.expression import ValueType
from trigpoint.model.function import ANY
from trigpoint.model.metric import Better
from trigpoint.model.query import Query

if TYPE_CHECKING:
    import ibis  # type: ignore[import-untyped]  # an extra
    import pyarrow  # type: ignore[import-untyped]  # an extra

Value = float | int | str | bool | dt.date | dt.datetime | None  # of an input, or of a metric; None is no data
NO_SETTINGS: Mapping[str, object] = {"type": "object", "additionalProperties": False, "properties": {}}


@frozen
class Input:
    """What a metric reads of each row, by the name that its function, or query, knows it by.

    The rule says which column, or expression over a row, it is: `settings = { start = "booked_on" }`. Without that it is
    the expression `default`; an `optional` one without either is no data in every row.
    """

    name: str
    types: frozenset[ValueType] = ANY
    meaning: str = ""
    default: str | None = None
    optional: bool = False


@frozen
class MetricRequest:
    """What a function is asked for: once for each kind of subject and each date, over all of its batches.

    Rows that did not exist on `as_of` are not among the rows given. `window` is the stretch (first day, last day) that the rule
    looks at, both days in; None where it looks at everything. `settings` hold the rule's values, defaults filled in,
    secrets resolved.
    """

    subject: str
    as_of: dt.date
    window: tuple[dt.date, dt.date] | None = None
    settings: Mapping[str, Any] = field(factory=dict)
    timezone: str = "UTC"


@frozen
class MetricRows:
    """Rows of some subjects; all rows of a subject are in one batch, in the order of the table.

    `columns` maps the name of an input to its cells. Numbers are float, whole ones of type integer int, dates `date`,
    timestamps `datetime` in UTC, conditions bool; no data is None. `counts` says how many rows each of `keys` has.
    """

    keys: Sequence[str]
    counts: Sequence[int]
    columns: Mapping[str, Sequence[Any]]

    def subjects(self) -> Iterator[tuple[str, Mapping[str, Sequence[Any]]]]:
        """Each key with the cells of its rows."""
        start = 0
        for key, count in zip(self.keys, self.counts, strict=True):
            yield key, {name: cells[start : start + count] for name, cells in self.columns.items()}
            start += count

    def arrow(self) -> pyarrow.Table:
        """The rows as an Arrow table with a column `key`; needs pyarrow."""
        import pyarrow  # an extra

        keys = [key for key, count in zip(self.keys, self.counts, strict=True) for _ in range(count)]
        return pyarrow.table({"key": keys, **self.columns})


Compute = Callable[[MetricRows, MetricRequest], Iterable[tuple[str, Value]]]


@frozen
class FunctionMetric:
    """A metric computed by a Python function, in a process of its own, batch by batch.

    `compute(rows, request)` gives (key, value) pairs: at most one for each key of the batch, of type `type`; a key that
    is left out, or has None, has no data, and `no_data` says when that is. Rules name it `plugin = "PLUGIN.NAME"`.
    `subjects` are the kinds it is meant for (none: any), `table` is where the rows are from when the rule has no `from`.
    `settings` is the JSON Schema of further settings; one marked `writeOnly` is a secret, and others
    are refused unless `additionalProperties` takes them. `windowed`: a rule must say over which
    window. `pure`: the same rows and
    request give the same values, so that they may be kept.
    """

    name: str
    compute: Compute
    inputs: tuple[Input, ...]
    meaning: str = field(eq=False)
    no_data: str = field(eq=False)
    type: ValueType = "number"
    unit: str | None = None
    better: Better | None = None
    subjects: tuple[str, ...] = ()
    table: str | None = None
    settings: Mapping[str, object] = NO_SETTINGS
    windowed: bool = False
    pure: bool = True


@frozen
class QueryMetric:
    """A metric computed by the warehouse: a query over the rows, step by step, in the language of rules.

    The last step of `query` has one value for each subject. Settings can be named in its expressions like columns.
    Everything else is as in a FunctionMetric.
    """

    name: str
    query: Query
    inputs: tuple[Input, ...]
    meaning: str = field(eq=False)
    no_data: str = field(eq=False)
    type: ValueType = "number"
    unit: str | None = None
    better: Better | None = None
    subjects: tuple[str, ...] = ()
    table: str | None = None
    settings: Mapping[str, object] = NO_SETTINGS
    windowed: bool = False


@frozen
class IbisMetric:
    """A metric computed by the warehouse: an Ibis expression over the rows, printed for the engine.

    `expression(rows, request)` is given an unbound table of `key` and the inputs, and gives a table of `key` and `value` with
    at most one row for each key; only what it is given can be read. It means what Ibis and the engine make of it, not what
    the language of rules says. Needs ibis-framework. Everything else is as in a FunctionMetric.
    """

    name: str
    expression: Callable[[ibis.Table, MetricRequest], ibis.Table]
    inputs: tuple[Input, ...]
    meaning: str = field(eq=False)
    no_data: str = field(eq=False)
    type: ValueType = "number"
    unit: str | None = None
    better: Better | None = None
    subjects: tuple[str, ...] = ()
    table: str | None = None
    settings: Mapping[str, object] = NO_SETTINGS
    windowed: bool = False
    pure: bool = True


MetricOffer = FunctionMetric | QueryMetric | IbisMetric
