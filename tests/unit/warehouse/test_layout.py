"""How declared tables lie in the warehouse, and when they must be loaded again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from support.folder import USAGE, Folder
from support.small import ruleset
from trigpoint.warehouse.layout import check_layout, create_table, layout_of

RULES = """
[subjects.subscription]
table = "subscriptions"
key = "subscription_id"
parents = { account = "account_id" }
[tables.subscriptions]
columns = { subscription_id = "text", account_id = "text", live = "boolean", started = "timestamp" }
[tables.usage]
columns = { id = "text", subscription_id = "text", day = "date", n = "integer", x = "number" }
belongs_to = { subscription = "subscription_id" }
time = "day"
[tables.rates]
columns = { currency = "text", rate = "number" }
[subjects.csm]
table = "csms"
key = "csm_id"
history = true
[tables.csms]
columns = { csm_id = "text", from_day = "date", to_day = "date" }
in_force = { from = "from_day", to = "to_day", to_is = "last day" }
"""


@pytest.mark.parametrize(
    ("table", "ends"),
    [
        (
            "subscriptions",
            '"subscription_id" TEXT NOT NULL,\n    "account_id" TEXT NOT NULL,\n    "live" INTEGER,\n    "started" TEXT,\n'
            "    _n INTEGER NOT NULL,\n    _loaded_at INTEGER NOT NULL,\n"
            '    PRIMARY KEY ("account_id", "subscription_id", _n),\n    UNIQUE ("subscription_id")\n) STRICT, WITHOUT ROWID',
        ),
        (
            "usage",
            '"id" TEXT,\n    "subscription_id" TEXT NOT NULL,\n    "day" TEXT NOT NULL,\n    "n" REAL,\n    "x" REAL,\n'
            "    _n INTEGER NOT NULL,\n    _loaded_at INTEGER NOT NULL,\n"
            '    _day INTEGER GENERATED ALWAYS AS (CAST(julianday("day") + 0.5 AS INTEGER)) STORED,\n'
            '    PRIMARY KEY ("subscription_id", "day", _n)\n) STRICT, WITHOUT ROWID',
        ),
        (
            "rates",
            '"currency" TEXT,\n    "rate" REAL,\n    _n INTEGER NOT NULL,\n    _loaded_at INTEGER NOT NULL,\n'
            "    PRIMARY KEY (_n)\n) STRICT, WITHOUT ROWID",
        ),
        (
            "csms",
            '"csm_id" TEXT NOT NULL,\n    "from_day" TEXT NOT NULL,\n    "to_day" TEXT,\n'
            "    _n INTEGER NOT NULL,\n    _loaded_at INTEGER NOT NULL,\n"
            '    PRIMARY KEY ("csm_id", "from_day", _n),\n    UNIQUE ("csm_id", "from_day")\n) STRICT, WITHOUT ROWID',
        ),
    ],
)
def test_a_table_lies_by_owner_and_time(table: str, ends: str) -> None:
    """A table of facts lies by owner and time, a subject's own by parent and key, a history also by start, others by row."""
    statement = create_table(layout_of(ruleset(RULES), table), table)
    assert statement == f'CREATE TABLE "{table}" (\n    {ends}'
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("rules", "timezone", "told"),
    [
        (USAGE, "Europe/Berlin", None),
        (USAGE, "America/New_York", None),  # dates have no zone
        (USAGE + 'fresh = { warn = "2 days" }', "Europe/Berlin", None),
        (USAGE.replace('"integer"', '"number"'), "Europe/Berlin", "was loaded with other columns or types"),
        (
            USAGE.replace("events =", "more = 'text', events ="),
            "Europe/Berlin",
            "was loaded with other columns or types",
        ),
        (USAGE.replace('time = "day"', ""), "Europe/Berlin", "was loaded in another order"),
        (USAGE + '[tables.more]\ncolumns = { n = "number" }', "Europe/Berlin", "table 'more' has never been loaded"),
    ],
)
def test_a_table_of_another_declaration_asks_for_a_load(
    tmp_path: Path, rules: str, timezone: str, told: str | None
) -> None:
    """A table that was loaded by another declaration is told before it is scored; a load mends it."""
    folder = Folder(tmp_path)
    folder.file("usage.csv", "account_id,day,events,more\nA,2026-03-01,1,x\n")
    folder.load()
    folder.rules(rules)
    assert [told in text for text in problems(folder, timezone)] == ([True] if told else [])
    folder.load()
    assert problems(folder, "Europe/Berlin") == []


def test_another_zone_asks_for_a_load_of_timestamps(tmp_path: Path) -> None:
    """Timestamps were read in the project's zone: with another zone they must be read again."""
    folder = Folder(tmp_path, rules=USAGE.replace('"date"', '"timestamp"'))
    folder.file("usage.csv", "account_id,day,events\nA,2026-03-01 10:00,1\n")
    folder.load()
    (told,) = problems(folder, "America/New_York")
    assert "loaded in the time zone Europe/Berlin, and the project is in America/New_York now" in told


def test_a_warehouse_without_notes_has_nothing_loaded(tmp_path: Path) -> None:
    """An empty database has no table that could be scored."""
    with closing(sqlite3.connect(tmp_path / "data.db")) as connection:
        (problem,) = check_layout(connection, ruleset(USAGE, base=""))
    assert (problem.code, problem.hint) == ("TP424", "run: trigpoint load")


def problems(folder: Folder, timezone: str) -> list[str]:
    rules = (folder.root / "rules" / "all.toml").read_text(encoding="utf-8")
    with closing(sqlite3.connect(folder.root / "data.db")) as connection:
        return [str(problem) for problem in check_layout(connection, ruleset(rules, base="", timezone=timezone))]
