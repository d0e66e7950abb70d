"""Databases that fail: a clear error that names the place and the way out, never the password, and nothing half-loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy
from attrs import frozen

from support.databases import CONTRACTS, Books, sqlite_books
from support.postgres import Server, running_server
from trigpoint.errors import ConfigError, TrigpointError
from trigpoint_sql import source as sql_source

GOOD = (
    "CREATE TABLE contracts (contract_id TEXT, amount NUMERIC, changed_at TIMESTAMP)",
    "INSERT INTO contracts VALUES ('C-1', 12.5, '2026-03-01 09:00:00'), ('C-2', NULL, '2026-03-02 10:00:00')",
)
FROM = 'from = "contracts"'
PASSWORD = "hunter2/%"
ENCODED = "hunter2%2F%25"


@frozen
class Bad:
    """A source that cannot be read: its address and lines, what is told, where, and the exit code."""

    name: str
    told: str
    lines: tuple[str, ...] = (FROM,)
    url: str | None = None
    place: str = "trigpoint.toml:5:7"
    exit_code: int = 4


FAILING = [
    Bad("no address", "TP430 source 'contracts': its url is no address of a database (it looks like postgresql+psycopg://", url="the crm"),
    Bad("a password with signs", "TP430 source 'contracts': its url is no address", url="postgresql://me:hunter2/%@:x@host/db"),
    Bad("a port of letters", "TP430 source 'contracts': its url is no address", url=f"postgresql://me:{ENCODED}@host:abc/db"),
    Bad("postgres", "TP430 source 'contracts': SQLAlchemy knows no database 'postgres' (write postgresql://", url=f"postgres://me:{ENCODED}@host/db"),
    Bad("unknown database", "TP430 source 'contracts': SQLAlchemy knows no database 'ingres'", url=f"ingres://me:{ENCODED}@host/db"),
    Bad("no driver", "TP429 source 'contracts': mysql is read through the driver 'MySQLdb', which is not installed (pip install 'mysqlclient')", url=f"mysql://me:{ENCODED}@host/db"),
    Bad("another driver is there", "TP429 source 'contracts': postgresql is read through the driver 'pg8000', which is not installed (pip install 'pg8000', or name another one in the url: postgresql+psycopg://)", url=f"postgresql+pg8000://me:{ENCODED}@host/db"),
    Bad("asynchronous", "which is an asynchronous one (name one that is not", url=f"postgresql+psycopg_async://me:{ENCODED}@host/db"),
    Bad("nobody there", "TP431 source 'contracts': postgresql+psycopg://me:***@127.0.0.1:1/db cannot be reached: ", url=f"postgresql+psycopg://me:{ENCODED}@127.0.0.1:1/db"),
    Bad("memory", "TP430 source 'contracts': its url names no file", url="sqlite://"),
    Bad("no file", "TP401 source 'contracts': there is no database 'nope.db' (looked at ", url="sqlite:///nope.db", exit_code=66),
    Bad("no database", "TP432 source 'contracts': the database refuses the query: file is not a database", url="sqlite:///trigpoint.toml", place="trigpoint.toml:6:8"),
    Bad("no such table", "TP432 source 'contracts': the database refuses the query: no such table: contract", ('from = "contract"',), place="trigpoint.toml:6:8"),
    Bad("wrong query", "TP432 source 'contracts': the database refuses the query: near \"SELEKT\": syntax error", ('query = "SELEKT 1"',), place="trigpoint.toml:6:9"),
    Bad("blank query", "TP432 source 'contracts': the query is empty", ('query = " ;"',), place="trigpoint.toml:6:9"),
    Bad("no rows at all", "TP432 source 'contracts': the query gives no rows (write a query that begins with SELECT or WITH)", ('query = "PRAGMA cache_size = 100"',), place="trigpoint.toml:6:9"),
    Bad("one name twice", "TP432 source 'contracts': the query gives 'amount' more than once (rename one of them: ... AS amount_2)", ('query = "SELECT *, 1 AS amount FROM contracts"',), place="trigpoint.toml:6:9"),
    Bad("no file of the query", "TP401 source 'contracts': the query's file 'q.sql' cannot be read: No such file or directory (looked at ", ('query_file = "q.sql"',), place="trigpoint.toml:6:14", exit_code=66),
    Bad("a query from elsewhere", "TP401 source 'contracts': the query's file '../q.sql' lies outside of the project", ('query_file = "../q.sql"',), place="trigpoint.toml:6:14", exit_code=66),
    Bad("a query of bytes", "TP401 source 'contracts': the query's file 'books.db' is no text in UTF-8", ('query_file = "bytes.sql"',), place="trigpoint.toml:6:14", exit_code=66),
    Bad("a column missing", "TP402 source 'contracts': the query has no column 'changed_at'; its header is: contract_id, amount", ('query = "SELECT contract_id, amount FROM contracts"',), place="trigpoint.toml:3:10", exit_code=66),
    Bad("too slow", "TP434 source 'contracts': the database took more than 0.1 seconds to answer (make the query quicker, or write a greater timeout_seconds)", ('query = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"', "timeout_seconds = 0.1"), place="trigpoint.toml:7:19"),
]  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL for the tests of this file."""
    with running_server() as running:
        yield running


