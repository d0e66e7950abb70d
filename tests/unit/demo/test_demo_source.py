"""The source `demo`: reproducible, of any size, and consistent across its tables."""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
import tracemalloc
from collections import Counter
from itertools import islice
from pathlib import Path

import pluggy
import pytest

import trigpoint_demo
from trigpoint import InputError, hookspecs
from trigpoint_demo.source import NOBODY, REGISTERS, TABLES

NAMES = (*TABLES, *REGISTERS)
DIGESTS = tomllib.loads((Path(__file__).parent / "digests.toml").read_text(encoding="utf-8"))


def digest(rows):
    """A hash of the rows as text, in order."""
    return hashlib.sha256("\n".join(repr(list(row.values())) for row in rows).encode()).hexdigest()


@pytest.mark.parametrize("table", NAMES)
def test_same_seed_same_bytes(read, table):
    """The same seed, size and last day give the same bytes, on every version of Python."""
    assert digest(read(table, accounts=50)) == DIGESTS[table]


@pytest.mark.parametrize("table", NAMES)
def test_another_seed_is_another_company(read, table):
    """Another seed gives other rows."""
    assert digest(read(table, accounts=50, seed=8)) != DIGESTS[table]


def test_an_account_does_not_depend_on_the_others(read):
    """Of two companies that differ in size only by accounts of the same book, the first accounts tell the same story."""
    few, more = list(read("renewals", accounts=60)), list(read("renewals", accounts=70))
    assert more[: len(few)] == few


@pytest.mark.parametrize("table", [name for name in TABLES if name != "accounts"])
def test_tables_agree(company_tables, table):
    """Each fact belongs to an account that exists, save the two or three that belong to nobody on purpose."""
    known = {row["account_id"] for row in company_tables["accounts"]}
    strangers = [row["account_id"] for row in company_tables[table] if row["account_id"] not in known]
    assert strangers == [NOBODY] * (1 if table in ("usage", "tickets", "meetings") else 0)


def test_people_and_csms_are_known(company_tables):
    """Meetings and surveys name contacts of their table; all CSMs but the one who left have accounts."""
    contacts = {row["contact_id"] for row in company_tables["contacts"]}
    csms = {row["csm_id"] for row in company_tables["csms"] if row["left_on"] is None}
    assert {row["contact_id"] for row in company_tables["surveys"]} <= contacts
    assert {row["contact_id"] for row in company_tables["meetings"] if row["account_id"] != NOBODY} <= contacts
    assert {row["csm_id"] for row in company_tables["accounts"]} == csms


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("accounts", ("account_id",)),
        ("csms", ("csm_id",)),
        ("contracts", ("contract_id",)),
        ("renewals", ("renewal_id",)),
        ("usage", ("account_id", "user_id", "day")),
        ("tickets", ("ticket_id",)),
        ("contacts", ("contact_id",)),
        ("meetings", ("meeting_id",)),
        ("surveys", ("survey_id",)),
        ("readings", ("reading_id",)),
        ("assignments", ("assignment_id",)),
        ("opportunities", ("opportunity_id",)),
        ("advocacy", ("reference_id",)),
        ("projects", ("project_id",)),
        ("cues", ("cue_id",)),
        ("absences", ("absence_id",)),
        ("costs", ("cost_id",)),
        ("targets", ("target_id",)),
        ("targets", ("csm_id", "metric", "period_start")),
        ("team_targets", ("target_id",)),
        ("team_targets", ("team", "metric", "period_start")),
        ("rates", ("currency", "day")),
    ],
)
def test_keys_are_unique(company_tables, table, key):
    """No two rows share a key."""
    counts = Counter(tuple(row[column] for column in key) for row in company_tables[table])
    assert counts.most_common(1)[0][1] == 1


def test_history_ends_with_the_last_day(company_tables):
    """Nothing has happened after the last day, and facts reach back about 18 months."""
    until = dt.date(2026, 6, 30)
    days = [row["day"] for row in company_tables["usage"]]
    assert until - dt.timedelta(days=548) <= min(days) <= until - dt.timedelta(days=535)
    assert max(days) <= until
    assert max(row["day"] for row in company_tables["meetings"]) <= until
    for table, column in (
        ("renewals", "closed_on"),
        ("renewals", "notice_on"),
        ("surveys", "answered_on"),
        ("readings", "submitted_on"),
        ("contacts", "left_on"),
        ("assignments", "from_day"),
        ("opportunities", "opened_on"),
        ("opportunities", "closed_on"),
        ("advocacy", "day"),
        ("advocacy", "closed_on"),
        ("projects", "went_live_on"),
        ("projects", "first_value_on"),
        ("absences", "to_day"),
        ("costs", "day"),
        ("targets", "period_start"),
        ("rates", "day"),
    ):
        assert max(row[column] for row in company_tables[table] if row[column]) <= until
    for table, column in (("tickets", "closed_at"), ("cues", "fired_at"), ("cues", "answered_at")):
        assert max(row[column] for row in company_tables[table] if row[column]).date() <= until


@pytest.mark.parametrize("accounts", [50, 300, 1_000])
def test_books_are_sensible(read, accounts):
    """A CSM looks after some 25 to 50 accounts, whatever the size of the company."""
    books = Counter(row["csm_id"] for row in read("accounts", accounts=accounts))
    assert len(books) == max(2, round(accounts / 36))
    assert 20 <= min(books.values()) <= max(books.values()) <= 50


def test_awkward_on_purpose(company_tables):
    """One account is named like an attack, one has no facts at all, some cells are blank, some names are not ASCII."""
    names = [str(row["name"]) for row in company_tables["accounts"]]
    assert names.count("</script><img src=x onerror=alert(1)>") == 1
    assert sum(not name.isascii() for name in names) > 30
    facts = (name for name in TABLES if name != "accounts")
    assert not any(row["account_id"] == "A-0002" for name in facts for row in company_tables[name])
    blank = sum(row["industry"] is None for row in company_tables["accounts"])
    assert 1 <= blank <= 15


@pytest.mark.parametrize("table", ["usage", "opportunities", "costs"])
def test_a_large_company_is_streamed(read, table):
    """Reading a company of a million accounts takes no more memory than its batches."""
    tracemalloc.start()
    try:
        for _ in islice(read(table, accounts=1_000_000), 20_000 if table == "usage" else 300):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_unknown_table(read):
    """A table that the company does not have is an error that names those it has."""
    with pytest.raises(InputError, match=r"TP480 the demo company has no table 'invoices' .*it has absences, accounts"):
        next(read("invoices"))


def test_a_register_in_batches(read):
    """A table that belongs to no account comes in batches too, and whole."""
    rows = list(read("costs", accounts=5_000))
    assert len(rows) > 5_000
    assert len({row["cost_id"] for row in rows}) == len(rows)


def test_offered_through_the_hook():
    """The plugin offers its source through the public hook, like a stranger's plugin would."""
    manager = pluggy.PluginManager("trigpoint")
    manager.add_hookspecs(hookspecs)
    manager.register(trigpoint_demo)
    manager.check_pending()
    (sources,) = manager.hook.trigpoint_sources()
    assert [source.name for source in sources] == ["demo"]
