"""A project whose source `sql` reads a database of the tests' own."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy
from attrs import frozen
from sqlalchemy.pool import NullPool

from support.folder import NOW, Folder
from support.postgres import Server
from trigpoint.intake import load
from trigpoint.model.plugin import Registry
from trigpoint.model.run import Load
from trigpoint.model.source import Batch
from trigpoint.rules import load_project, load_ruleset
from trigpoint_files.source import FilesSource
from trigpoint_sql.source import SqlSource

CONTRACTS = """
[tables.contracts]
columns = { contract_id = "text", amount = "number", changed_at = "timestamp" }
key = ["contract_id"]
"""
SOURCE = """
[sources.contracts]
plugin = "sql"
url = { env = "BOOKS_URL" }
"""


@frozen
class Books:
    """The database, by an engine that writes, and the project that reads it."""

    engine: sqlalchemy.Engine
    folder: Folder
    url: str

    @classmethod
    @contextmanager
    def on_server(cls, server: Server, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
        """Over a new database of a server."""
        name = f"books_{secrets.token_hex(4)}"
        admin = sqlalchemy.create_engine(server.url(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        with cls.over(server.url(name), server.url(name), root, monkeypatch) as books:
            yield books
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")

    @classmethod
    @contextmanager
    def over(cls, url: str, read_by: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
        """Over the database at `url`, which the project reads by another one."""
        monkeypatch.setenv("BOOKS_URL", read_by)
        engine = sqlalchemy.create_engine(url, poolclass=NullPool)
        yield cls(engine, Folder(root, SOURCE + 'from = "contracts"\n', CONTRACTS), url)
        engine.dispose()

    def source(self, *lines: str, rules: str = CONTRACTS) -> None:
        """Write the end of the source, and the rules."""
        self.folder.settings(SOURCE + "".join(f"{line}\n" for line in lines))
        self.folder.rules(rules)

    def run(self, *statements: str, **values: object) -> None:
        """Change the database."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(sqlalchemy.text(statement), values)

    def load(self, *, full: bool = False, now: dt.datetime = NOW) -> Load:
        """Load the source as `trigpoint load` does."""
        project = load_project(self.folder.root)
        registry = Registry({"files": FilesSource(), "sql": SqlSource()})
        (ended,) = load(project, load_ruleset(project), registry, today=now, full=full)
        return ended

    def rows(self, table: str = "contracts") -> list[tuple[object, ...]]:
        """All that the warehouse holds of a table, in its order."""
        return self.folder.query(f"SELECT * FROM {table}")


@contextmanager
def sqlite_books(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """A project over a file of SQLite beside it."""
    with Books.over(f"sqlite:///{root / 'books.db'}", "sqlite:///books.db", root, monkeypatch) as books:
        yield books


def cells(batches: Iterator[Batch]) -> list[Mapping[str, object]]:
    """All rows of some batches, by the names of their columns."""
    return [dict(zip(batch.header, row, strict=True)) for batch in batches for row in batch.rows]
