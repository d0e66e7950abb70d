"""The bundled plugin `concentration`: what its queries make of rows, and what they promise."""

from __future__ import annotations

import tomllib
from pathlib import Path
from random import Random

import pytest

from support import engine, small
from support.queried import declared, ruleset
from trigpoint.model.plugin import Plugin
from trigpoint_concentration import trigpoint_metrics

GOLDEN = Path(__file__).parents[2] / "golden" / "rules" / "queries.toml"
OURS = Plugin("concentration", "trigpoint", "0.1.0", "trigpoint_concentration", "metrics.py", bundled=True)
RULES = """
[tables.paid]
columns = { account_id = "text", product = "text", amount = "number" }
belongs_to = { account = "account_id" }
[metrics]
top = { plugin = "acme.top_share", from = "paid", settings = { part = "product", amount = "amount", top = TOP } }
hhi = { plugin = "acme.hhi", from = "paid", settings = { part = "product", amount = "amount" } }
"""


def shares(rows, folder, top: int = 1) -> tuple[float | None, float | None]:
    """`top_share` and `hhi` of an account with these (product, amount)."""
    rules = ruleset(RULES.replace("TOP", str(top)), trigpoint_metrics())
    paid = [{"account_id": "A", "product": part, "amount": amount} for part, amount in rows]
    accounts = small.rows(rules.tables["accounts"].columns, "A,x,5,true,2025-01-01")
    found = engine.run(folder, rules, {"accounts": accounts, "paid": paid}, small.AS_OF)["values"]["account"]["A"]
    return found["top"], found["hhi"]


CASES = [
    ([("a", 9.0), ("b", 0.5), ("c", 0.5)], 1, (0.9, 0.815)),
    ([("a", 5.0), ("b", 5.0), ("a", 5.0)], 1, (2 / 3, 5 / 9)),
    ([("a", 7.0)], 1, (1.0, 1.0)),
    ([("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 1.0)], 1, (0.25, 0.25)),
    ([("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 1.0)], 3, (0.75, 0.25)),
    ([("a", 4.0), ("b", 2.0), ("c", 2.0), ("d", 2.0)], 3, (0.8, 0.28)),
    ([("a", 4.0), ("b", 2.0)], 9, (1.0, 5 / 9)),
    ([("a", 4.0), ("b", -2.0), ("c", 0.0)], 1, (1.0, 1.0)),
    ([("a", 4.0), (None, 96.0), ("b", None), ("c", 4.0)], 1, (0.5, 0.5)),
    ([("a", 0.0), ("b", -1.0)], 1, (None, None)),
    ([(None, 3.0)], 1, (None, None)),
    ([], 1, (None, None)),
]


@pytest.mark.parametrize(("rows", "top", "expected"), CASES, ids=str)
def test_the_shares_are_those_of_a_hand_count(rows, top, expected, tmp_path):
    """Parts of one size, blanks, refunds and single parts."""
    found = shares(rows, tmp_path, top)
    assert found == tuple(each if each is None else pytest.approx(each) for each in expected)


def test_the_shares_lie_where_they_must(tmp_path):
    """1/n <= hhi <= top share <= 1, whatever the amounts; doubling them all changes nothing."""
    rng = Random(7)
    for _ in range(15):
        rows = [(rng.choice("abcdef"), rng.choice([0.25, 1.0, 2.5, 40.0])) for _ in range(rng.randint(1, 12))]
        top, hhi = shares(rows, tmp_path)
        assert 1 / len({part for part, _ in rows}) - 1e-9 <= hhi <= top + 1e-9 <= 1 + 2e-9
        assert shares([(part, amount * 2) for part, amount in rows], tmp_path) == pytest.approx((top, hhi))


def test_the_golden_rules_declare_what_the_plugin_declares():
    """The SQL that is reviewed is that of the plugin as it is."""
    rules = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
    plain = {name: each for name, each in rules.items() if name != "plugins"}
    assert declared(plain, trigpoint_metrics(), OURS)["plugins"] == rules["plugins"]
