"""The two metrics: one by a function, in a process of its own, one by a query, in the warehouse."""

from __future__ import annotations

from collections.abc import Iterator
from math import fsum

from trigpoint import NUMERIC, TEXTS, FunctionMetric, Input, MetricRequest, MetricRows, QueryMetric, rows


def mood(rows: MetricRows, request: MetricRequest) -> Iterator[tuple[str, float]]:
    """The mean of the stars, a newer note counting more: one that is `half_life` days older counts half."""
    half_life = float(request.settings["half_life"])
    for key, columns in rows.subjects():
        weights: list[float] = []
        weighted: list[float] = []
        for stars, day in zip(columns["stars"], columns["day"], strict=True):
            if stars is not None and day is not None:
                weight = 0.5 ** ((request.as_of - day).days / half_life)
                weights.append(weight)
                weighted.append(weight * stars)
        if weights:
            yield key, fsum(weighted) / fsum(weights)


MOOD = FunctionMetric(
    "mood",
    mood,
    (
        Input("stars", NUMERIC, "How many stars a note gives. A note without them is left out."),
        Input("day", frozenset({"date"}), "The day of the note. A note without it is left out."),
    ),
    meaning="The mean of the stars, where a note that is `half_life` days older than another counts half of it.",
    no_data="There is no note with stars.",
    unit="stars",
    better="higher",
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "half_life": {"type": "number", "exclusiveMinimum": 0, "default": 30, "description": "in days"},
        },
    },
)

BUSIEST_DAY = QueryMetric(
    "busiest_day",
    rows().group_by("part", total="sum(amount)").where("total > 0").value("max(total) / sum(total)"),
    (
        Input("part", TEXTS | frozenset({"date"}), "What is compared, such as the day."),
        Input("amount", NUMERIC, "What is added up for each of them."),
    ),
    meaning="The share of the largest part in the whole, from 0 to 1.",
    no_data="No part has more than 0.",
    unit="ratio",
    better="none",
)
