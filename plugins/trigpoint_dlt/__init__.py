"""Any dlt source or resource as a source of trigpoint: REST APIs, and the connectors of SaaS products."""

from __future__ import annotations

from trigpoint import Source, hookimpl
from trigpoint_dlt.source import AnyDltSource


@hookimpl
def trigpoint_sources() -> tuple[Source, ...]:
    """Offer the source `dlt`."""
    return (AnyDltSource(),)
