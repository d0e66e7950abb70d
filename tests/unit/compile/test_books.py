"""Whose book a subject is in: dated parents, histories, subjects without a table, and what is found on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from support.compare import read_scratch
from support.engine import load
from support.small import AS_OF, rows, ruleset
from trigpoint.compile import compile_ruleset
from trigpoint.evaluate import evaluate
from trigpoint.warehouse import open_warehouse

RULES = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { csm = { table = "assignments", column = "csm_id" }, segment = "segment" }
[subjects.csm]
table = "csms"
key = "csm_id"
parents = { team = "team" }
[subjects.team]
[subjects.segment]
[tables.accounts]
columns = { account_id = "text", segment = "text" }
[tables.csms]
columns = { csm_id = "text", team = "text", role = "text" }
[tables.assignments]
columns = { account_id = "text", csm_id = "text", from_day = "date", to_day = "date", noted = "date" }
belongs_to = { account = "account_id" }
in_force = { from = "from_day", to = "to_day", to_is = "last day" }
[tables.usage]
columns = { account_id = "text", day = "date", events = "number" }
belongs_to = { account = "account_id" }
time = "day"
[tables.contracts]
columns = { account_id = "text", arr = "number" }
belongs_to = { account = "account_id" }
[tables.goals]
columns = { team = "text", amount = "number" }
belongs_to = { team = "team" }
[metrics.events]
from = "usage"
value = "sum(events)"
window = "1 year"
empty = 0
subject = ["csm", "team", "segment", "company"]
[metrics.by_seniors]
from = "usage"
value = "sum(events)"
where = "csm.role = 'senior'"
empty = 0
subject = ["csm"]
[metrics.revenue]
from = "contracts"
value = "sum(arr)"
empty = 0
subject = ["csm", "company"]
[metrics.goal]
from = "goals"
value = "sum(amount)"
empty = 0
[metrics.book]
over = "account"
value = "sum(revenue)"
subject = ["csm", "company"]
[metrics.book_before]
value = "ago(book, '2 months')"
subject = "csm"
[metrics.opening_book]
over = "account"
value = "sum(revenue)"
window = "quarter to date"
holder = "start"
subject = "csm"
[metrics.shared_book]
over = "account"
value = "sum(revenue)"
window = "quarter to date"
holder = "share of days"
subject = ["csm", "team", "company"]
"""
FACTS = {
    "accounts": "a1, smb\n a2, smb\n a3, ent\n a4,",
    "csms": "c1, north, senior\n c2, north,\n c3,,",
    "usage": """a1, 2026-02-14, 1
        a1, 2026-02-15, 2
        a2, 2026-03-09, 4
        a2, 2026-03-11, 8
        a3, 2026-03-05, 16
        a3, 2026-03-11, 32
        a4, 2026-03-11, 64
        a1, , 128""",
    "contracts": "a1, 90\n a2, 180\n a3, 360\n a4, 720",
    "goals": "north, 7\n south, 9",
    # a1 was handed over, a2's csm has left, a3 had a stand-in for ten days, and a row that ends before it begins
    "assignments": """a1, c1, , 2026-02-14,
        a1, c2, 2026-02-15, ,
        a2, c2, 2026-01-01, 2026-03-10,
        a3, c1, 2025-01-01, ,
        a3, c3, 2026-03-01, 2026-03-10,
        a3, c2, 2026-03-05, 2026-03-01,""",
}


def results(folder: Path, text: str, facts: Mapping[str, str], as_of: dt.date = AS_OF, unfilled=()):
    """Value rows by subject, and the findings by kind."""
    rules = ruleset(text, base="")
    load(folder / "data.db", rules, {name: rows(rules.tables[name].columns, each) for name, each in facts.items()})
    (folder / "scratch.db").unlink(missing_ok=True)
    with open_warehouse(folder / "data.db") as warehouse:
        evaluation = evaluate(rules, warehouse, as_of, folder / "scratch.db", unfilled=unfilled)
    found = read_scratch(folder / "scratch.db", rules)
    return found, {each.kind: (each.where, each.count, each.severity, each.text) for each in evaluation.findings}


def column(found, subject: str, name: str) -> dict:
    """One column of the value rows."""
    return {key: row[name] for key, row in found["values"][subject].items()}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    """The example above, evaluated once."""
    return results(tmp_path_factory.mktemp("books"), RULES, FACTS)


