"""What a query gives where no step is at hand to say it: rows that fall away, empty groups, functions, other subjects."""

from __future__ import annotations

import pytest

from support import engine, small
from support.acme import FUNCTIONS
from support.queried import ruleset
from trigpoint.model.function import ANY
from trigpoint.model.offer import Input, QueryMetric
from trigpoint.model.query import Query, rows

RULES = """
[tables.paid]
columns = { account_id = "text", who = "text", amount = "number", day = "date" }
belongs_to = { account = "account_id" }
time = "day"
[metrics.m]
plugin = "acme.m"
from = "paid"
subject = "SUBJECT"
settings = { who = "who", amount = "amount" }
"""
PAID = "A,x,1,2026-01-01\nA,x,3,2026-02-01\nA,y,,2026-03-01\nB,,1e308,2026-01-05\nB,,1e308,2026-01-06\nA,z,9,2026-04-01"


def asked(query: Query, folder, subject: str = "account", kind: str = "number"):
    """(value, n, newest) of each subject."""
    inputs = (Input("who", ANY), Input("amount", ANY), Input("left_out", frozenset({"text"}), optional=True))
    offer = QueryMetric("m", query, inputs, "", "", type=kind)
    rules = ruleset(RULES.replace("SUBJECT", subject), [offer], functions=FUNCTIONS.values())
    tables = {"accounts": "A,s,5,true,2025-01-01\nB,s,5,true,2025-01-01\nC,,5,true,2025-01-01", "paid": PAID}
    typed = {name: small.rows(rules.tables[name].columns, text) for name, text in tables.items()}
    found = engine.run(folder, rules, typed, small.AS_OF)["values"][subject]
    return {key: (row["m"], row["m__n"], row["m__newest"]) for key, row in found.items()}


def test_rows_that_a_step_drops_still_count_for_n(tmp_path):
    """n and the newest fact are those of the rows that the rule gives; a fact after the date is none of them."""
    assert asked(rows().where("amount > 2").value("count(*)"), tmp_path) == {
        "A": (1, 3, "2026-03-01"),
        "B": (2, 2, "2026-01-06"),
        "C": (None, 0, None),
    }


def test_a_subject_of_which_no_row_is_left_has_no_data(tmp_path):
    """No 0 is made up, whatever the value says of no data."""
    found = asked(rows().where("who = 'x'").value("coalesce(sum(amount), 7)"), tmp_path)
    assert found["B"] == (None, 2, "2026-01-06")


def test_the_company_has_the_rows_of_all(tmp_path):
    """Steps go over all rows of the one subject above everything."""
    query = rows().group_by("who", most="max(amount)").ranked("place", "most").value("max(place)")
    assert asked(query, tmp_path, "company") == {"company": (2, 5, "2026-03-01")}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (rows().value("sum(amount)"), None),
        (rows().value("sum(amount) * 0"), None),
        (rows().with_columns(big="amount * 10").value("coalesce(max(big), 5)"), 5),
        (rows().group_by(big="sum(amount)").value("coalesce(max(big), 6)"), 6),
        (rows().value("sum(1) / 0"), None),
        (rows().value("stddev(amount)"), 0),
        (rows().value("count(left_out)"), None),
        (rows().where("left_out is null").value("count(*)"), 2),
        (rows().group_by("who").value("count(*)"), 1),
        (rows().value("sum(third(amount / 1e300))"), 2e8 / 3),
        (rows().value("sum(cube(amount / 1e308))"), 2),
    ],
    ids=str,
)
def test_what_is_not_a_number_is_no_data(query, expected, tmp_path):
    """Overflow, division by zero, inputs that are left out; functions of plugins stand in queries too."""
    found = asked(query, tmp_path)["B"][0]
    assert found == (None if expected is None else pytest.approx(expected))


def test_steps_that_read_each_other_twice_stay_small(tmp_path):
    """Sixteen steps, each reading the one before three times, are sixteen levels and not three to the sixteenth terms."""
    query = rows().with_columns(c0="amount / 3")
    for number in range(1, 16):
        last = f"c{number - 1}"
        query = query.with_columns(**{f"c{number}": f"({last} + {last} + {last}) / 3"})
    assert asked(query.value("sum(c15)"), tmp_path)["A"][0] == pytest.approx(4 / 3)
