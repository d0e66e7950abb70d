"""The oracle's books: who held whom when, histories, and keys that are found in children; worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from support.small import AS_OF, judged, ruleset

BASE = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { csm = { table = "books", column = "csm_id" }, region = "region" }
[subjects.csm]
table = "csms"
key = "csm_id"
parents = { team = "team" }
[subjects.team]
[subjects.region]
[tables.accounts]
columns = { account_id = "text", region = "text", arr = "number" }
[tables.csms]
columns = { csm_id = "text", team = "text" }
[tables.books]
columns = { id = "text", account_id = "text", csm_id = "text", from_day = "date", to_day = "date", told = "date" }
key = ["id"]
belongs_to = { account = "account_id" }
in_force = { from = "from_day", to = "to_day", to_is = "last day" }
time = "from_day"
known = { row = "told" }
[tables.usage]
columns = { account_id = "text", day = "date", events = "number" }
belongs_to = { account = "account_id" }
time = "day"
"""
METRICS = """
[metrics.accounts]
over = "account"
value = "count(*)"
[metrics.book]
over = "account"
value = "sum(arr)"
"""
CSMS = "ann, one\nbob, two\ncid, one"
TOLD = "2020-01-01"


def values(rules: str, accounts: str, books: str, usage: str = "", as_of: dt.date = AS_OF):
    """The value rows of all subjects."""
    told = "\n".join(f"{n}, {line}, {TOLD}" for n, line in enumerate(books.strip().splitlines()))
    tables = {"accounts": accounts, "csms": CSMS, "books": told, "usage": usage}
    return judged(ruleset(rules, base=BASE), tables, as_of)["values"]


@pytest.mark.parametrize(
    ("books", "holder"),
    [
        ("A, ann, 2026-01-01,", "ann"),
        ("A, ann, , 2026-03-31", "ann"),  # on its last day
        ("A, ann, 2026-04-01,", None),  # not yet
        ("A, ann, 2026-01-01,\nA, bob, 2026-02-01,", "bob"),  # overlapping: the later start
        ("A, ann, 2026-01-01,\nA, bob, 2026-02-01, 2026-03-30", "ann"),  # and back when it ends
        ("A, ann, ,\nA, bob, 2020-01-01,", "bob"),  # a blank start is the earliest
        ("A, ann, 2026-01-01,\nA, bob, 2026-01-01,", None),  # two of one start: nobody
        ("A, ann, 2026-01-01,\nA, ann, 2026-01-01,", "ann"),  # unless they are one
        ("A, ann, 2025-01-01, 2025-12-31\nA, bob, 2025-06-01, 2025-06-30", "ann"),  # the last who held it
        ("A, cid, 2025-01-01,\nA, ann, 2026-01-01,\nA, bob, 2026-01-01,", "cid"),  # before the two
        ("A, ann, 2025-01-01,\nA, , 2026-01-01,", "ann"),  # nobody since: the last who held it
        ("A, ann, 2025-01-01,\nA, nobody, 2026-01-01,", None),  # somebody who is not known
    ],
)
def test_who_holds_an_account(books, holder):
    """The holder on the as-of date, or the last one before it."""
    found = values(METRICS, "A, north, 100", books)
    assert [key for key, row in found["csm"].items() if row["accounts"]] == ([holder] if holder else [])
    assert found["company"]["company"]["accounts"] == 1


def test_what_is_not_known_yet_changes_nothing():
    """A hand-over told on 1 April does not exist on 31 March, though it begins in March."""
    tables = {
        "accounts": "A, north, 100",
        "csms": CSMS,
        "books": "1, A, ann, , , 2020-01-01\n2, A, bob, 2026-03-01, , 2026-04-01",
        "usage": "",
    }
    rules = ruleset(METRICS, base=BASE)
    for day, holder in ((dt.date(2026, 3, 31), "ann"), (dt.date(2026, 4, 1), "bob")):
        found = judged(rules, tables, day)["values"]["csm"]
        assert [key for key, row in found.items() if row["accounts"]] == [holder]


