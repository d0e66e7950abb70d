"""A small project in a folder, written as TOML and loaded through the intake."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from trigpoint.intake import load
from trigpoint.model.plugin import Registry
from trigpoint.model.run import Load
from trigpoint.model.source import Batch, Source, SourceRequest
from trigpoint.rules import load_project, load_ruleset
from trigpoint_files.source import FilesSource

NOW = dt.datetime(2026, 4, 1, 10, tzinfo=dt.UTC)
USAGE = """
[tables.usage]
columns = { account_id = "text", day = "date", events = "integer" }
key = ["account_id", "day"]
time = "day"
"""
USAGE_SOURCE = """
[sources.usage]
plugin = "files"
path = "usage.csv"
"""


class Folder:
    """The project: `sources` is the end of `trigpoint.toml`, `rules` the only rule file."""

    def __init__(
        self, root: Path, sources: str = USAGE_SOURCE, rules: str = USAGE, *, timezone: str = "Europe/Berlin"
    ) -> None:
        self.root = root
        (root / "rules").mkdir(exist_ok=True)
        self.settings(sources, timezone)
        self.rules(rules)

    def settings(self, sources: str, timezone: str = "Europe/Berlin") -> None:
        """Write `trigpoint.toml`; the sources begin in its third line."""
        text = f'timezone = "{timezone}"\nrules = ["rules/*.toml"]{sources}'
        (self.root / "trigpoint.toml").write_text(text, encoding="utf-8")

    def rules(self, rules: str) -> None:
        """Write the rule file."""
        (self.root / "rules" / "all.toml").write_text(rules, encoding="utf-8")

    def file(self, name: str, content: str | bytes) -> Path:
        """Write a file into the folder."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def load(
        self, *names: str, now: dt.datetime = NOW, sources: Mapping[str, Source] | None = None
    ) -> tuple[Load, ...]:
        """Load sources as `trigpoint load` does, with `sources` beside `files`."""
        project = load_project(self.root)
        registry = Registry({"files": FilesSource(), **(sources or {})})
        return load(project, load_ruleset(project), registry, names, today=now)

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """What the warehouse answers."""
        with closing(sqlite3.connect(self.root / "data.db")) as connection:
            return connection.execute(sql).fetchall()

    @property
    def quarantine(self) -> list[tuple[object, ...]]:
        """The rows kept aside: row, reason, excerpt."""
        return self.query("SELECT row, reason, excerpt FROM _quarantine ORDER BY file, row")


class RowsSource:
    """A source that gives the batches it was made with, then raises, if it is to."""

    schema: Mapping[str, object] = {"type": "object"}

    def __init__(self, name: str, batches: Sequence[Batch], error: BaseException | None = None) -> None:
        self.name = name
        self.batches = batches
        self.error = error

    def read(self, request: SourceRequest) -> Iterator[Batch]:
        """The batches."""
        yield from self.batches
        request.progress(1, None)
        if self.error is not None:
            raise self.error
