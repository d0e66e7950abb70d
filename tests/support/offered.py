"""What a function of a plugin is given, and what it answers, without the machinery in between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import jsonschema

from trigpoint import FunctionMetric, MetricRequest, MetricRows


def ask(
    metric: FunctionMetric,
    subjects: Mapping[str, Sequence[tuple]],
    as_of: dt.date,
    window: tuple[dt.date, dt.date] | None = None,
    timezone: str = "UTC",
    **settings: object,
) -> dict[str, object]:
    """The values by key; `subjects` has the rows of each, with a cell for each input. Settings are checked and filled in."""
    jsonschema.validate(settings, metric.settings)
    properties: Mapping[str, Mapping] = metric.settings["properties"]
    defaults = {name: each["default"] for name, each in properties.items() if "default" in each}
    rows = [row for each in subjects.values() for row in each]
    columns = {each.name: [row[place] for row in rows] for place, each in enumerate(metric.inputs)}
    batch = MetricRows(list(subjects), [len(each) for each in subjects.values()], columns)
    answers = list(metric.compute(batch, MetricRequest("account", as_of, window, defaults | settings, timezone)))
    assert len({key for key, _ in answers}) == len(answers)
    return {key: value for key, value in answers if value is not None}
