"""The source `sql`: what it reads, and how cells come over."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading

import pytest

from support.databases import Books
from trigpoint.errors import TrigpointError
from trigpoint.signals import Stopped, listen_to_signals
from trigpoint_sql.connecting import Database

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


KINDS = """
[tables.contracts]
columns = { contract_id = "text", value = "KIND" }
key = ["contract_id"]
"""
HOLDS = [
    # declared, what PostgreSQL holds, what the warehouse keeps
    ("number", "12345678901234567.89::numeric", 12345678901234567.89),
    ("number", "1.5::real", 1.5),
    ("integer", "9007199254740992::bigint", 9007199254740992.0),
    ("integer", "17.00::numeric", 17.0),
    ("text", "17.0::numeric", "17"),
    ("text", "repeat('long ', 200000)", ("long " * 200_000).strip()),
    ("text", "'ünïcode \U0001f600'", "ünïcode \U0001f600"),
    ("text", "'7d444840-9dc0-11d1-b245-5ffdce74fad2'::uuid", "7d444840-9dc0-11d1-b245-5ffdce74fad2"),
    ("text", "'10.0.0.1'::inet", "10.0.0.1"),
    ("text", "'14:30'::time", "14:30:00"),
    ("text", "date '2026-03-01'", "2026-03-01"),
    ("text", "''", None),
    ("boolean", "true", 1),
    ("boolean", "0::int", 0),
    ("date", "date '2026-03-01'", "2026-03-01"),
    ("date", "timestamptz '2026-03-01 23:00+00'", "2026-03-02"),  # midnight in the project's zone
    ("timestamp", "timestamp '2026-07-01 10:00:00.123456'", "2026-07-01 08:00:00.123"),
    ("timestamp", "timestamptz '2026-03-01 10:00:00+05'", "2026-03-01 05:00:00"),
    ("timestamp", "date '2026-03-01'", "2026-02-28 23:00:00"),
    ("number", "NULL::numeric", None),
    ("timestamp", "NULL::timestamptz", None),
]
REFUSED = [
    ("text", "'\\xdeadbeef'::bytea", "value is no text but a blob"),
    ("text", "'{\"a\": 1}'::jsonb", "value is no text but a JSON object"),
    ("text", "ARRAY[1, 2]", "value is no text but a list"),
    ("number", "'NaN'::numeric", "value is no finite number"),
    ("number", "'Infinity'::numeric", "value is no finite number"),
    ("number", "'-Infinity'::float8", "value is no finite number"),
    ("number", "true", "value is no number but a truth value"),
    ("integer", "1.5", "value is no whole number"),
    ("integer", "9007199254740993::bigint", "value is beyond 2^53, where whole numbers are no longer exact"),
    ("text", "interval '3 days'", "value is no text but a timedelta"),
    ("date", "timestamp '2026-03-01 10:00'", "value has a time of day (declare the column as timestamp)"),
    ("date", "'{\"a\": 1}'::jsonb", "value is no date but a JSON object"),
]


@pytest.mark.parametrize(("kind", "held", "kept"), HOLDS)
def test_cells_of_postgresql_are_read(postgres: Books, kind: str, held: str, kept: object) -> None:
    """What PostgreSQL holds is kept as its column is declared: moments in UTC, those without a zone in the project's."""
    postgres.folder.file("q.sql", f"SELECT 'C-1' AS contract_id, {held} AS value")
    postgres.source('query_file = "q.sql"', rules=KINDS.replace("KIND", kind))
    assert postgres.load().quarantined == 0
    assert postgres.folder.query("SELECT value FROM contracts") == [(kept,)]


@pytest.mark.parametrize(("kind", "held", "reason"), REFUSED)
def test_cells_that_do_not_fit_are_refused(postgres: Books, kind: str, held: str, reason: str) -> None:
    """A cell that is not of the declared type puts its row aside, with a reason and the key; the others stay."""
    postgres.folder.file("q.sql", f"SELECT 'C-1' AS contract_id, {held} AS value UNION ALL SELECT 'C-2', NULL")
    postgres.source('query_file = "q.sql"', "max_bad_rows = 1", rules=KINDS.replace("KIND", kind))
    assert (postgres.load().rows, postgres.folder.query("SELECT contract_id FROM contracts")) == (1, [("C-2",)])
    ((_row, told, excerpt),) = postgres.folder.quarantine
    assert told == reason
    assert "contract_id='C-1'" in str(excerpt)


