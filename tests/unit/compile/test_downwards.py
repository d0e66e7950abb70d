"""A table seen downwards: each cue sees the usage of its account, from the day on which it fired."""

from __future__ import annotations

import sqlite3

import pytest

import oracle
from support import engine
from support.compare import compare
from support.small import AS_OF, rows, ruleset
from trigpoint.compile import compile_ruleset
from trigpoint.errors import RulesError
from trigpoint.warehouse.layout import create_table, layout_of

RULES = """
[subjects.account.parents]
csm = "segment"
[subjects.csm]
table = "csms"
key = "csm_id"
[tables.csms]
columns = { csm_id = "text", hired = "date" }
[subjects.cue]
table = "cues"
key = "cue_id"
parents = { account = "account_id" }
[tables.cues]
columns = { cue_id = "text", account_id = "text", fired = "timestamp", limit = "integer" }
[tables.cues.derived]
fired_on = "period_start(fired, 'month')"
[subjects.seat]
table = "seats"
key = "seat_id"
parents = { account = "account_id" }
[tables.seats]
columns = { seat_id = "text", account_id = "text", kind = "text" }
[tables.usage]
columns = { seat_id = "text", day = "date", events = "number" }
belongs_to = { seat = "seat_id" }
time = "day"
[tables.meetings]
columns = { account_id = "text", day = "date" }
belongs_to = { account = "account_id" }
time = "day"
"""
ACCOUNTS = "a1,m1,5,true,2020-01-01\na2,m1,5,true,2020-01-01"
CUES = "c1,a1,2026-03-01 09:00:00,3\nc2,a1,2026-03-10 09:00:00,3\nc3,a2,2026-03-01 09:00:00,3\nc4,,2026-03-01 09:00:00,3\nc5,a9,2026-03-01 09:00:00,3"
MEETINGS = "a1,2026-03-01\na1,2026-03-02\na1,2026-03-11\na1,2026-04-01\na2,2026-02-01\na9,2026-03-05\n,2026-03-05"
AFTER = 'where = "days_between(cue.fired, day) between 1 and 28"\n'


def evaluated(tmp_path, rules, typed, as_of):
    """What the engine finds; the oracle finds the same."""
    found = engine.run(tmp_path, rules, typed, as_of)
    everything = {name: typed.get(name, []) for name in rules.tables}
    assert compare(oracle.evaluate(rules, everything, as_of), found)[1] == []
    return found


def cue_values(tmp_path, metrics, subject="cue", **tables):
    rules = ruleset(RULES + metrics)
    given = {"accounts": ACCOUNTS, "csms": "m1,2020-01-01", "cues": CUES, "meetings": MEETINGS, **tables}
    typed = {name: rows(rules.tables[name].columns, text) for name, text in given.items()}
    return evaluated(tmp_path, rules, typed, AS_OF)["values"][subject]


def met(more=AFTER, value="count(*)", table="meetings"):
    return f'[metrics.met]\nfrom = "{table}"\nsubject = "cue"\nvalue = "{value}"\nempty = 0\n{more}'


def column(rows_, name="met"):
    return {key: row[name] for key, row in rows_.items()}


def test_each_subject_sees_the_facts_of_its_parent(tmp_path):
    """A fact counts for each cue of its account whose days fit; cues of nobody, or of an unknown account, see none."""
    found = cue_values(tmp_path, met())
    assert column(found) == {"c1": 2, "c2": 1, "c3": 0, "c4": 0, "c5": 0}
    assert column(found, "met__newest") == dict.fromkeys(("c1", "c2"), "2026-03-11") | dict.fromkeys(("c3", "c4", "c5"))


def test_columns_of_the_subject_and_of_what_lies_above_the_rows_may_be_named(tmp_path):
    """In `value` too, derived columns of the subject, and columns of the shared parent and of its parents."""
    where = 'where = "day >= cue.fired_on and csm.hired < day and account.live and cue.limit > 1"\n'
    found = cue_values(tmp_path, met(where, "max(days_between(cue.fired, day))"))
    assert column(found) == {"c1": 10, "c2": 1, "c3": 0, "c4": 0, "c5": 0}


