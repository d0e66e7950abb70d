"""Metrics by Ibis expressions: printed in the plugin's process, looked over, and run over the rows that a rule gives."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing

import pytest

from support import engine, small
from support.plugged import feed
from support.queried import ACME, ruleset
from trigpoint.compile.values.printed import UnfitTextError, check_printed
from trigpoint.evaluate import evaluate
from trigpoint.model.offer import IbisMetric, Input, MetricRequest, MetricRows
from trigpoint.model.plugin import Registry
from trigpoint.plugins.found import local_plugin
from trigpoint.warehouse import open_warehouse
from trigpoint.workers import open_workers
from trigpoint.workers.printing import checked, printing, sql_of
from trigpoint.workers.values import UnfitError

pytest.importorskip("ibis")

RULES = """
[tables.usage]
columns = { account_id = "text", user_id = "text", day = "date", events = "integer" }
belongs_to = { account = "account_id" }
time = "day"
[metrics.m]
plugin = "acme.m"
from = "usage"
window = "90 days"
settings = { part = "user_id", amount = "events", factor = 2 }
"""
FACTS = {
    "accounts": "A,x,5,true,2025-01-01\nB,x,5,true,2025-01-01\nC,x,5,true,2025-01-01",
    "usage": "A,u1,2026-03-20,6\nA,u1,2026-03-21,2\nA,u2,2026-03-22,2\nA,u3,2024-01-01,99\nB,u1,2026-01-20,5",
}
HEAD = """
import ibis
from trigpoint import IbisMetric, Input, hookimpl
SETTINGS = {"type": "object", "properties": {"factor": {"type": "number"}}}

def m(rows, request):
BODY

@hookimpl
def trigpoint_metrics():
    inputs = (Input("part", frozenset({"text"})), Input("amount", frozenset({"integer"})))
    return [IbisMetric("m", m, inputs, "M.", "N.", settings=SETTINGS)]
"""
TOP = """
parts = rows.group_by("key", "part").agg(total=rows.amount.sum())
return parts.group_by("key").agg(value=request.settings["factor"] * parts.total.max() / parts.total.sum())
"""


def run(folder, body: str):
    """What the metric gives for each account, with n and newest, and the findings."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    file = folder / "acme.py"
    file.write_text(HEAD.replace("BODY", lines), encoding="utf-8")
    plugin = local_plugin(file)
    offer = IbisMetric(
        "m",
        lambda rows, _: rows,
        (Input("part", frozenset({"text"})), Input("amount", frozenset({"integer"}))),
        "M.",
        "N.",
        settings={"type": "object", "properties": {"factor": {"type": "number"}}},
    )
    registry = Registry(metrics={"acme.m": offer}, plugins={"acme": plugin}, owners={("metric", "acme.m"): plugin})
    rules = ruleset(RULES, [offer])
    tables = {name: small.rows(rules.tables[name].columns, text) for name, text in FACTS.items()}
    engine.load(folder / "data.db", rules, tables)
    with open_warehouse(folder / "data.db") as warehouse, open_workers(registry, 30.0) as workers:
        found = evaluate(rules, warehouse, small.AS_OF, folder / "scratch.db", workers=workers)
    with closing(sqlite3.connect(folder / "scratch.db")) as connection:
        rows = connection.execute("SELECT key, m, m__n, m__newest FROM values_account ORDER BY key").fetchall()
    return rows, [str(each.text) for each in found.findings]


def test_an_expression_is_computed_by_the_warehouse(tmp_path):
    """Over the rows in the window, with the rule's settings; a subject without rows has no data."""
    assert ACME.name == "acme"
    assert run(tmp_path, TOP) == (
        [("A", 1.6, 3, "2026-03-22"), ("B", 2.0, 1, "2026-01-20"), ("C", None, 0, None)],
        [],
    )


BROKEN = {
    "return rows": "gave the columns key, part, amount, and key and value are wanted",
    "return 7": "gave a int, and a table of key and value is wanted",
    "return rows.select('key', value=rows.part)": "gave values of the type string, and the metric is of type number",
    "return rows.select('key', value=rows.nothing)": "AttributeError",
    "return rows.select('key', value=rows.amount)": "gives 'A' twice",
    "return rows.select('key', value=ibis.random()).limit(1)": "calls RANDOM, which no metric may call",
    "return rows.group_by('key').agg(value=rows.amount.median())": "OperationNotDefinedError",
    "return rows.group_by('key').agg(value=rows.amount.std())": "calls SQRT, which no metric may call",
    "return ibis.table({'key': 'string', 'value': 'float64'}, name='accounts')": 'reads "accounts", and may read the rows',
    "return rows.select('key', value=ibis.now().year().cast('float64'))": "says CURRENT_TIMESTAMP",
}


@pytest.mark.parametrize("body", BROKEN)
def test_what_is_no_honest_expression_is_an_error_of_the_metric(body, tmp_path):
    """Nothing of it is stored, and the finding says why; the run goes on."""
    rows, (told,) = run(tmp_path, body)
    assert [row[1] for row in rows] == [None, None, None]
    assert BROKEN[body] in told


