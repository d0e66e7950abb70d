"""The people of the made-up company: whose book it was when, and the stories a scorecard should tell."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from trigpoint_demo.assignments import FORGOTTEN
from trigpoint_demo.cast import cast
from trigpoint_demo.source import company_of

DAY = dt.timedelta(days=1)
UNTIL = dt.date(2026, 6, 30)
QUARTER = dt.date(2026, 4, 1)
OPTIONS = {"accounts": 200, "seed": 7, "until": "2026-06-30"}
FORGOTTEN_ID = f"A-{FORGOTTEN:04d}"


def name_of(csm):
    """The key of a CSM."""
    return f"C-{csm + 1:03d}"


@pytest.fixture(scope="module")
def parts():
    """Who has which part in it."""
    return cast(company_of(OPTIONS))


@pytest.fixture(scope="module")
def stretches(demo_tables):
    """The assignments of each account, oldest first."""
    found = defaultdict(list)
    for row in demo_tables["assignments"]:
        found[row["account_id"]].append(row)
    return found


@pytest.fixture(scope="module")
def holder(stretches):
    """Who held an account on a day, else last before it."""

    def held(account, day):
        begun = [row for row in stretches.get(account, ()) if row["from_day"] <= day]
        return begun[-1]["csm_id"] if begun else None

    return held


@pytest.fixture(scope="module")
def quarter(demo_tables, holder):
    """Due, kept and lost renewals, and purchases, of the quarter at hand, by CSM."""
    found = defaultdict(Counter)
    for row in demo_tables["renewals"]:
        if QUARTER <= row["due_date"] <= UNTIL:
            renewed = row["renewed"] or 0
            one = found[holder(row["account_id"], row["due_date"])]
            one.update(due=row["due"], kept=min(row["due"], renewed), lost=int(renewed == 0))
    for row in demo_tables["opportunities"]:
        if row["kind"] == "expansion" and row["won"] and row["closed_on"] >= QUARTER:
            found[holder(row["account_id"], row["opened_on"])]["bought"] += row["arr"]
    return found


def target(demo_tables, table, key, name, metric):
    """The target of the quarter at hand, of a person or a team."""
    column = "csm_id" if table == "targets" else "team"
    (amount,) = [
        row["amount"]
        for row in demo_tables[table]
        if (row[column], row["metric"], row["period_start"]) == (name, metric, key)
    ]
    return amount


# --- Whose book ----------------------------------------------------------------------------------------------------


def test_the_holder_at_the_end_is_the_csm_of_the_account(demo_tables, holder, stretches):
    """Who holds an account on the last day is who its row names; of lost accounts it is closed on the due day."""
    for account in demo_tables["accounts"]:
        rows = stretches.get(account["account_id"])
        if rows and rows[-1]["to_day"] is None:
            assert holder(account["account_id"], UNTIL) == account["csm_id"]
    closed = {account for account, rows in stretches.items() if rows[-1]["to_day"]}
    lost = {
        row["account_id"]
        for row in demo_tables["renewals"]
        if row["renewed"] == 0 and row["account_id"] != FORGOTTEN_ID
    }
    assert closed == lost
    due = {row["account_id"]: row["due_date"] for row in demo_tables["renewals"] if row["renewed"] == 0}
    assert all(stretches[account][-1]["to_day"] == due[account] for account in lost)
    assert len(lost) > 20


def test_stretches_follow_one_another(demo_tables, stretches):
    """No account has two holders on one day, and none was held by somebody who was not there."""
    there = {row["csm_id"]: (row["hired_on"], row["left_on"] or UNTIL) for row in demo_tables["csms"]}
    for rows in stretches.values():
        for row, following in pairwise(rows):
            assert row["to_day"] + DAY == following["from_day"]
        for row in rows:
            first, last = there[row["csm_id"]]
            assert first <= row["from_day"]
            assert row["from_day"] <= (row["to_day"] or UNTIL) <= last


def test_two_accounts_have_no_holder(demo_tables, stretches):
    """The account without facts, and one that pays, were never assigned to anybody."""
    missing = {row["account_id"] for row in demo_tables["accounts"]} - stretches.keys()
    assert missing == {"A-0002", FORGOTTEN_ID}
    in_force = [
        row for row in demo_tables["contracts"] if row["account_id"] == FORGOTTEN_ID and row["end_date"] > UNTIL
    ]
    assert sum(row["arr"] for row in in_force) > 0


def test_a_book_is_handed_over_in_the_quarter(demo_tables, stretches, parts):
    """Who comes in the middle of the quarter takes over the whole book of who left the day before."""
    rows = {row["csm_id"]: row for row in demo_tables["csms"]}
    leaver, newcomer = rows[name_of(parts.leaver)], rows[name_of(parts.newcomer)]
    assert QUARTER + 20 * DAY < newcomer["hired_on"] < UNTIL - 20 * DAY
    assert newcomer["hired_on"] == leaver["left_on"] + DAY
    assert (newcomer["team"], newcomer["role"]) == (leaver["team"], leaver["role"])
    moved = [
        account
        for account, held in stretches.items()
        if len(held) > 1 and held[-1]["from_day"] == newcomer["hired_on"] and held[-2]["csm_id"] == leaver["csm_id"]
    ]
    assert len(moved) > 15


def test_single_accounts_are_handed_on_too(demo_tables, stretches, parts):
    """Strategic CSMs hand on accounts, some of them within the quarter."""
    newcomer = name_of(parts.newcomer)
    handed = [rows for rows in stretches.values() if len(rows) > 1 and rows[-1]["csm_id"] != newcomer]
    assert len(handed) > 10
    assert sum(rows[-1]["from_day"] >= QUARTER for rows in handed) >= 3


# --- Stories -------------------------------------------------------------------------------------------------------


def test_the_seller_loses_customers(demo_tables, quarter, parts):
    """One CSM is over the target for purchases, and lost several customers in the same quarter."""
    seller = name_of(parts.seller)
    book = quarter[seller]
    assert book["bought"] > 1.2 * target(demo_tables, "targets", QUARTER, seller, "expansion_won")
    assert book["lost"] >= 3
    assert book["kept"] / book["due"] < target(demo_tables, "targets", QUARTER, seller, "dollar_renewal_rate") - 0.04


def test_the_newcomer_has_no_target_to_renew(demo_tables, parts):
    """A target that is not agreed has no row, and who came in the quarter has none of earlier ones."""
    rows = [row for row in demo_tables["targets"] if row["csm_id"] == name_of(parts.newcomer)]
    assert [(row["metric"], row["period_start"]) for row in rows] == [("expansion_won", QUARTER)]


def test_one_was_on_leave(demo_tables, parts):
    """One CSM was away for more than a month of the quarter; no two absences of a person overlap."""
    away = defaultdict(list)
    for row in demo_tables["absences"]:
        assert row["from_day"] <= row["to_day"]
        away[row["csm_id"]].append(row)
    (leave,) = [row for row in demo_tables["absences"] if row["kind"] == "parental"]
    assert leave["csm_id"] == name_of(parts.absent)
    assert (leave["to_day"] - leave["from_day"]).days > 31
    assert leave["from_day"] >= QUARTER
    for rows in away.values():
        for row, following in pairwise(rows):
            assert row["to_day"] < following["from_day"]


def test_one_answers_too_late(demo_tables, holder, parts):
    """The cues of one pool are mostly answered after their limit, or never; those of all others mostly within it."""
    late, count = Counter(), Counter()
    for row in demo_tables["cues"]:
        if row["fired_at"].date() >= QUARTER:
            csm = holder(row["account_id"], row["fired_at"].date())
            limit = dt.timedelta(hours=row["limit_hours"])
            count[csm] += 1
            late[csm] += row["answered_at"] is None or row["answered_at"] - row["fired_at"] > limit
    slow = name_of(parts.slow)
    assert next(row["role"] for row in demo_tables["csms"] if row["csm_id"] == slow) == "scaled"
    assert late[slow] / count[slow] > 0.55
    others = [csm for csm in count if csm not in (slow, None)]
    assert all(count[csm] >= 10 and late[csm] / count[csm] < 0.35 for csm in others)


def test_readings_come_late(demo_tables):
    """Some readings of the quarter came after their day, and some never."""
    due = [row for row in demo_tables["readings"] if row["due_on"] >= QUARTER]
    assert sum(row["submitted_on"] is None for row in due) > 5
    assert sum(row["submitted_on"] is not None and row["submitted_on"] > row["due_on"] for row in due) > 10


def test_one_team_over_and_one_under_its_target(demo_tables, quarter):
    """By renewals and by purchases alike, some team is over its own target of the quarter and some team under it."""
    team_of = {row["csm_id"]: row["team"] for row in demo_tables["csms"]}
    sums = defaultdict(Counter)
    for csm, figures in quarter.items():
        if csm:
            sums[team_of[csm]].update(figures)
    renewal = [
        each["kept"] / each["due"] - target(demo_tables, "team_targets", QUARTER, team, "dollar_renewal_rate")
        for team, each in sums.items()
    ]
    bought = [
        each["bought"] - target(demo_tables, "team_targets", QUARTER, team, "expansion_won")
        for team, each in sums.items()
    ]
    assert len(sums) == 3
    assert min(renewal) < 0 < max(renewal)
    assert min(bought) < 0 < max(bought)