@pytest.mark.parametrize(
    ("subject", "metric", "expected"),
    [
        (
            "csm",
            "events",
            {"c1": 33, "c2": 14, "c3": 16},
        ),  # by the day of the fact; c2 was the last to hold a2 before 11 March
        ("team", "events", {"north": 47}),
        ("segment", "events", {"smb": 15, "ent": 48}),  # beside the dated road nothing changes
        ("company", "events", {"company": 127}),
        ("csm", "by_seniors", {"c1": 32, "c2": 0, "c3": 16}),  # a column read upwards is that of today's holder
        ("csm", "revenue", {"c1": 360, "c2": 270, "c3": 0}),  # no time: today's holder, or the last one
        ("company", "revenue", {"company": 1350}),
        ("csm", "book", {"c1": 360, "c2": 270, "c3": None}),
        ("company", "book", {"company": 1350}),
        ("csm", "book_before", {"c1": 450, "c2": 180, "c3": None}),
        ("csm", "opening_book", {"c1": 450, "c2": 180, "c3": None}),
        ("csm", "shared_book", {"c1": 45 + 320, "c2": 45 + 180 * 69 / 90, "c3": 40}),
        ("team", "shared_book", {"north": 90 + 180 * 69 / 90 + 320}),
        ("csm", "shared_book__n", {"c1": 2, "c2": 2, "c3": 1}),
        ("team", "shared_book__n", {"north": 3}),  # a child whose two holders are of one team is one child
        ("company", "shared_book", {"company": 1350}),
        ("team", "goal", {"north": 7}),  # a team that no csm names is none
    ],
)
def test_everybody_has_what_is_theirs(books, subject: str, metric: str, expected: dict) -> None:
    """Facts go to the holder of their day, everything else to the holder of the as-of date, rollups as they say."""
    assert column(books[0], subject, metric) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kind", "where", "count", "severity"),
    [
        ("no parent", "account", 1, "warning"),
        ("overlap", "assignments", 1, "warning"),
        ("never in force", "assignments", 1, "warning"),
        ("orphans", "goals", 1, "warning"),
    ],
)
def test_what_is_odd_is_told(books, kind: str, where: str, count: int, severity: str) -> None:
    """A child without a parent, stretches that overlap or end before they begin, facts of nobody: each is a finding."""
    assert books[1][kind][:3] == (where, count, severity)


def test_two_holders_at_once_are_an_error(tmp_path: Path) -> None:
    """Where two parents are named from one day on nobody holds the child, and the run is degraded by it."""
    both = "a1, c1, 2026-01-01, ,\n a1, c2, 2026-01-01, ,\n a2, c1, 2026-01-01, ,\n a2, c1, 2026-01-01, ,"
    found, findings = results(tmp_path, RULES, FACTS | {"assignments": both})
    assert column(found, "csm", "events") == {"c1": 12, "c2": 0, "c3": 0}
    where, count, severity, text = findings["two parents"]
    assert (where, count, severity) == ("assignments", 1, "error")
    assert text == "names more than one csm from the same day on, so nobody counts for 1 account: e.g. 'a1'"


def test_hand_overs_are_those_known_by_the_date(tmp_path: Path) -> None:
    """A row that became known after the as-of date does not exist; `ago` looks at what was known then."""
    known = RULES.replace("[tables.usage]", 'known = { row = "noted" }\n[tables.usage]', 1)
    late = "a1, c1, , 2026-02-14, 2025-01-01\n a1, c2, 2026-02-15, , 2026-03-20\n a1, c3, 2026-03-01, , 2026-04-01"
    found, _ = results(tmp_path, known, FACTS | {"assignments": late})
    assert column(found, "csm", "book") == {"c1": None, "c2": 90, "c3": None}
    found, _ = results(tmp_path, known, FACTS | {"assignments": late}, dt.date(2026, 3, 19))
    assert column(found, "csm", "book") == {"c1": 90, "c2": None, "c3": None}
    assert column(found, "csm", "events") == {"c1": 3, "c2": 0, "c3": 0}


def test_without_assignments_nobody_knows(tmp_path: Path) -> None:
    """Where no source fills the table that says who held whom, what goes by it is no data, not 0."""
    facts = {name: text for name, text in FACTS.items() if name != "assignments"}
    found, findings = results(tmp_path, RULES, facts | {"assignments": ""}, unfilled={"assignments"})
    assert column(found, "csm", "events") == {"c1": None, "c2": None, "c3": None}
    assert column(found, "company", "events") == {"company": 127}
    assert "csm" not in findings["no parent"][3]
    assert findings["no source"][3] == "no source fills this table: the csm of each account has no data"


