"""What a lookup finds: the newest row of a key that is known on the day it looks at, from every place it may stand in."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest

import oracle
from support import engine
from support.compare import compare
from support.small import AS_OF, rows, ruleset
from trigpoint.compile import compile_ruleset
from trigpoint.warehouse.layout import create_table, layout_of

TABLES = """
[tables.rates]
columns = { currency = "text", day = "date", rate = "number", recorded = "date", corrected = "date" }
key = ["currency", "day"]
time = "day"
known = { row = "recorded", rate = "corrected" }
[tables.contracts]
columns = { contract_id = "text", account_id = "text", start_date = "date", end_date = "date", arr = "number", currency = "text" }
belongs_to = { account = "account_id" }
in_force = { from = "start_date", to = "end_date", to_is = "last day" }
[tables.orders]
columns = { account_id = "text", at = "timestamp", amount = "number", currency = "text" }
belongs_to = { account = "account_id" }
time = "at"
[tables.prices]
columns = { plan = "text", region = "text", price = "number" }
key = ["region", "plan"]
[lookups]
fx = { table = "rates", key = ["currency"], value = "rate", at = "fixed" }
fx_then = { table = "rates", key = ["currency"], value = "rate", at = "as of" }
fx_row = { table = "rates", key = ["currency"], value = "rate", at = "row" }
price = { table = "prices", key = ["plan", "region"], value = "price" }
"""
A_YEAR = "EUR,2025-01-01,1.00,2025-01-01,2025-01-01\nEUR,2026-01-01,1.10,2026-01-01,2026-01-01\n"
CONTRACTS = "c1,a1,2024-01-01,,100,EUR"


def evaluated(tmp_path, rules, typed, as_of):
    """What the engine finds; the oracle finds the same."""
    found = engine.run(tmp_path, rules, typed, as_of)
    everything = {name: typed.get(name, []) for name in rules.tables}
    assert compare(oracle.evaluate(rules, everything, as_of), found)[1] == []
    return found


def account_values(tmp_path, metrics, as_of=AS_OF, **tables):
    """The value row of account a1, whose segment is 'EUR'."""
    rules = ruleset(TABLES + metrics)
    given = {"accounts": "a1,EUR,5,true,2020-01-01", "rates": A_YEAR, "contracts": CONTRACTS, **tables}
    typed = {name: rows(rules.tables[name].columns, text) for name, text in given.items()}
    return evaluated(tmp_path, rules, typed, as_of)["values"]["account"]["a1"]


def metric(name, value, more='from = "contracts"\nempty = "no data"\n'):
    return f'[metrics.{name}]\nvalue = "{value}"\n{more}'


def looked_up(tmp_path, rates, lookup="fx", as_of=AS_OF):
    """What is found for the key EUR among some rates."""
    value = f"lookup({lookup}, segment)"
    return account_values(tmp_path, metric("found", value, 'subject = "account"\n'), as_of, rates=rates)["found"]


def test_constant_currency_leaves_an_unchanged_contract_at_100_percent(tmp_path):
    """100 EUR a year ago and now, at 1.00 then and 1.10 now: 100 % with the rate fixed, 110 % with the rate of each date."""
    metrics = metric("arr", "sum(arr * lookup(fx, currency))", 'from = "contracts"\nwhere = "in_force()"\nempty = 0\n')
    metrics += metrics.replace("metrics.arr]", "metrics.arr_then]").replace("lookup(fx,", "lookup(fx_then,")
    metrics += metric("net", "arr / ago(arr, '12 months')", "") + metric(
        "net_then", "arr_then / ago(arr_then, '1 year')", ""
    )
    found = account_values(tmp_path, metrics)
    assert found["net"] == pytest.approx(1.0, rel=1e-12)
    assert found["net_then"] == pytest.approx(1.1, rel=1e-12)


def test_a_fixed_lookup_stays_in_a_shifted_formula_and_one_as_of_the_date_moves(tmp_path):
    """ago() of a formula moves all that it looks at, fixed lookups excepted."""
    metrics = metric("one", "lookup(fx, segment)", "") + metric("other", "lookup(fx_then, segment)", "")
    metrics += metric("one_ago", "ago(one, '12 months')", "") + metric("other_ago", "ago(other, '12 months')", "")
    found = account_values(tmp_path, metrics)
    assert [found[name] for name in ("one", "other", "one_ago", "other_ago")] == [1.1, 1.1, 1.1, 1.0]


def test_a_row_lookup_takes_the_day_of_the_fact_in_the_zone_of_the_project(tmp_path):
    """An order late on 31 December UTC lies on 1 January in Berlin; one without a time finds nothing."""
    orders = "a1,2025-12-31 22:59:00,10,EUR\na1,2026-01-01 00:30:00,10,EUR\na1,,10,EUR"
    value = "sum(amount * lookup(fx_row, currency))"
    found = account_values(tmp_path, metric("amount", value, 'from = "orders"\nempty = 0\n'), orders=orders)
    assert found["amount"] == pytest.approx(10 * 1.00 + 10 * 1.10)
    assert found["amount__n"] == 2


def test_moments_are_compared_with_days_in_the_zone_of_the_project(tmp_path):
    """A price of half past midnight in Berlin holds for that day's order, one of the next midnight does not."""
    more = """
[tables.quotes]
columns = { plan = "text", at = "timestamp", price = "number" }
key = ["plan", "at"]
time = "at"
[lookups.quote]
table = "quotes"
key = ["plan"]
value = "price"
at = "row"
[lookups.quote_now]
table = "quotes"
key = ["plan"]
value = "price"
at = "as of"
"""
    rules = ruleset(
        TABLES
        + more
        + metric("spent", "sum(amount * lookup(quote, currency))", 'from = "orders"\nempty = 0\n')
        + metric("now", "lookup(quote_now, segment)", "")
        + metric("before", "ago(now, '1 day')", "")
    )
    given = {
        "accounts": "a1,EUR,5,true,2020-01-01",
        "orders": "a1,2026-03-30 12:00:00,10,EUR\na1,2026-03-29 12:00:00,1,EUR",
        "quotes": "EUR,2026-03-30 00:30:00,2\nEUR,2026-03-31 00:00:00,3\nEUR,,9\nEUR,2026-03-28 23:59:59,1",
    }
    typed = {name: rows(rules.tables[name].columns, text) for name, text in given.items()}
    found = evaluated(tmp_path, rules, typed, AS_OF)["values"]["account"]["a1"]
    assert (found["spent"], found["now"], found["before"]) == (21, 3, 2)