HOSTILE = (
    *(
        "",
        "DELETE FROM usage",
        "SELECT 1; DROP TABLE usage",
        "SELECT 1 -- x",
        "SELECT /* x */ 1",
        "PRAGMA user_version",
    ),
    *(
        "SELECT * FROM usage",
        'SELECT * FROM "usage"',
        "SELECT * FROM sqlite_master",
        'SELECT * FROM scratch."given__rows"',
    ),
    *(
        'SELECT * FROM "given__rows" JOIN "salaries"',
        "WITH a AS (DELETE FROM usage) SELECT 1",
        "SELECT load_extension('x')",
    ),
    *(
        "SELECT randomblob(1e9)",
        "SELECT zeroblob(1e9)",
        'SELECT "randomblob"(9)',
        "SELECT random ()",
        "SELECT date('now')",
    ),
    *(
        "SELECT date(' NOW ')",
        "SELECT date()",
        "SELECT CURRENT_TIMESTAMP",
        "SELECT ?",
        "SELECT :a",
        "SELECT $a",
        "SELECT `a`",
    ),
    *("SELECT [a]", "SELECT '", 'SELECT "', "SELECT printf('%*d', 1e9, 1)", "SELECT replace('a', 'a', 'b')"),
    *(
        "ATTACH 'x' AS y",
        "SELECT 1 INTO x",
        "EXPLAIN SELECT 1",
        "VALUES (1)",
        "SELECT 'a\0b'",
        "SELECT group_concat(a)",
    ),
    *(
        "WITH RECURSIVE a AS (SELECT 1) SELECT * FROM a",
        "SELECT tp_latest(1)",
        "VACUUM",
        "SELECT x'00' || hex(zeroblob(9))",
    ),
)


OTHER_TABLES = (
    'SELECT * FROM "given__rows", "usage"',
    'SELECT * FROM "given__rows" AS "t0", usage',
    'SELECT * FROM "given__rows" AS "t0" JOIN "given__rows" AS "t1" ON 1 = 1, usage',
    'SELECT * FROM ("usage")',
    "SELECT * FROM",
    "SELECT * FROM (VALUES (1))",
    'SELECT 1) , x AS (SELECT * FROM "given__rows"',
    "SELECT (1",
    "SELECT 1))",
    'SELECT date("now")',
)


@pytest.mark.parametrize("text", HOSTILE + OTHER_TABLES)
def test_no_other_sql_is_run(text):
    """One SELECT over the rows, which calls nothing that costs much or differs from day to day."""
    with pytest.raises(UnfitTextError):
        check_printed(text)


def test_plain_sql_passes():
    """What Ibis prints: levels, windows, cases."""
    check_printed(
        'WITH "t1" AS (SELECT * FROM "given__rows" AS "t0" WHERE "t0"."part" IN (\'a; -- b\')) SELECT "t1"."key", '
        'LAG("t1"."amount") OVER (PARTITION BY "t1"."key" ORDER BY "t1"."day") AS "value" FROM "t1" '
        'INNER JOIN (SELECT "key" FROM "t1") AS "t2" ON CAST("t1"."key" AS TEXT) = "t2"."key"'
    )


def looked_over(rows, kind: str = "number"):
    """What is kept of (key, value, n, newest)."""
    return checked(feed("m", kind=kind), rows)


def test_what_the_sql_gives_is_kept_as_a_function_s_values_are():
    """Numbers are doubles; infinite ones are no data, and are told."""
    found = looked_over([("A", 3, 2, None), ("B", float("inf"), 1, "2026-01-01"), ("C", None, 0, None)])
    assert found.rows == [("A", 3.0, 2, None), ("B", None, 1, "2026-01-01"), ("C", None, 0, None)]
    assert [each.text for each in found.findings] == ["1 values of acme.m are infinite, and count as no data"]
    assert looked_over([("A", "2026-01-01", 1, None)], "date").findings == ()


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "7"), ("integer", 1.5), ("boolean", 2), ("date", "2026-1-1"), ("text", b"a"), ("timestamp", 5)],
)
def test_a_value_of_another_type_is_an_error(kind, value):
    """SQLite would keep anything."""
    with pytest.raises(UnfitError, match="for 'A', and the metric is of type"):
        looked_over([("A", value, 1, None)], kind)


def test_printing_needs_ibis(monkeypatch):
    """Without it the message says what to install."""
    monkeypatch.setitem(sys.modules, "ibis", None)
    metric = IbisMetric("m", lambda rows, _: rows, (), "M.", "N.")
    with pytest.raises(ImportError, match=r"trigpoint\[ibis\]"):
        sql_of(metric, {}, MetricRequest("account", small.AS_OF))


def test_an_expression_is_printed_for_the_inputs_that_are_given():
    """An optional input that the rule leaves out is no column."""
    metric = IbisMetric("m", lambda rows, _: rows.group_by("key").agg(value=rows.amount.max()), (), "M.", "N.")
    rows = MetricRows(["sql"], [1], {"amount": ["number"], "part": [None]})
    ((key, sql),) = printing(metric).compute(rows, MetricRequest("account", small.AS_OF))
    assert (key, " ".join(sql.split())) == (
        "sql",
        'SELECT "t0"."key", MAX("t0"."amount") AS "value" FROM "given__rows" AS "t0" GROUP BY 1',
    )


@pytest.mark.parametrize("made", [7, None])
def test_what_is_no_table_is_an_error(made):
    """The message says what is wanted."""
    with pytest.raises(UnfitError, match="a table of key and value is wanted"):
        sql_of(IbisMetric("m", lambda *_: made, (), "M.", "N."), {}, MetricRequest("account", small.AS_OF))


def test_tables_of_other_columns_or_types_are_errors():
    """One column too many, or a value of another type."""
    for expression in (lambda rows, _: rows, lambda rows, _: rows.select("key", value="key")):
        with pytest.raises(UnfitError):
            sql_of(IbisMetric("m", expression, (), "M.", "N."), {}, MetricRequest("account", small.AS_OF))
