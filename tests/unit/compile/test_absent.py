"""A source that failed and was skipped leaves its metrics without data, whatever lies in its table."""

from __future__ import annotations

import datetime as dt

import pytest

from support.compare import read_scratch
from support.engine import load
from trigpoint.evaluate import evaluate
from trigpoint.model.ruleset import Calendar
from trigpoint.rules import build_ruleset
from trigpoint.warehouse import open_warehouse
from trigpoint.warehouse.load import open_for_load, transaction

AS_OF = dt.date(2026, 3, 31)
RULES = {
    "subjects": {"account": {"table": "accounts", "key": "account_id"}},
    "tables": {
        "accounts": {"columns": {"account_id": "text"}, "key": ["account_id"]},
        "usage": {
            "columns": {"account_id": "text", "day": "date"},
            "key": ["account_id", "day"],
            "belongs_to": {"account": "account_id"},
            "time": "day",
        },
    },
    "lookups": {"first": {"table": "usage", "key": ["account_id"], "value": "day", "at": "fixed"}},
    "metrics": {
        "rows": {"from": "usage", "value": "count(*)", "window": "28 days", "empty": 0},
        "day": {"value": "lookup(first, account_id)"},
    },
}
FACTS = {
    "accounts": [{"account_id": "A"}, {"account_id": "B"}],
    "usage": [{"account_id": "A", "day": dt.date(2026, 3, 30)}],
}


@pytest.mark.parametrize(("status", "expected"), [("loaded", {"A": 1, "B": 0}), ("skipped", {"A": None, "B": None})])
def test_a_skipped_source_is_no_data(tmp_path, status, expected):
    """`empty = 0` says that nothing happened; of a skipped source nobody knows that."""
    ruleset = build_ruleset(RULES, Calendar())
    load(tmp_path / "data.db", ruleset, FACTS)
    with open_for_load(tmp_path / "data.db") as connection, transaction(connection):
        connection.execute(
            "INSERT INTO _loads (source, table_name, status, attempted_at) VALUES ('usage', 'usage', ?, '')", (status,)
        )
    with open_warehouse(tmp_path / "data.db") as warehouse:
        evaluate(ruleset, warehouse, AS_OF, tmp_path / "scratch.db")
    rows = read_scratch(tmp_path / "scratch.db", ruleset)["values"]["account"]
    assert {key: row["rows"] for key, row in rows.items()} == expected
    assert (rows["A"]["day"] is None) == (status == "skipped")