def test_a_subject_s_own_table_can_be_looked_into(tmp_path):
    """By its key, which is unique; also by a table metric of another subject, and for a shifted rollup."""
    rules = ruleset(
        TABLES
        + metric("mine", "lookup(segment_of, 'a2')", 'subject = "account"\n')
        + metric(
            "rate", "sum(lookup(fx_then, segment))", 'over = "account"\nwhere = "lookup(fx_then, segment) > 0.5"\n'
        )
        + metric("rate_ago", "ago(rate, '12 months')", 'subject = "company"\n')
        + '[lookups.segment_of]\ntable = "accounts"\nkey = ["account_id"]\nvalue = "segment"\n'
    )
    given = {"accounts": "a1,EUR,5,true,2020-01-01\na2,USD,5,true,2020-01-01", "rates": A_YEAR}
    typed = {name: rows(rules.tables[name].columns, text) for name, text in given.items()}
    found = evaluated(tmp_path, rules, typed, AS_OF)["values"]
    assert found["account"]["a1"]["mine"] == "USD"
    assert (found["company"]["company"]["rate"], found["company"]["company"]["rate_ago"]) == (1.1, 1.0)


def test_a_derived_column_may_look_up(tmp_path):
    """As of the row's day, and in conditions too; a table may look up in itself."""
    more = '[tables.orders.derived]\neuros = "amount * lookup(fx_row, currency)"\n'
    more += '[tables.rates.derived]\nbase = "lookup(fx_row, currency)"\n'
    more += metric("big", "count(*)", 'from = "orders"\nwhere = "euros > 10.5"\nempty = 0\n')
    more += metric("itself", "sum(base)", 'from = "rates"\nempty = 0\nsubject = "company"\n')
    orders = "a1,2025-12-31 12:00:00,10,EUR\na1,2026-01-02 12:00:00,10,EUR"
    assert account_values(tmp_path, more, orders=orders)["big"] == 1


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ("", None),
        ("USD,2025-01-01,1.00,2025-01-01,2025-01-01", None),
        ("EUR,2026-03-31,2.00,2026-03-31,2026-03-31", 2.0),
        ("EUR,2026-04-01,2.00,2026-01-01,2026-01-01", None),
        (A_YEAR + "EUR,2026-02-01,9.00,2026-04-01,2026-01-01", 1.1),
        (A_YEAR + "EUR,2026-02-01,9.00,,2026-01-01", 1.1),
        (A_YEAR + "EUR,2026-02-01,9.00,2026-02-01,2026-04-01", None),
        (A_YEAR + "EUR,2026-02-01,,2026-02-01,2026-02-01", None),
        (A_YEAR + "EUR,,9.00,2026-02-01,2026-02-01", 1.1),
        (",2026-02-01,9.00,2026-02-01,2026-02-01", None),
    ],
    ids=[
        "no row",
        "another key",
        "the day itself",
        "after the day",
        "recorded later",
        "not recorded yet",
        "value known later",
        "blank value",
        "blank time",
        "blank key",
    ],
)
def test_the_newest_known_row_answers(tmp_path, rates, expected):
    """Only rows of the key up to the date that were known by then; a value not known yet, or blank, is no data."""
    assert looked_up(tmp_path, rates) == expected
    assert looked_up(tmp_path, rates, "fx_then") == expected


