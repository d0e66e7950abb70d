"""A made-up company as a source of data: seeded, of any size, and with causes behind its churn."""

from __future__ import annotations

from trigpoint import Source, hookimpl
from trigpoint_demo.source import DemoSource


@hookimpl
def trigpoint_sources() -> tuple[Source, ...]:
    """Offer the source `demo`."""
    return (DemoSource(),)
