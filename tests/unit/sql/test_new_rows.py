"""Only what is new: a load by a cursor gives the same table as a load of everything."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest
from sqlalchemy import text

from support.databases import CONTRACTS, SOURCE, Books
from support.folder import NOW, Folder
from trigpoint.errors import ConfigError, GateError, TrigpointError

CURSOR = ('from = "contracts"', 'cursor = "changed_at"')
CREATE = "CREATE TABLE contracts (contract_id TEXT, amount NUMERIC, changed_at TIMESTAMP)"
INSERT = "INSERT INTO contracts VALUES ('C-1', 1, '2026-03-01 09:00:00'), ('C-2', 2, '2026-03-20 10:00:00')"
DATED = """
[tables.contracts]
columns = { contract_id = "text", amount = "number", starts_on = "date", changed_at = "KIND" }
key = ["contract_id"]
time = "starts_on"
"""


@pytest.fixture
def loaded(books: Books) -> Books:
    """Two contracts, loaded with a cursor."""
    books.run(CREATE, INSERT)
    books.source(*CURSOR)
    assert books.load().read is None
    return books


def test_a_first_load_reads_everything_and_a_second_what_is_new(loaded: Books) -> None:
    """The second load asks for rows from the greatest value on: ties, new and changed rows come, and the others stay."""
    loaded.run(
        "UPDATE contracts SET amount = 99 WHERE contract_id = 'C-1'",  # without a later time: nobody sees it
        "INSERT INTO contracts VALUES ('C-3', 3, '2026-03-20 10:00:00'), ('C-4', 4, '2026-03-31 10:00:00')",
        "UPDATE contracts SET amount = 22 WHERE contract_id = 'C-2'",
    )
    ended = loaded.load()
    assert (ended.rows, ended.read) == (4, 3)
    amounts = "SELECT contract_id, amount FROM contracts ORDER BY 1"
    assert loaded.folder.query(amounts) == [("C-1", 1), ("C-2", 22), ("C-3", 3), ("C-4", 4)]
    assert loaded.load(full=True).read is None
    assert loaded.folder.query(amounts)[0] == ("C-1", 99)


def test_rows_without_a_value_always_come(loaded: Books) -> None:
    """A row whose cursor is blank is read each time, for nothing says whether it has changed."""
    loaded.run("INSERT INTO contracts VALUES ('C-0', 5, NULL)")
    loaded.load()
    loaded.run("UPDATE contracts SET amount = 6 WHERE contract_id = 'C-0'")
    assert loaded.load().read == 2
    assert loaded.folder.query("SELECT amount FROM contracts WHERE contract_id = 'C-0'") == [(6,)]


def test_a_value_in_the_future_does_not_hide_what_comes_before_it(loaded: Books) -> None:
    """One wrong clock must not end all news: from where on is read is never later than the moment of the load."""
    loaded.run("INSERT INTO contracts VALUES ('C-9', 9, '2999-01-01 00:00:00')")
    loaded.load()
    loaded.run("INSERT INTO contracts VALUES ('C-3', 3, '2026-04-01 11:59:00')")
    loaded.load()
    assert loaded.folder.query("SELECT count(*) FROM contracts") == [(4,)]


def test_deleted_rows_stay_until_everything_is_read(loaded: Books) -> None:
    """A row that is gone is not missed by a load of what is new; a full one takes it out."""
    loaded.run("DELETE FROM contracts WHERE contract_id = 'C-1'")
    assert loaded.load().rows == 2
    assert loaded.load(full=True).rows == 1


@pytest.mark.parametrize(
    ("lines", "rules"),
    [
        ((*CURSOR, 'blank = ["-"]'), CONTRACTS),
        ((*CURSOR, "columns = { amount = false }"), CONTRACTS),
        (('query_file = "q.sql"', 'cursor = "changed_at"'), CONTRACTS),
        (CURSOR, CONTRACTS.replace('amount = "number"', 'amount = "integer"')),
        (CURSOR, CONTRACTS + 'duplicates = "last"\n'),
        (CURSOR, CONTRACTS + 'time = "changed_at"\n'),
    ],
)
def test_whatever_decides_what_rows_become_asks_for_everything(
    loaded: Books, lines: tuple[str, ...], rules: str
) -> None:
    """After a change of the source's settings, its query, or the table's declaration, everything is read once."""
    loaded.folder.file("q.sql", "SELECT * FROM contracts")
    loaded.source(*lines, rules=rules)
    assert loaded.load().read is None
    assert loaded.load().read is not None
    loaded.folder.file("q.sql", "SELECT * FROM contracts WHERE amount > 1")
    assert (loaded.load().read is None) is ("query_file" in lines[0])


def test_what_decides_nothing_asks_for_nothing_more(loaded: Books) -> None:
    """How much is borne, and what a failure means, changes no row."""
    loaded.source(*CURSOR, 'on_error = "stale"', "max_bad_rows = 3")
    assert loaded.load().read == 1


def test_a_query_is_asked_for_news_as_it_was_written(books: Books) -> None:
    """Names with capitals, signs that drivers or SQLAlchemy take for marks, and a comment at the end mean what they did."""
    books.run(CREATE.replace("changed_at", '"ChangedAt"'), INSERT)
    cast = "::text" if books.engine.name == "postgresql" else ""
    written = f"WITH q AS (SELECT * FROM contracts) SELECT *, '50%:x' AS a, '?' AS b, '\\:c' AS c, ':d'{cast} AS d FROM q -- :e %s"
    books.folder.file("q.sql", written + "\n;\n")
    rules = CONTRACTS.replace('"timestamp"', '"timestamp", a = "text", b = "text", c = "text", d = "text"')
    books.source('query_file = "q.sql"', 'cursor = "changed_at"', 'columns = { changed_at = "ChangedAt" }', rules=rules)
    books.load()
    before = books.rows()
    assert (books.load().read, books.rows()) == (1, before)
    assert books.folder.query("SELECT DISTINCT a, b, c, d FROM contracts") == [("50%:x", "?", "\\:c", ":d")]


@pytest.fixture
def loose(sqlite: Books) -> Books:
    """The same in SQLite, whose columns take anything."""
    sqlite.run("CREATE TABLE contracts (contract_id, amount, starts_on, changed_at)")
    sqlite.run("INSERT INTO contracts VALUES ('C-1', 1, NULL, '2026-03-01 09:00:00'), ('C-2', 2, NULL, '2026-03-20')")
    sqlite.source(*CURSOR)
    sqlite.load()
    return sqlite


def test_a_load_that_fails_moves_nothing(loose: Books) -> None:
    """After a failed load the next one asks from where the last good one ended."""
    loose.run("INSERT INTO contracts VALUES ('C-3', 'x', NULL, '2026-03-25'), ('C-4', 4, NULL, '2026-03-31')")
    with pytest.raises(GateError, match="TP406"):
        loose.load()
    loose.run("UPDATE contracts SET amount = 3 WHERE contract_id = 'C-3'")
    assert loose.load().rows == 4


def test_news_are_not_added_to_a_table_that_was_emptied(loose: Books) -> None:
    """A table that a skipped load left empty, under another declaration or the old one, is filled from the beginning."""
    books, away = loose.folder.root / "books.db", loose.folder.root / "away.db"
    books.rename(away)
    for rules in (CONTRACTS.replace('amount = "number"', 'amount = "text"'), CONTRACTS):
        loose.source(*CURSOR, 'on_error = "skip"', rules=rules)
        assert loose.load().status == "skipped"
    away.rename(books)
    ended = loose.load()
    assert (ended.rows, ended.read) == (2, None)


def test_bad_rows_are_judged_by_what_was_read(loose: Books) -> None:
    """One bad row of two that were read is too many, however many rows lie in the table; the others would hide it."""
    loose.run(*(f"INSERT INTO contracts VALUES ('D-{n}', {n}, NULL, '2026-01-01')" for n in range(300)))
    loose.load(full=True)
    loose.run("UPDATE contracts SET amount = 'x', changed_at = '2026-03-31' WHERE contract_id = 'D-7'")
    with pytest.raises(GateError, match="TP406 source 'contracts': 1 of 2 rows"):
        loose.load()


def test_the_bad_version_of_a_row_takes_the_old_one_out(loose: Books) -> None:
    """As a full load would have it: a row that can no longer be read is kept aside, and nobody scores by what it was."""
    loose.source(*CURSOR, "max_bad_rows = 1")
    loose.run("UPDATE contracts SET amount = 'x', changed_at = '2026-03-31' WHERE contract_id = 'C-1'")
    assert loose.load().rows == 1
    assert loose.folder.quarantine == [(1, "amount is no number", "amount='x', contract_id='C-1'")]


TYPES = {"timestamp": "timestamptz", "date": "date", "integer": "bigint"}


def changed(random: random.Random, books: Books, now: dt.datetime, kind: str) -> None:
    """Some rows come, some change, as a program writes them: with the moment of the change."""
    at = f"CAST(:at AS {TYPES[kind]})" if books.engine.name == "postgresql" else ":at"
    with books.engine.begin() as connection:
        for _ in range(random.randrange(8)):
            moment = now - dt.timedelta(minutes=random.randrange(30))
            marks = {
                "timestamp": f"{moment:%Y-%m-%d %H:%M}Z",
                "date": f"{moment:%Y-%m-%d}",
                "integer": int(moment.timestamp()),
            }
            row = {
                "key": f"C-{random.randrange(60):02d}",
                "amount": random.choice(["1", "2.5", None, "x", "1e400"]),
                "starts_on": f"{now.date() + dt.timedelta(days=random.randrange(-20, 6))}",
                "at": random.choice([marks[kind]] * 9 + [None]),
            }
            connection.execute(text("DELETE FROM contracts WHERE contract_id = :key"), {"key": row["key"]})
            connection.execute(text(f"INSERT INTO contracts VALUES (:key, :amount, :starts_on, {at})"), row)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("seed", range(2))
def test_the_same_bytes_as_a_full_load(books: Books, tmp_path: Path, seed: int, kind: str) -> None:
    """Over weeks of random changes each load of what is new leaves the table that a load of everything does, row for row.

    Among the rows are such as cannot be read, such as lie in the future until their day comes, and such without a mark.
    """
    chance, rules = random.Random(seed), DATED.replace("KIND", kind)
    books.run(f"CREATE TABLE contracts (contract_id text, amount text, starts_on text, changed_at {TYPES[kind]})")
    books.source(*CURSOR, 'max_bad_rows = "100%"', rules=rules)
    (tmp_path / "whole").mkdir()
    lines = 'query = "SELECT * FROM contracts"\nmax_bad_rows = "100%"\n'
    whole = Books(books.engine, Folder(tmp_path / "whole", SOURCE + lines, rules), books.url)
    (tmp_path / "whole" / "books.db").symlink_to(tmp_path / "books.db")
    read, whole_read = [], 0
    for day in range(16):
        now = NOW + dt.timedelta(days=day)
        changed(chance, books, now, kind)
        read.append(books.load(now=now).read)
        everything = whole.load(now=now)
        whole_read += everything.rows + everything.quarantined
        assert books.rows() == whole.rows()
    assert read[0] is None
    assert sum(each or 0 for each in read) < whole_read  # it did not read everything each time


# In SQLite: the column's type there, what it is declared as, rows of the first load, rows that come, and more settings.
LOOSE = [
    ("TEXT", "integer", ["8", "9"], {"x": "10"}, ()),
    ("VARCHAR(9)", "integer", ["99"], {"x": "100"}, ()),
    ("TEXT", "number", ["9.5"], {"x": "10.25"}, ()),
    ("REAL", "number", [1.1 + 2.2], {"x": 1.1 + 2.2}, ()),
    ("TEXT", "number", ["3.3000000000000003"], {"x": "3.3000000000000003"}, ()),
    ("TEXT", "number", ["1e3"], {"x": "2e3"}, ()),
    ("", "integer", [7, "8"], {"x": 9, "y": "10"}, ()),
    ("TEXT", "integer", ["\u00a0 8"], {"x": "\t10"}, ()),
    ("TEXT", "timestamp", [" 2026-03-05 10:00"], {"x": " 2026-03-06 10:00"}, ()),
    ("TEXT", "timestamp", ["2026-03-05T10:00+00:00"], {"x": "2026-03-04T23:10-12:00"}, ()),
    ("TEXT", "date", [" 2026-03-05"], {"x": "\n2026-03-06"}, ()),
    ("TEXT", "timestamp", ["2026-03-05", ""], {"k1": ""}, ()),
    ("TEXT", "integer", ["5", "  "], {"k1": "  "}, ()),
    ("TEXT", "date", ["2026-03-05", "n/a"], {"k1": "n/a"}, ('blank = ["n/a"]',)),
    ("TEXT", "integer", ["5", "0"], {"k1": "0"}, ('blank = ["0"]',)),
    ("", "integer", [5, 5], {"k1": 3.5}, ()),  # it cannot be read, and takes the older one out
    ("", "integer", [5, 5], {"k1": "soon"}, ()),
    ("", "timestamp", ["2026-03-05", "2026-03-05"], {"k1": 20260306}, ()),
    ("", "number", [5.0, 5.0], {"k1": b"6"}, ()),
]


@pytest.mark.parametrize(("kept_as", "kind", "first", "then", "lines"), LOOSE)
def test_sqlite_compares_what_is_meant(
    sqlite: Books, kept_as: str, kind: str, first: list[object], then: dict[str, object], lines: tuple[str, ...]
) -> None:
    """Numbers and times that SQLite keeps as texts, blank ones and such as cannot be read give what a full load gives."""
    rules = CONTRACTS.replace('"timestamp"', f'"{kind}"')
    sqlite.run(f"CREATE TABLE contracts (contract_id TEXT PRIMARY KEY, amount REAL, changed_at {kept_as})")
    sqlite.source(*CURSOR, 'max_bad_rows = "100%"', *lines, rules=rules)
    for number, each in enumerate(first):
        sqlite.run("INSERT INTO contracts VALUES (:key, 1, :at)", key=f"k{number}", at=each)
    sqlite.run("INSERT INTO contracts VALUES ('a', 1, :at)", at="1" if kind in ("integer", "number") else "2026-01-01")
    sqlite.load()
    for key, each in then.items():
        sqlite.run("INSERT OR REPLACE INTO contracts VALUES (:key, 2, :at)", key=key, at=each)
    ended = sqlite.load()
    assert ended.read is not None
    assert ended.read < len(first) + 1 + len(then.keys() & {"x", "y"})  # the one with the least value did not come
    read = sqlite.rows()
    sqlite.load(full=True)
    assert read == sqlite.rows()


@pytest.mark.parametrize("kind", ["integer", "number", "date", "timestamp"])
def test_texts_are_no_cursor_elsewhere(postgres: Books, kind: str) -> None:
    """A database with types that keeps the column as text is told at the first load, before anything was missed."""
    postgres.run("CREATE TABLE contracts (contract_id text, amount numeric, changed_at text)")
    value = "9" if kind in ("integer", "number") else "2026-03-01"
    postgres.run("INSERT INTO contracts VALUES ('C-1', 1, NULL), ('C-2', 1, :at)", at=value)
    postgres.source(*CURSOR, rules=CONTRACTS.replace('"timestamp"', f'"{kind}"'))
    told = "source 'contracts': it has cursor = \"changed_at\", but that column holds texts"
    with pytest.raises(TrigpointError, match=f"^trigpoint.toml:7:10: TP428 {told} "):
        postgres.load()


@pytest.mark.parametrize("kind", ["integer", "number"])
@pytest.mark.parametrize("line", ['thousands = ","', 'decimal = ","'])
def test_numbers_as_people_write_them_are_no_cursor(sqlite: Books, kind: str, line: str) -> None:
    """Where numbers are texts with signs between their digits no database can tell which one is greater."""
    sqlite.source(*CURSOR, line, rules=CONTRACTS.replace('"timestamp"', f'"{kind}"'))
    with pytest.raises(ConfigError, match=r"TP428 .*, but its numbers are texts with `thousands` or a decimal comma"):
        sqlite.load()
