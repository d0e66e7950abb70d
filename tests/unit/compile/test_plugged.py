"""Functions of plugins in table metrics: no data where no row passes, whatever the function makes of no data."""

from __future__ import annotations

import datetime as dt

import pytest
from attrs import evolve

import oracle
from support import engine
from support.small import BASE
from trigpoint.errors import Place
from trigpoint.model.expression import NUMERIC
from trigpoint.model.function import Function, Parameter
from trigpoint.model.plugin import Plugin, Registry
from trigpoint.model.ruleset import Calendar
from trigpoint.rules import build_ruleset
from trigpoint.rules.declared import with_declarations
from trigpoint.rules.setting import plain, setting_of

OR_ZERO = Function(
    "or_zero",
    (Parameter("x", NUMERIC),),
    "number",
    "x, or 0.",
    templates={"*": "coalesce(x, 0)"},
    oracle=lambda x: 0.0 if x is None else x,
)
ACME = Plugin("acme", "acme-plugin", "1.2", "acme_plugin", "acme_plugin.py")
AS_OF = dt.date(2026, 3, 31)
RULES = """
[tables.tickets]
columns = { account_id = "text", opened = "date", hours = "number", big = "boolean" }
belongs_to = { account = "account_id" }
time = "opened"
[metrics.outside]
from = "tickets"
value = "or_zero(sum(hours))"
empty = "no data"
where = "or_zero(hours) > 0 or big"
[metrics.inside]
from = "tickets"
value = "sum(or_zero(hours)) / count(*)"
empty = "no data"
[metrics.counted]
from = "tickets"
value = "count(hours) / or_zero(count(*))"
empty = 0
"""
TICKETS = [
    ("a", None, True),
    ("b", 4.0, False),
    ("b", None, False),
    ("c", None, False),
]


@pytest.fixture
def ruleset():
    """The rules, with the function and its oracle."""
    import tomllib

    registry = Registry(functions={"or_zero": OR_ZERO}, owners={("function", "or_zero"): ACME})
    declared = with_declarations(setting_of(tomllib.loads(BASE + RULES), Place("rules.toml")), registry)
    return evolve(build_ruleset(plain(declared), Calendar()), functions={"or_zero": OR_ZERO})


def rows() -> dict[str, list[dict]]:
    blank = {"segment": None, "seats": None, "live": None, "signed_up": None}
    tickets = [{"account_id": key, "opened": AS_OF, "hours": hours, "big": big} for key, hours, big in TICKETS]
    return {"accounts": [{"account_id": key, **blank} for key in "abcd"], "tickets": tickets}


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("outside", {"a": 0.0, "b": 4.0, "c": None, "d": None}),
        ("inside", {"a": 0.0, "b": 2.0, "c": 0.0, "d": None}),
        ("counted", {"a": None, "b": 0.5, "c": None, "d": 0.0}),
    ],
)
def test_no_row_is_no_data(metric, expected, ruleset, tmp_path):
    """A function that gives 0 for no data gives none where no row passes; the oracle says the same."""
    judged = oracle.evaluate(ruleset, rows(), AS_OF)["values"]["account"]
    found = engine.run(tmp_path, ruleset, rows(), AS_OF)["values"]["account"]
    assert {key: row[metric] for key, row in found.items()} == expected
    assert {key: row[metric] for key, row in judged.items()} == expected
