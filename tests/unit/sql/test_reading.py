"""The source `sql`: what it reads, and how cells come over."""

from __future__ import annotations

import pytest

from support.databases import Books

TWO = (
    "CREATE TABLE contracts (contract_id TEXT, amount NUMERIC, changed_at TIMESTAMP)",
    "INSERT INTO contracts VALUES ('C-1', 12.5, '2026-03-01 09:00:00'), ('C-2', NULL, '2026-03-02 10:00:00')",
)
READ = [("C-1", 12.5, "2026-03-01 08:00:00"), ("C-2", None, "2026-03-02 09:00:00")]


@pytest.mark.parametrize(
    "lines",
    [
        ('from = "contracts"',),
        ("query = \"SELECT * FROM contracts WHERE contract_id LIKE 'C%' AND ':x' <> '%s' -- all\"",),
        ('query = "SELECT * FROM contracts;"', "timeout_seconds = 5"),
        ('query_file = "q.sql"',),
    ],
)
def test_a_table_a_query_and_a_file_are_read(books: Books, lines: tuple[str, ...]) -> None:
    """A table by its name, a query, and a query in a file bring the same rows; marks of drivers mean nothing in them."""
    books.run(*TWO)
    books.folder.file("q.sql", "\ufeffSELECT * FROM contracts -- of all\n;\n")
    books.source(*lines)
    assert books.load().rows == 2
    assert books.folder.query("SELECT contract_id, amount, changed_at FROM contracts ORDER BY 1") == READ
