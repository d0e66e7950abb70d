"""The two metrics: what rules say to them, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trigpoint import FunctionMetric, Input, MetricRequest, MetricRows
from trigpoint_survival.curve import Curve, kaplan_meier
from trigpoint_survival.stretches import Clock, stretches

SECONDS = {"hours": 3600.0, "days": 86400.0, "weeks": 7 * 86400.0, "months": 30.4375 * 86400.0}  # 365.25 days / 12

INPUTS = (
    Input(
        "start",
        frozenset({"date", "timestamp"}),
        "When it began. A row without it, or that begins after the date, is left out.",
    ),
    Input(
        "end",
        frozenset({"date", "timestamp"}),
        "When it was over. Blank, or after the date: still going on. A row that ends before it starts is left out.",
    ),
)
UNIT = {
    "enum": list(SECONDS),
    "default": "days",
    "description": "days and weeks are counted by the calendar for dates, by 24 hours for timestamps; a month is 30.4375 days",
}
MIN_EVENTS = {"type": "integer", "minimum": 0, "default": 0, "description": "fewer that are over: no data"}


def duration(rows: MetricRows, request: MetricRequest) -> Iterator[tuple[str, float | None]]:
    """How long it takes until the share `quantile` is done: the least t with S(t) <= 1 - quantile.

    Where S(t) is 1 - quantile on a whole stretch it is the beginning of that stretch (Klein and Moeschberger 2003, 4.5),
    not its end, which `SurvfuncRight.quantile` answers, nor its middle: so that `share_done` within it is never less.
    """
    quantile, unit = float(request.settings["quantile"]), SECONDS[request.settings["unit"]]
    for key, curve in _curves(rows, request):
        seconds = curve.falls_to(1 - quantile)
        yield key, None if seconds is None else seconds / unit


def share_done(rows: MetricRows, request: MetricRequest) -> Iterator[tuple[str, float | None]]:
    """The share that is done within some time: 1 - S(within)."""
    within = float(request.settings["within"]) * SECONDS[request.settings["unit"]]
    for key, curve in _curves(rows, request):
        going_on = curve.share_open(within)
        yield key, None if going_on is None else round(1 - going_on, 12)  # the curve comes from a sum of logarithms


def _curves(rows: MetricRows, request: MetricRequest) -> Iterator[tuple[str, Curve]]:
    """The curve of each subject that has enough for one."""
    estimate: Callable[[list[float], list[bool]], Curve] = kaplan_meier()
    clock = Clock.of(request)
    for key, columns in rows.subjects():
        seconds, ended = stretches(columns["start"], columns["end"], clock)
        if seconds and sum(ended) >= request.settings["min_events"]:
            yield key, estimate(seconds, ended)


DURATION = FunctionMetric(
    "duration",
    duration,
    INPUTS,
    meaning="How long it takes until a share (`quantile`, half without it) is done, with those still going on counted for as long as they have lasted (Kaplan and Meier 1958).",
    no_data="fewer than `min_events` are over, or the share is not done yet",
    better="lower",
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "quantile": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "default": 0.5},
            "unit": UNIT,
            "min_events": MIN_EVENTS,
        },
    },
)
SHARE_DONE = FunctionMetric(
    "share_done",
    share_done,
    INPUTS,
    meaning="The share that is done within some time, with those still going on counted for as long as they have lasted (Kaplan and Meier 1958).",
    no_data="fewer than `min_events` are over, or none has gone on for as long as `within` and some are not done",
    unit="ratio",
    better="higher",
    settings={
        "type": "object",
        "additionalProperties": False,
        "required": ["within"],
        "properties": {
            "within": {"type": "number", "exclusiveMinimum": 0, "description": "in the unit"},
            "unit": UNIT,
            "min_events": MIN_EVENTS,
        },
    },
)