HANDED_OVER = "A, ann, 2025-01-01, 2026-02-28\nA, bob, 2026-03-01,\nB, bob, 2025-01-01, 2026-03-21"


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        ("end", {"ann": (None, None, 0), "bob": (150, 2, 2), "cid": (None, None, 0)}),
        ("start", {"ann": (100, 1, 1), "bob": (50, 1, 1), "cid": (None, None, 0)}),
        # of 90 days ann held A for 59 and bob for 31, and bob held B for 80
        (
            "share of days",
            {"ann": (100 * 59 / 90, 59 / 90, 1), "bob": (100 * 31 / 90 + 50 * 80 / 90, 111 / 90, 2)},
        ),
    ],
)
def test_in_whose_book_an_account_is_counted(holder, expected):
    """At the end, at the start, or for a share of the days of the quarter."""
    rules = METRICS.replace('over = "account"', f'over = "account"\nholder = "{holder}"\nwindow = "quarter to date"')
    found = values(rules, "A, north, 100\nB, , 50", HANDED_OVER)["csm"]
    for key, row in expected.items():
        assert (found[key]["book"], found[key]["accounts"], found[key]["accounts__n"]) == pytest.approx(row)


def test_averages_and_shares_are_weighted():
    """Each account counts for its days; the least and greatest are plain."""
    rules = "".join(
        f"""
    [metrics.{name}]
    over = "account"
    holder = "share of days"
    window = "quarter to date"
    value = "{value}"
    """
        for name, value in {"mean": "avg(arr)", "big": "share(arr > 60)", "least_arr": "min(arr)"}.items()
    )
    row = values(rules, "A, north, 100\nB, , 50", HANDED_OVER)["csm"]["bob"]
    assert row["mean"] == pytest.approx((31 * 100 + 80 * 50) / 111)
    assert (row["big"], row["least_arr"]) == (pytest.approx(31 / 111), 50)


def test_facts_go_to_the_holder_of_their_day():
    """Not to who holds the account now; after the last day to who held it then, before the first to nobody."""
    rules = "[metrics.m]\nfrom = 'usage'\nsubject = ['csm', 'team', 'company']\nvalue = 'sum(events)'\nempty = 0"
    usage = "A, 2026-02-28, 1\nA, 2026-03-01, 2\nB, 2026-03-22, 4\nB, , 8\nA, 2024-12-31, 16"
    found = values(rules, "A, north, 100\nB, , 50", HANDED_OVER, usage)
    assert {key: row["m"] for key, row in found["csm"].items()} == {"ann": 1, "bob": 6, "cid": 0}
    assert {key: row["m"] for key, row in found["team"].items()} == {"one": 1, "two": 6}
    assert found["company"]["company"]["m"] == 31


def test_columns_upwards_are_those_of_the_holder_now():
    """A fact of ann's time reads bob's team, for that is who holds the account as of the date."""
    rules = (
        "[metrics.m]\nfrom = 'usage'\nsubject = 'csm'\nvalue = \"count(*)\"\nwhere = \"csm.team = 'two'\"\nempty = 0"
    )
    found = values(rules, "A, north, 100", HANDED_OVER, "A, 2026-02-28, 1")["csm"]
    assert {key: row["m"] for key, row in found.items()} == {"ann": 1, "bob": 0, "cid": 0}


def test_a_shift_looks_into_the_books_of_then():
    """A year ago ann held what bob holds."""
    rules = METRICS + "[metrics.before]\nvalue = \"ago(book, '2 months')\""
    found = values(rules, "A, north, 100\nB, , 50", HANDED_OVER)["csm"]
    assert {key: (row["book"], row["before"]) for key, row in found.items()} == {
        "ann": (None, 100),
        "bob": (150, 50),
        "cid": (None, None),
    }


def test_keys_are_found_in_children():
    """A subject without a table has the keys that its children name; blank is none, and an orphan is no child."""
    found = values(METRICS, "A, north, 100\nB, , 50\nC, south, 7", "A, ann, ,\nX, nobody, ,")
    assert {key: (row["accounts"], row["book"]) for key, row in found["region"].items()} == {
        "north": (1, 100),
        "south": (1, 7),
    }
    assert {key: row["accounts"] for key, row in found["team"].items()} == {"one": 1, "two": None}


