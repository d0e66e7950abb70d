"""Databases as a source: a query or a table of whatever SQLAlchemy reaches, streamed, and only what is new if asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trigpoint import Source, hookimpl
from trigpoint_sql.source import SqlSource

if TYPE_CHECKING:
    import click


@hookimpl
def trigpoint_sources() -> tuple[Source, ...]:
    """Offer the source `sql`."""
    return (SqlSource(),)


@hookimpl
def trigpoint_commands() -> Sequence[click.Command]:
    """Offer the command `sql-tables`."""
    from trigpoint_sql.command import sql_tables

    return (sql_tables,)