def test_cells_of_sqlite_are_read(sqlite: Books) -> None:
    """What SQLite holds is read by the declared types, whatever it calls them; a blob puts its row aside."""
    sqlite.run(
        "CREATE TABLE contracts (contract_id, amount, changed_at)",
        "INSERT INTO contracts VALUES ('C-1', '1e3', '2026-03-01T10:00:00Z'), (7, 9.5, '2026-03-01'), (x'00', 1, NULL)",
    )
    sqlite.source('from = "main.contracts"', "max_bad_rows = 1")
    assert sqlite.load().quarantined == 1
    rows = sqlite.folder.query("SELECT contract_id, amount, changed_at FROM contracts ORDER BY amount")
    assert rows == [("7", 9.5, "2026-02-28 23:00:00"), ("C-1", 1000.0, "2026-03-01 10:00:00")]


def test_names_of_tables_are_taken_as_they_are(postgres: Books) -> None:
    """A table with capitals, in a schema of its own, is read under the name it has; its columns are renamed by the source."""
    postgres.run(
        'CREATE SCHEMA "Crm"',
        'CREATE TABLE "Crm"."Contract" ("Id" text, amount int, changed_at date)',
        "INSERT INTO \"Crm\".\"Contract\" VALUES ('C-1', 1, '2026-01-01')",
    )
    postgres.source('from = "Crm.Contract"', 'columns = { contract_id = "Id" }')
    assert postgres.load().rows == 1


def test_batches_follow_each_other(postgres: Books) -> None:
    """More rows than one batch holds arrive whole, and a bad one is found under its own number."""
    postgres.source(
        "query = \"SELECT n AS contract_id, CASE n WHEN 7001 THEN 'NaN' ELSE n::numeric END AS amount, "
        "date '2026-01-01' AS changed_at FROM generate_series(1, 12000) AS n\""
    )
    assert postgres.load().rows == 11_999
    assert postgres.folder.quarantine[0][0] == 7001
    assert postgres.folder.query("SELECT sum(amount) FROM contracts") == [(12_000 * 12_001 / 2 - 7001,)]


def test_an_empty_answer_is_a_table_without_rows(books: Books) -> None:
    """No rows are no error, but their columns are checked."""
    books.run(TWO[0])
    assert books.load().rows == 0


def test_nothing_can_be_written(books: Books) -> None:
    """A query that writes is refused, and has written nothing."""
    books.run(*TWO)
    books.source('query = "WITH gone AS (DELETE FROM contracts RETURNING *) SELECT * FROM gone"')
    with pytest.raises(TrigpointError, match="TP432"):
        books.load()
    books.source('from = "contracts"')
    assert books.load().rows == 2


def test_a_sequence_does_not_move(postgres: Books) -> None:
    """The transaction is read only for functions with side effects too."""
    postgres.run("CREATE SEQUENCE s")
    postgres.source("query = \"SELECT nextval('s') AS contract_id, 1 AS amount, date '2026-01-01' AS changed_at\"")
    with pytest.raises(TrigpointError, match="read-only transaction"):
        postgres.load()


SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.mark.parametrize("listening", [True, False])
def test_a_signal_while_sqlite_works_is_no_slow_database(sqlite: Books, *, listening: bool) -> None:
    """What the handler of a signal raises ends the load, ours and Python's own, though SQLite swallows it."""
    sqlite.source(f'query = "{SLOW}"', "timeout_seconds = 60", 'on_error = "skip"')
    number = signal.SIGTERM if listening else signal.SIGINT
    sqlite.run(*TWO)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    timer.start()
    with (
        pytest.raises(Stopped if listening else KeyboardInterrupt),
        listen_to_signals() if listening else contextlib.nullcontext(),
    ):
        sqlite.load()


def test_what_interrupts_sqlite_besides_the_time_is_told_as_it_is(
    sqlite: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what ended after its time is told to have taken too long."""
    sqlite.run(*TWO)
    sqlite.source(f'query = "{SLOW}"', "timeout_seconds = 60")
    monkeypatch.setattr(Database, "_looks", lambda _self: itertools.repeat(True))
    with pytest.raises(TrigpointError, match="TP432 source 'contracts': the database refuses the query: interrupted"):
        sqlite.load()