def test_a_name_in_a_row_of_nobody_is_no_key(tmp_path: Path) -> None:
    """A subject without a table has the keys that its children name, not those beside an unknown or blank child."""
    pools = RULES.replace("[subjects.team]", "[subjects.team]\n[subjects.pool]", 1).replace(
        'segment = "segment" }', 'segment = "segment", pool = { table = "assignments", column = "csm_id" } }', 1
    )
    stretches = "a1, p1, , 2025-12-31,\n zz, p2, , ,\n , p3, , ,"
    found, _ = results(
        tmp_path, pools + '[metrics.pooled]\nover = "account"\nvalue = "count(*)"\n', FACTS | {"assignments": stretches}
    )
    assert column(found, "pool", "pooled") == {"p1": 1}


def test_rows_without_hand_overs_compile_as_ever() -> None:
    """Where no parent is dated and nothing keeps history no scratch table is prepared."""
    plain = RULES.replace('{ table = "assignments", column = "csm_id" }', '"csm_id"').replace(
        'account_id = "text", segment', 'account_id = "text", csm_id = "text", segment'
    )
    program = compile_ruleset(ruleset(plain, base=""), AS_OF)
    made = {each.table.split("__")[0] for each in program.statements}
    assert made == {"keys", "parts", "values_account", "values_csm", "values_team", "values_segment", "values_company"}


HISTORY = """
[subjects.account]
table = "accounts"
key = "account_id"
label = "name"
eligible = "seats > 0"
history = true
parents = { segment = "segment" }
[subjects.segment]
[tables.accounts]
columns = { account_id = "text", name = "text", segment = "text", seats = "number", from_day = "date", to_day = "date" }
in_force = { from = "from_day", to = "to_day", to_is = "last day" }
[metrics.licensed]
from = "accounts"
value = "sum(seats)"
empty = "no data"
subject = ["segment", "company"]
[metrics.licensed_before]
value = "ago(licensed, '2 months')"
subject = ["segment", "company"]
[metrics.seats_before]
value = "ago(own_seats, '2 months')"
[metrics.own_seats]
value = "seats + 0"
[metrics.many]
over = "account"
value = "count(*)"
[metrics.many_before]
value = "ago(many, '2 months')"
subject = "company"
[scorecards.health]
subject = "account"
missing = "skip"
measures.seats = { value = "seats", linear = [0, 100] }
"""
STRETCHES = """a1, One, smb, 10, , 2026-02-14
    a1, Uno, ent, 20, 2026-02-15,
    a2, Two, smb, 40, 2026-03-01, 2026-03-10
    a3, Three, ent, 80, 2026-01-31,
    a4, Four, new, 160, 2026-04-01,"""


@pytest.mark.parametrize(
    ("subject", "metric", "expected"),
    [
        ("account", "label", {"a1": "Uno", "a2": "Two", "a3": "Three"}),
        ("account", "seats_before", {"a1": 10, "a2": None, "a3": 80}),
        ("segment", "licensed", {"ent": 100, "smb": 40}),
        ("segment", "licensed_before", {"ent": 80, "smb": 10}),
        ("company", "licensed_before", {"company": 90}),
        ("company", "many", {"company": 3}),
        ("company", "many_before", {"company": 2}),
    ],
)
def test_a_history_is_read_as_of_the_date(tmp_path: Path, subject: str, metric: str, expected: dict) -> None:
    """Columns, parents and the subjects that exist are those of the date, shifted or not."""
    found, _ = results(tmp_path, HISTORY, {"accounts": STRETCHES})
    assert column(found, subject, metric) == expected


def test_what_is_not_in_force_is_not_eligible(tmp_path: Path) -> None:
    """A subject whose last stretch has ended still counts in metrics, and is not scored."""
    found, _ = results(tmp_path, HISTORY, {"accounts": STRETCHES})
    outcomes = {key: row["outcome"] for key, row in found["scores"]["health"].items()}
    assert outcomes == {"a1": "scored", "a2": "not_eligible", "a3": "scored"}


def test_many_open_stretches_are_each_the_last_word_until_the_next(tmp_path: Path) -> None:
    """A snapshot a day, never closed: each holds until the next begins, however many there are."""
    days = [dt.date(2025, 6, 1) + dt.timedelta(days=day) for day in range(300)]
    facts = {
        **FACTS,
        "assignments": "\n".join(f"a1, {'c1' if day.month % 2 else 'c2'}, {day}, , " for day in days),
        "usage": "a1, 2025-07-10, 1\na1, 2025-08-10, 2\na1, 2026-03-30, 4",
    }
    found, _ = results(tmp_path, RULES, facts)
    assert column(found, "csm", "events") == {"c1": 5, "c2": 2, "c3": 0}