@pytest.fixture
def sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """A project over a file of SQLite, loaded once."""
    with sqlite_books(tmp_path, monkeypatch) as books:
        books.run(*GOOD)
        books.load()
        yield books


@pytest.fixture
def postgres(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """A project over a database of PostgreSQL, loaded once."""
    with Books.on_server(server, tmp_path, monkeypatch) as books:
        books.run(*GOOD)
        books.load()
        yield books


def failure(books: Books) -> TrigpointError:
    """How the load fails; the table is as the good load left it."""
    before = books.rows()
    with pytest.raises(TrigpointError) as raised:
        books.load()
    assert books.rows() == before
    return raised.value


@pytest.mark.parametrize("bad", FAILING, ids=lambda bad: bad.name.replace(" ", "-"))
def test_a_bad_database_is_told(sqlite: Books, monkeypatch: pytest.MonkeyPatch, bad: Bad) -> None:
    """What is wrong is one line with place, code and way out; the last good load stays, and no password is shown."""
    sqlite.folder.file("bytes.sql", b"\xff\xfe\x00")
    sqlite.source(*bad.lines)
    if bad.url is not None:
        monkeypatch.setenv("BOOKS_URL", bad.url)
    error = failure(sqlite)
    assert str(error).startswith(f"{bad.place}: ")
    assert bad.told.replace("'books.db' is no", "'bytes.sql' is no") in str(error)
    assert error.exit_code == bad.exit_code
    assert "hunter2" not in str(error)


ANSWERS = [
    ("no table", 'from = "contract"', "TP432 source 'contracts': the database refuses the query: relation \"contract\" does not exist"),
    ("no columns", 'query = "SELECT FROM contracts"', "TP432 source 'contracts': the query gives no columns"),
    ("names twice", 'query = "SELECT 1 AS a, 2 AS a"', "TP432 source 'contracts': the query gives 'a' more than once"),
    ("broken at once", 'query = "SELECT 1 / (n - 3) AS x FROM generate_series(1, 9) AS n"', "division by zero"),
    ("broken later", 'query = "SELECT n::text AS contract_id, 1 / (n - 7000) AS amount, now() AS changed_at FROM generate_series(1, 9000) AS n"', "TP433 source 'contracts': reading broke off after 5,000 rows: division by zero"),
    ("beyond Python", "query = \"SELECT '1' AS contract_id, 1 AS amount, timestamp 'infinity' AS changed_at\"", "timestamp too large (after year 10K)"),
    ("too slow", 'query = "SELECT pg_sleep(60)"\ntimeout_seconds = 0.2', "TP434 source 'contracts': the database took more than 0.2 seconds to answer (make"),
    ("slow later", "query = \"SELECT n::text AS contract_id, CASE WHEN n > 5000 THEN (SELECT 1 FROM pg_sleep(n - n + 60)) END AS amount, now() AS changed_at FROM generate_series(1, 9000) AS n\"\ntimeout_seconds = 1", "TP434 source 'contracts': the database took more than 1 seconds to answer after 5,000 rows"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line", "told"), ANSWERS)
def test_postgresql_that_refuses_is_told(postgres: Books, name: str, line: str, told: str) -> None:
    """What PostgreSQL refuses, at once or after thousands of rows, fails the source, and nothing is half-loaded."""
    postgres.source(line)
    assert told in str(failure(postgres))


@pytest.mark.parametrize(
    ("wrong", "told"), [("password", "password authentication failed"), ("database", "does not exist")]
)
def test_who_may_not_connect_is_told(
    postgres: Books, server: Server, monkeypatch: pytest.MonkeyPatch, wrong: str, told: str
) -> None:
    """A wrong password or database is told with the address, without the password."""
    url = server.url(password=ENCODED) if wrong == "password" else server.url("nowhere")
    monkeypatch.setenv("BOOKS_URL", url)
    text = str(failure(postgres))
    assert "TP431 source 'contracts': postgresql+psycopg://postgres:***@127.0.0.1:" in text
    assert told in text
    assert PASSWORD not in text
    assert server.password not in text


def test_a_connection_that_is_lost_leaves_the_last_load(
    postgres: Books, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that ends the connection between two batches fails the source; the good load stays."""
    many = "SELECT n::text AS contract_id, n AS amount, now() AS changed_at, repeat('x', 500) FROM generate_series(1, 60000) AS n"
    postgres.source(f'query = "{many}"')
    admin = sqlalchemy.create_engine(server.url(), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.NullPool)
    ended: list[int] = []

    def end_the_others(rows: object) -> object:
        with admin.connect() as connection:
            found = connection.exec_driver_sql(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname LIKE 'books%%'"
            )
            ended.append(found.scalar_one())
        return rows

    monkeypatch.setattr(sql_source, "plain_rows", end_the_others)
    text = str(failure(postgres))
    assert ended == [1]
    assert "TP433 source 'contracts': reading broke off after 5,000 rows: " in text
    assert "(nothing of this load was kept; load it again)" in text


@pytest.mark.parametrize(
    ("module", "hint"), [("sqlalchemy", 'pip install "trigpoint[sql]"'), ("psycopg", "pip install 'psycopg[binary]'")]
)
def test_what_is_not_installed_is_told(sqlite: Books, monkeypatch: pytest.MonkeyPatch, module: str, hint: str) -> None:
    """Without SQLAlchemy, or without the driver, the error says what to install."""
    for name in [name for name in sys.modules if name.split(".")[0] == module]:
        monkeypatch.setitem(sys.modules, name, None)  # importing it fails now
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setenv("BOOKS_URL", "postgresql+psycopg://me@host/db")
    text = str(failure(sqlite))
    assert "TP429 source 'contracts': " in text
    assert hint in text


WRONG_SETTINGS = [
    ("", "trigpoint.toml:3:10: TP408 source 'contracts' has none of 'query', 'query_file', 'from' (write one of them)"),
    (f'{FROM}\nquery = "SELECT 1"', "TP408 source 'contracts' has 'query' and 'from': it takes one of them"),
    ('from = "a.b.c"', 'trigpoint.toml:6:8: TP408 \'from\' must be the name of a table, or "schema.table", not \'a.b.c\''),
    (f"{FROM}\ntimeout_seconds = 0", "TP408 'timeout_seconds' must be above 0, not 0"),
    (f"{FROM}\ntable_name = 'x'", "TP408 unknown key 'table_name'"),
    (f'{FROM}\ncursor = "changed"', "trigpoint.toml:7:10: TP428 source 'contracts' has cursor = \"changed\", but table 'contracts' has no such column (did you mean 'changed_at'?)"),
    (f'{FROM}\ncursor = "contract_id"', "TP428 source 'contracts' has cursor = \"contract_id\", but that column is of type text"),
    (f'{FROM}\ncursor = "changed_at"\ndate_format = "%d.%m.%Y"', "but that column is read by a date format"),
    (f'{FROM}\ncursor = "changed_at"\ncolumns = {{ changed_at = false }}', "but `columns` says that there is no such column"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "told"), WRONG_SETTINGS)
def test_wrong_settings_are_told_without_connecting(
    sqlite: Books, monkeypatch: pytest.MonkeyPatch, line: str, told: str
) -> None:
    """Wrong settings are told before anything is connected to, or any secret read."""
    monkeypatch.delenv("BOOKS_URL")
    sqlite.source(line)
    error = failure(sqlite)
    assert isinstance(error, ConfigError)
    assert told in str(error)


@pytest.mark.parametrize(
    ("settings", "rules", "told"),
    [
        ('plugin = "files"\npath = "c.csv"', CONTRACTS, "but plugin 'files' always reads everything (take `cursor` out)"),
        ('plugin = "sql"\nurl = "sqlite:///x.db"\nfrom = "c"', CONTRACTS.replace("key =", "# key ="), "but table 'contracts' has no key (declare one"),
    ],
)  # fmt: skip
def test_a_cursor_that_cannot_be_is_told(sqlite: Books, settings: str, rules: str, told: str) -> None:
    """A plugin that cannot read only what is new, or a table without a key, is told with the place of the cursor."""
    sqlite.folder.settings(f'\n[sources.contracts]\ncursor = "changed_at"\n{settings}\n')
    sqlite.folder.rules(rules)
    error = failure(sqlite)
    assert isinstance(error, ConfigError)
    assert str(error).startswith("trigpoint.toml:4:10: TP428 source 'contracts' has cursor = \"changed_at\", ")
    assert told in str(error)
