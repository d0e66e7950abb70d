"""How much hangs on few: the share of the largest parts of a whole, and the Herfindahl-Hirschman index."""

from __future__ import annotations

from trigpoint import QueryMetric, hookimpl
from trigpoint_concentration.metrics import HHI, TOP_SHARE

TRIGPOINT_API = 1


@hookimpl
def trigpoint_metrics() -> tuple[QueryMetric, ...]:
    """Offer `concentration.top_share` and `concentration.hhi`."""
    return (TOP_SHARE, HHI)
