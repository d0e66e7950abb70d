"""Databases that the tests of the source `sql` read from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.databases import Books, sqlite_books
from support.postgres import Server, running_server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL that runs as long as the tests of this process do."""
    with running_server() as running:
        yield running


@pytest.fixture
def postgres(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """A project over a fresh database of PostgreSQL."""
    with Books.on_server(server, tmp_path, monkeypatch) as books:
        yield books


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """A project over a file of SQLite."""
    with sqlite_books(tmp_path, monkeypatch) as books:
        yield books


@pytest.fixture(params=["sqlite", "postgres"])
def books(request: pytest.FixtureRequest) -> Books:
    """A project over each of the databases."""
    found: Books = request.getfixturevalue(request.param)
    return found
