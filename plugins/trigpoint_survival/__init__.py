"""How long things take, of which some are not over yet: by the estimator of Kaplan and Meier."""

from __future__ import annotations

from trigpoint import FunctionMetric, hookimpl
from trigpoint_survival.metrics import DURATION, SHARE_DONE

TRIGPOINT_API = 1


@hookimpl
def trigpoint_metrics() -> tuple[FunctionMetric, ...]:
    """Offer `survival.duration` and `survival.share_done`."""
    return (DURATION, SHARE_DONE)
