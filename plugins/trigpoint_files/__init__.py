"""Files as a source: CSV, TSV, JSON Lines, each also as .gz, and Parquet where pyarrow is there."""

from __future__ import annotations

from trigpoint import Source, hookimpl
from trigpoint_files.source import FilesSource


@hookimpl
def trigpoint_sources() -> tuple[Source, ...]:
    """Offer the source `files`."""
    return (FilesSource(),)