def test_the_way_down_may_be_long(tmp_path):
    """Usage belongs to seats, seats to the account that cues belong to."""
    usage = "s1,2026-03-02,5\ns2,2026-03-12,7\ns3,2026-03-12,9\ns9,2026-03-12,9"
    seats = "s1,a1,x\ns2,a1,y\ns3,a2,x"
    where = AFTER.replace("28", "28 and seat.kind <> 'y'")
    assert column(cue_values(tmp_path, met(AFTER, "sum(events)", "usage"), usage=usage, seats=seats)) == {
        "c1": 12, "c2": 7, "c3": 9, "c4": 0, "c5": 0,
    }  # fmt: skip
    assert column(cue_values(tmp_path, met(where, "sum(events)", "usage"), usage=usage, seats=seats))["c1"] == 5


def test_windows_shifts_and_formulas_work_as_usual(tmp_path):
    """Windows bound the facts, previous() and ago() move them, formulas and rollups read the value."""
    more = 'window = "28 days"\n' + AFTER
    more += '[metrics.change]\nvalue = "met - ago(met, \'28 days\')"\n[metrics.before]\nvalue = "previous(met)"\n'
    more += '[metrics.answered]\nover = "cue"\nvalue = "share(met > 0)"\n'
    assert column(cue_values(tmp_path, met(more)), "change") == {"c1": 0, "c2": 1, "c3": 0, "c4": 0, "c5": 0}
    assert column(cue_values(tmp_path, met(more)), "before") == {"c1": 1, "c2": 0, "c3": 0, "c4": 0, "c5": 0}
    assert column(cue_values(tmp_path, met(more), "account"), "answered") == {"a1": 1.0, "a2": 0.0}


def test_other_subjects_count_the_same_table_by_themselves(tmp_path):
    """No pass of a table seen downwards is merged into one for a parent, where each fact counts once."""
    more = '[metrics.all]\nfrom = "meetings"\nvalue = "count(*)"\nempty = 0\nsubject = ["account", "csm", "company"]\n'
    assert column(cue_values(tmp_path, met() + more, "account"), "all") == {"a1": 3, "a2": 1}
    assert column(cue_values(tmp_path, met() + more, "csm"), "all") == {"m1": 4}


def test_a_lookup_takes_the_day_of_the_fact_there_too(tmp_path):
    """The fact is the row, not the subject that sees it."""
    more = """
[tables.rates]
columns = { limit = "text", day = "date", rate = "number" }
key = ["limit", "day"]
time = "day"
[lookups]
rate = { table = "rates", key = ["limit"], value = "rate", at = "row" }
"""
    found = cue_values(tmp_path, more + met(AFTER, "sum(lookup(rate, 'x'))"), rates="x,2026-03-01,1\nx,2026-03-05,10")
    assert column(found) == {"c1": 11, "c2": 10, "c3": 0, "c4": 0, "c5": 0}


def test_subjects_are_read_in_their_order_and_facts_are_sought():
    """No sorting, and no pass over all facts for each cue."""
    rules = ruleset(RULES + met('window = "28 days"\n' + AFTER))
    connection = sqlite3.connect(":memory:")
    for table in rules.tables:
        connection.execute(create_table(layout_of(rules, table), table))
    connection.create_function("tp_as_day", 1, lambda day: day)
    (scan,) = [each for each in compile_ruleset(rules, AS_OF).statements if each.title.startswith("facts -> parts")]
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {scan.select}")]
    assert plan[0].startswith("SCAN cues")
    assert not any("TEMP B-TREE" in step for step in plan), plan
    assert plan[-1].startswith("SEARCH meetings USING PRIMARY KEY (account_id=? AND day>? AND day<?"), plan


def test_a_parent_above_cannot_ask_for_it():
    """What each cue sees is a value of cues; an account has no day on which it fired."""
    with pytest.raises(RulesError, match="TP125 metric 'met' can be computed at cue, not at account"):
        ruleset(RULES + met() + '[metrics.twice]\nsubject = "account"\nvalue = "met * 2"\n')
