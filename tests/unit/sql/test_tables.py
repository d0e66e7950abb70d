"""`trigpoint sql-tables`: the tables of a database as lines to start from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from support.command_line import CommandLine
from support.databases import Books
from trigpoint_sql.catalogue import named


@pytest.fixture
def command_line(capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line, in this process."""
    return CommandLine(capsys)


CREATE = """CREATE TABLE "Orders" (
    "OrderID" integer PRIMARY KEY, total numeric(10, 2), paid boolean, placed date, changed_at timestamp, note text, raw {}
)"""


@pytest.mark.parametrize("whose", ["contracts", "url"])
def test_tables_become_toml(
    books: Books, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    """Each table and view is described by its columns and key, with names that rules can use; what is left open is a comment."""
    books.run(CREATE.format("point" if books.engine.name == "postgresql" else "blob"))
    books.run('CREATE VIEW paid AS SELECT "OrderID", total FROM "Orders" WHERE paid')
    monkeypatch.chdir(books.folder.root)
    answer = command_line("sql-tables", books.url if whose == "url" else "contracts")
    assert answer.code == 0, answer.err
    first, second = answer.out.split("# rules: ")[1:]
    rules, source = (
        tomllib.loads(part) for part in ("# " + first).replace("url = ...", 'url = "..."').split("# trigpoint.toml\n")
    )
    columns = {
        "order_id": "integer",
        "total": "number",
        "paid": "boolean",
        "placed": "date",
        "changed_at": "timestamp",
        "note": "text",
    }
    assert rules == {"tables": {"orders": {"columns": columns, "key": ["order_id"]}}}
    assert source["sources"]["orders"]["from"] == "Orders"
    assert source["sources"]["orders"]["columns"] == {"order_id": "OrderID"}
    assert '# time = "..."  # one of placed, changed_at' in first
    assert "# left out, for no type of rules fits: raw" in first
    assert '# key = ["..."]' in second


def test_a_reader_that_goes_away_is_no_fault_of_the_database(
    books: Books, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`trigpoint sql-tables contracts | head -3` ends as any command does whose stdout is closed."""
    books.run(CREATE.format("point" if books.engine.name == "postgresql" else "blob"))

    def gone(text: str) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("click.echo", gone)
    monkeypatch.setattr("trigpoint.cli.program._reader_went_away", lambda: 0)
    answer = command_line("sql-tables", books.url)
    assert (answer.code, answer.err) == (0, "")


def test_what_cannot_be_described_is_told(
    sqlite: Books, command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A source that reads no database, and a database that is not there, are errors; one without tables is said."""
    monkeypatch.chdir(sqlite.folder.root)
    assert (
        "there is no source 'nope' that reads a database (there is: contracts)"
        in command_line("sql-tables", "nope").err
    )
    answer = command_line("sql-tables", "sqlite:///nope.db")
    assert (answer.code, answer.codes) == (66, ["TP401"])
    sqlite.run("CREATE TABLE t (x int)", "DROP TABLE t")
    assert command_line("sql-tables", "contracts").out == "# There are no tables.\n"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("OrderID", "order_id"),
        ("Order ID", "order_id"),
        ("2nd", "c_2nd"),
        ("größe", "gr_e"),
        ("a__b_", "a_b"),
        ("!", "c_"),
    ],
)
def test_names_are_made_usable(theirs: str, ours: str) -> None:
    """A name of a database becomes one of small letters, digits and single lines."""
    assert named(theirs) == ours
