"""The made-up company, read as the intake reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from trigpoint import SourceRequest, SourceSettings, Table
from trigpoint_demo.source import REGISTERS, TABLES, DemoSource

UNTIL = dt.date(2026, 6, 30)
NAMES = (*TABLES, *REGISTERS)
Record = dict[str, object]
Rows = Callable[..., Iterator[Record]]


def rows_of(table: str, accounts: int = 300, seed: int = 7, until: dt.date = UNTIL) -> Iterator[Record]:
    """The rows of one table as records."""
    options = {"accounts": accounts, "seed": seed, "until": until.isoformat()}
    settings = SourceSettings(name=table, table=table, plugin="demo", options=options)
    request = SourceRequest(settings=settings, table=Table(table, {}), root=Path())
    for batch in DemoSource().read(request):
        for row in batch.rows:
            yield dict(zip(batch.header, row, strict=True))


@pytest.fixture(scope="session")
def company_tables() -> dict[str, list[Record]]:
    """All tables of a company of 300 accounts."""
    return {name: list(rows_of(name)) for name in NAMES}


@pytest.fixture(scope="session")
def demo_tables() -> dict[str, list[Record]]:
    """The tables of the company that the demo shows, without the two longest."""
    return {name: list(rows_of(name, accounts=200)) for name in NAMES if name not in ("usage", "tickets")}


@pytest.fixture(scope="session")
def read() -> Rows:
    """Reads a table of any company."""
    return rows_of
