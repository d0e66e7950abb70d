"""The third wall: what reaches the engine, though the language should have refused it, finds nothing and breaks nothing."""

from __future__ import annotations

import re
import sqlite3
import time
from pathlib import Path

import pytest

from trigpoint.errors import TrigpointError
from trigpoint.warehouse import open_warehouse

HOSTILE = Path(__file__).parents[2] / "cases" / "language" / "hostile.txt"
SECRET = "nobody may read this"


@pytest.fixture
def facts(tmp_path):
    """A warehouse with one declared table and one that is not."""
    path = tmp_path / "data.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        f"CREATE TABLE usage (account_id, plan, arr); INSERT INTO usage VALUES ('A', 'pro', 7);"
        f"CREATE TABLE salaries (who, amount); INSERT INTO salaries VALUES ('{SECRET}', 1);"
        f"CREATE TABLE _loads (source); INSERT INTO _loads VALUES ('{SECRET}');"
    )
    connection.close()
    return path


def texts() -> list[str]:
    """The hostile texts, one a line; \\uXXXX stands for a character."""
    lines = HOSTILE.read_text(encoding="utf-8").splitlines()
    unescaped = (re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), line) for line in lines)
    return [line for line in unescaped if line and not line.startswith("#")]


def attempt(facts: Path, statements: list[str], seconds: float = 1.0) -> tuple[list[object], int]:
    """What the statements gave, all as if they were compiled, and how many were refused."""
    gave, refused = [], 0
    with (
        open_warehouse(facts) as warehouse,
        warehouse.session(facts.with_name("scratch.db"), "UTC", seconds) as session,
    ):
        session.confine({"usage"})
        for statement in statements:
            try:
                gave.append(session.run(statement, "a hostile text"))
            except (TrigpointError, UnicodeEncodeError):
                refused += 1
    return gave, refused


def test_nothing_hostile_gets_through_the_third_wall(facts):
    """With the language's own walls off, no text reads an undeclared table, writes a fact or makes a file."""
    before = facts.read_bytes()
    many = [f"SELECT {text} FROM usage" for text in texts()] + [f"SELECT {text}" for text in texts()]
    gave, refused = attempt(facts, many, seconds=60.0)
    assert len(texts()) >= 150
    assert refused > len(many) * 3 / 4
    assert SECRET not in str(gave)
    assert facts.read_bytes() == before
    assert {file.name for file in facts.parent.iterdir()} == {"data.db", "scratch.db"}


def test_the_probe_would_see_a_breach(facts):
    """Without the wall the same probe does read what nobody may read."""
    with open_warehouse(facts) as warehouse:
        assert SECRET in str(warehouse.connection.execute("SELECT * FROM salaries").fetchall())


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM salaries",
        "SELECT * FROM _loads",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM scratch.sqlite_master",
        "SELECT load_extension('x')",
        "SELECT randomblob(1000000000)",
        "ATTACH DATABASE 'other.db' AS other",
        "PRAGMA trusted_schema = ON",
        "DELETE FROM usage",
        "INSERT INTO usage VALUES (1, 2, 3)",
        "CREATE TABLE scratch.more (x)",
        "DROP TABLE usage",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    ],
)
def test_each_way_out_is_shut(facts, statement):
    """Reading, writing, attaching, loading and filling the memory are refused one by one."""
    assert attempt(facts, [statement]) == ([], 1)


def test_a_statement_that_takes_too_long_is_stopped(facts):
    """The time limit of an evaluation is kept, and the error says so."""
    endless = " CROSS JOIN ".join(["usage"] * 1 + [f"(SELECT 1 UNION ALL SELECT 2) AS t{k}" for k in range(40)])
    began = time.monotonic()
    with open_warehouse(facts) as warehouse, warehouse.session(facts.with_name("scratch.db"), "UTC", 0.2) as session:
        session.confine({"usage"})
        with pytest.raises(TrigpointError, match="TP504"):
            session.run(f"SELECT count(*) FROM {endless}", "an endless rule")
    assert time.monotonic() - began < 30