def test_blank_keys_find_nothing(tmp_path):
    """No data looks up nothing, and neither does the empty text, as which blank keys are stored."""
    rates = ",2026-02-01,9.00,2026-02-01,2026-02-01"
    metrics = metric("blank", "lookup(fx, nullif(segment, 'EUR'))", "") + metric(
        "empty", "lookup(fx, trim(concat(' ', ' ')))", 'subject = "account"\n'
    )
    found = account_values(tmp_path, metrics, rates=rates)
    assert (found["blank"], found["empty"]) == (None, None)


def test_keys_of_several_columns_go_by_the_order_of_the_lookup(tmp_path):
    """The key of the table may be declared in another order."""
    metrics = metric("price", "lookup(price, 'pro', segment)", "")
    assert account_values(tmp_path, metrics, prices="pro,EUR,7\nEUR,pro,8")["price"] == 7


def test_lookups_stand_beside_aggregates_and_inside_lookups(tmp_path):
    """The key may be an aggregate, or come from another lookup."""
    metrics = metric("total", "sum(arr) * lookup(fx, max(currency))")
    metrics += metric("nested", "lookup(fx, case when lookup(price, 'pro', segment) > 6 then 'EUR' else 'USD' end)", "")
    found = account_values(tmp_path, metrics, prices="pro,EUR,7")
    assert found["total"] == pytest.approx(110)
    assert found["nested"] == 1.1


def test_scorecards_look_up_in_numbers_guards_and_conditions(tmp_path):
    """What a scorecard looks up is a column of the value row, from which alone it is judged."""
    rules = ruleset(
        TABLES
        + metric("arr", "sum(arr)")
        + """
[scorecards.health]
subject = "account"
missing = "skip"
when = "lookup(fx, segment) > 1"
measures.arr = { metric = "arr", target = "100 * lookup(fx, segment)" }
guards.dear = { when = "lookup(fx_then, segment) > 1 and points.arr > 50", cap = "50 * lookup(fx, segment)" }
"""
    )
    given = {"accounts": "a1,EUR,5,true,2020-01-01\na2,USD,5,true,2020-01-01", "rates": A_YEAR, "contracts": CONTRACTS}
    typed = {name: rows(rules.tables[name].columns, text) for name, text in given.items()}
    found = evaluated(tmp_path, rules, typed, AS_OF)["scores"]["health"]
    assert found["a1"]["points"]["arr"] == pytest.approx(100 / 1.1)
    assert (found["a1"]["score"], found["a1"]["guards"]) == (pytest.approx(55), ["dear"])
    assert found["a2"]["outcome"] == "not_applicable"


def test_a_rollup_looks_up_for_each_child(tmp_path):
    """The key is the child's; beside the aggregate it is one key for all."""
    rules = ruleset(
        TABLES
        + metric("arr", "sum(arr)")
        + metric("all", "sum(arr * lookup(fx, segment)) * lookup(fx, 'EUR')", 'over = "account"\n')
    )
    given = {"accounts": "a1,EUR,5,true,2020-01-01\na2,USD,5,true,2020-01-01", "rates": A_YEAR}
    given["contracts"] = "c1,a1,2024-01-01,,100,EUR\nc2,a2,2024-01-01,,50,EUR"
    typed = {name: rows(rules.tables[name].columns, text) for name, text in given.items()}
    found = evaluated(tmp_path, rules, typed, AS_OF)["values"]["company"]["company"]
    assert found["all"] == pytest.approx(121)


def test_a_table_of_nobody_is_sought_by_the_key_of_its_lookup():
    """It lies by key and time, and no statement reads it from end to end."""
    rules = ruleset(TABLES + metric("arr", "sum(arr * lookup(fx, currency))"))
    assert rules.cluster("rates") == ("currency", "day")
    assert rules.cluster("prices") == ("plan", "region")
    connection = sqlite3.connect(":memory:")
    for table in rules.tables:
        connection.execute(create_table(layout_of(rules, table), table))
    scan = compile_ruleset(rules, dt.date(2026, 3, 31)).statements[0]
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {scan.select}")]
    assert any(step.startswith("SEARCH rates USING PRIMARY KEY (currency=?") for step in plan), plan
    assert not any("ORDER BY" in step for step in plan), plan
