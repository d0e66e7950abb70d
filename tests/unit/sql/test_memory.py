"""A database is streamed: memory does not grow with the number of rows."""

from __future__ import annotations

from support.child import run_python
from support.databases import Books

CHILD = """
import resource, sys
from pathlib import Path
from trigpoint.intake import load
from trigpoint.model.plugin import Registry
from trigpoint.rules import load_project, load_ruleset
from trigpoint_sql.source import SqlSource
import datetime as dt
project = load_project(Path(sys.argv[1]))
(ended,) = load(project, load_ruleset(project), Registry({"sql": SqlSource()}), today=dt.datetime(2026, 4, 1, tzinfo=dt.UTC))
print(ended.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
WIDE = (
    "SELECT n::text AS contract_id, n AS amount, now() - interval '1 year' AS changed_at, repeat('x', 600) AS more "
    "FROM generate_series(1, {}) AS n"
)


def megabytes(books: Books, rows: int) -> int:
    """The most that a process which loads so many rows has held."""
    books.source(f'query = "{WIDE.format(rows)}"')
    read, held = map(int, run_python(CHILD, str(books.folder.root)).split())
    assert read == rows
    return held


def test_memory_does_not_grow_with_the_rows(postgres: Books) -> None:
    """Ten times as many rows, 120 MB of them, take hardly more memory: neither side's driver holds the answer."""
    few = megabytes(postgres, 20_000)
    assert megabytes(postgres, 200_000) < 1.35 * few