HISTORY = """
[subjects.account]
table = "accounts"
key = "account_id"
parents = { csm = "csm_id" }
history = true
eligible = "size > 0"
[subjects.csm]
table = "csms"
key = "csm_id"
[tables.accounts]
columns = { account_id = "text", begins = "date", ends = "date", csm_id = "text", size = "number" }
in_force = { from = "begins", to = "ends", to_is = "last day" }
[tables.csms]
columns = { csm_id = "text" }
[tables.usage]
columns = { account_id = "text", events = "number" }
belongs_to = { account = "account_id" }
[metrics.events]
from = "usage"
value = "sum(events)"
empty = 0
[metrics.rows]
from = "accounts"
subject = ["account", "company"]
value = "count(*)"
empty = 0
[metrics.sizes]
over = "account"
value = "sum(size)"
[metrics.twice]
value = "size * 2"
[metrics.twice_then]
value = "ago(twice, '3 months')"
[metrics.sizes_then]
value = "ago(sizes, '3 months')"
[metrics.events_then]
value = "ago(events, '3 months')"
[scorecards.card]
subject = "account"
missing = "skip"
bands = { any = 0 }
measures = { size = { value = "size", linear = [0, 10] } }
"""
STRETCHES = """
A, , 2025-12-31, ann, 1
A, 2026-01-01, , bob, 2
B, 2026-02-01, 2026-03-30, bob, 5
C, 2026-04-01, , bob, 9
D, 2025-01-01, , ann, 0
"""


def test_a_history_is_read_as_of_the_date():
    """The columns and parents of that date, one row for each; what had not begun is not there."""
    tables = {"accounts": STRETCHES, "csms": "ann\nbob", "usage": "A, 3\nB, 4\nC, 8"}
    found = judged(ruleset(HISTORY, base=""), tables)
    accounts, csms = found["values"]["account"], found["values"]["csm"]
    assert {key: (row["twice"], row["twice_then"], row["rows"]) for key, row in accounts.items()} == {
        "A": (4, 2, 1),
        "B": (10, None, 1),
        "D": (0, 0, 1),
    }
    assert {key: (row["events"], row["events_then"]) for key, row in accounts.items()} == {
        "A": (3, 3),
        "B": (4, 0),
        "D": (0, 0),
    }
    assert {key: (row["sizes"], row["sizes_then"]) for key, row in csms.items()} == {"ann": (0, 1), "bob": (7, None)}
    assert found["values"]["company"]["company"]["rows"] == 3


def test_a_stretch_that_is_over_is_not_eligible():
    """B's ended the day before, and D is refused by its size; both still count in metrics."""
    tables = {"accounts": STRETCHES, "csms": "ann\nbob", "usage": ""}
    found = judged(ruleset(HISTORY, base=""), tables)["scores"]["card"]
    outcomes = {key: row["outcome"] for key, row in found.items()}
    assert outcomes == {"A": "scored", "B": "not_eligible", "D": "not_eligible"}


def test_what_to_look_out_for_on_the_way_up():
    """Accounts without a csm, two from one day on, one before the other has ended; in no stretch that never was."""
    books = """
    A, ann, 2026-01-01,
    A, bob, 2026-01-01,
    B, ann, 2026-01-01, 2026-03-01
    B, bob, 2026-03-01,
    C, ann, 2026-02-01, 2026-01-01
    C, bob, 2026-01-15,
    gone, ann, ,
    gone, bob, ,
    """
    rules = ruleset(METRICS, base=BASE)
    told = "\n".join(f"{n}, {line.strip()}, {TOLD}" for n, line in enumerate(books.strip().splitlines()))
    tables = {"accounts": "A, north, 1\nB, , 1\nC, south, 1\nD, south, 1", "csms": CSMS, "books": told, "usage": ""}
    # A and D are nobody's, and B is in no region
    assert judged(rules, tables)["findings"] == {("no parent", "account"): 3, ("two parents", "books"): 1} | {
        ("overlap", "books"): 1
    }
