"""The two metrics: what rules say to them, and what they answer."""

from __future__ import annotations

from collections.abc import Iterator

from trigpoint import FunctionMetric, Input, MetricRequest, MetricRows
from trigpoint_trend.line import Line, lines
from trigpoint_trend.weeks import weekly_sums, whole_weeks

INPUTS = (
    Input("day", frozenset({"date"}), "The day of a row. A row without it, or outside the whole weeks, is left out."),
    Input("value", frozenset({"integer", "number"}), "What is added up week by week. A row without it is left out."),
)
MIN_WEEKS = {"type": "integer", "minimum": 3, "default": 6, "description": "fewer whole weeks in the window: no data"}
MEANT = "The straight line through the weekly sums of the window (least squares). Weeks are counted back from the window's last day; a week without rows is 0."
TOO_LITTLE = "no row with a value in the whole weeks of the window, or fewer than `min_weeks` of them; or a week's sum that is beyond 1.7e308"


def slope(rows: MetricRows, request: MetricRequest) -> Iterator[tuple[str, float | None]]:
    """By how much a week's sum is more than that of the week before; as a share of the mean week where `relative`."""
    relative = request.settings["relative"]
    for key, line in _lines(rows, request):
        yield key, line.slope if not relative else line.slope / line.mean if line.mean > 0 else None


def p_value(rows: MetricRows, request: MetricRequest) -> Iterator[tuple[str, float | None]]:
    """How often chance alone would show a line at least as steep, up or down, if there were no trend."""
    for key, line in _lines(rows, request):
        yield key, line.p_value


def _lines(rows: MetricRows, request: MetricRequest) -> Iterator[tuple[str, Line]]:
    """The line of each subject that has one."""
    weeks = whole_weeks(request)
    if weeks.number < request.settings["min_weeks"]:
        return
    sums = weekly_sums(rows, weeks)
    yield from zip(sums, lines(list(sums.values())), strict=True)


SLOPE = FunctionMetric(
    "slope",
    slope,
    INPUTS,
    meaning=f"By how much a week is more than the one before it. {MEANT} With `relative`, as a share of the mean week.",
    no_data=f"{TOO_LITTLE}; with `relative` also where the mean week is not above 0",
    better="higher",
    windowed=True,
    settings={
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "relative": {"type": "boolean", "default": False, "description": "as a share of the mean week"},
            "min_weeks": MIN_WEEKS,
        },
    },
)
P_VALUE = FunctionMetric(
    "p_value",
    p_value,
    INPUTS,
    meaning=f"How likely chance alone shows a slope at least as steep, up or down (two-sided t-test). {MEANT} All weeks the same: 1.",
    no_data=TOO_LITTLE,
    unit="ratio",
    better="none",
    windowed=True,
    settings={"type": "object", "additionalProperties": False, "properties": {"min_weeks": MIN_WEEKS}},
)
