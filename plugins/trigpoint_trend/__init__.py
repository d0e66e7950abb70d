"""Where numbers are heading: a straight line through weekly sums, and whether it could be chance."""

from __future__ import annotations

from pathlib import Path

from trigpoint import FunctionMetric, RuleFile, hookimpl
from trigpoint_trend.metrics import P_VALUE, SLOPE

TRIGPOINT_API = 1


@hookimpl
def trigpoint_metrics() -> tuple[FunctionMetric, ...]:
    """Offer `trend.slope` and `trend.p_value`."""
    return (SLOPE, P_VALUE)


@hookimpl
def trigpoint_rulesets() -> tuple[RuleFile, ...]:
    """Offer the rules `trend:usage`."""
    return (RuleFile("usage", Path(__file__).parent / "usage.toml"),)
