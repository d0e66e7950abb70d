"""The churn of the made-up company has causes that can be seen before the renewal."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from statistics import mean

import pytest

from trigpoint_demo.source import company_of
from trigpoint_demo.story import story

DAYS = dt.timedelta(days=1)
OPTIONS = {"accounts": 300, "seed": 7, "until": "2026-06-30"}


@pytest.fixture(scope="module")
def before_renewal(company_tables):
    """Figures of each decided account 60 days before its renewal, by what came of it: (fate, lost) -> rows."""
    company = company_of(OPTIONS)
    facts = {table: by_account(company_tables[table]) for table in ("usage", "tickets", "meetings")}
    found = defaultdict(list)
    for number in range(3, company.accounts + 1):
        account = story(company, number)
        if company.start + 250 * DAYS < account.decision <= company.until:
            at = account.decision - 60 * DAYS
            found[account.fate.name, account.lost].append(
                figures(account, at, {name: rows[account.id] for name, rows in facts.items()})
            )
    return found


def by_account(rows):
    """The rows of each account."""
    found = defaultdict(list)
    for row in rows:
        found[row["account_id"]].append(row)
    return found


def figures(account, at, facts):
    """Seats in use, change over twelve weeks, tickets of 90 days, days since a meeting, as of a day."""

    def users(end):
        return len({row["user_id"] for row in facts["usage"] if end - 28 * DAYS < row["day"] <= end})

    held = [row["day"] for row in facts["meetings"] if row["held"] and row["day"] <= at]
    return {
        "use": users(at) / account.seats,
        "trend": users(at) / max(1, users(at - 84 * DAYS)) - 1,
        "tickets": sum(at - 90 * DAYS < row["opened_at"].date() <= at for row in facts["tickets"]),
        "silence": (at - max(held)).days if held else 200,
    }


def average(groups, figure, *, lost, fates=None):
    """The mean of a figure over accounts that were lost or kept, of all fates or of some."""
    chosen = [
        row
        for (fate, gone), rows in groups.items()
        if gone == lost and (fates is None or fate in fates)
        for row in rows
    ]
    assert len(chosen) >= 5
    return mean(row[figure] for row in chosen)


def test_lost_accounts_used_it_less(before_renewal):
    """Sixty days before the renewal, accounts that were lost use far fewer seats than those that stayed."""
    assert average(before_renewal, "use", lost=True) < average(before_renewal, "use", lost=False) - 0.15


def test_lost_accounts_were_declining(before_renewal):
    """Their users had become fewer by an eighth within twelve weeks, while the others' had not."""
    assert average(before_renewal, "trend", lost=True) < -0.12
    assert average(before_renewal, "trend", lost=False) > -0.08


def test_silence_comes_before_a_loss(before_renewal):
    """Where the champion leaves or nobody speaks, the last meeting is longer ago than where all is well."""
    silent = average(before_renewal, "silence", lost=True, fates=("champion_leaves", "quiet_loss"))
    assert silent > 1.4 * average(before_renewal, "silence", lost=False, fates=("steady", "thriving"))


def test_support_trouble_shows_in_tickets(before_renewal):
    """Accounts that leave over support wrote more than twice as many tickets as those at ease."""
    angry = average(before_renewal, "tickets", lost=True, fates=("support_trouble",))
    assert angry > 2 * average(before_renewal, "tickets", lost=False, fates=("steady", "thriving"))


def test_price_shock_shows_in_the_quote(company_tables):
    """Some quotes ask for a fifth more and most do not; the high ones are lost far more often."""
    decided = [row for row in company_tables["renewals"] if row["quoted"] and row["renewed"] is not None]
    high = [row for row in decided if row["quoted"] > 1.15 * row["due"]]
    rest = [row for row in decided if row["quoted"] <= 1.15 * row["due"]]
    assert 3 <= len(high) < len(decided) / 10
    assert mean(row["renewed"] == 0 for row in high) > 3 * mean(row["renewed"] == 0 for row in rest)


def test_expanding_accounts_fill_their_seats_and_buy_more(company_tables):
    """Add-ons are bought by the accounts whose fate it is to grow."""
    company = company_of(OPTIONS)
    buyers = {row["account_id"] for row in company_tables["contracts"] if row["kind"] == "add_on"}
    fates = {account.id: account.fate.name for account in (story(company, number) for number in range(1, 301))}
    assert len(buyers) > 10
    assert {fates[buyer] for buyer in buyers} == {"expanding"}


def test_churn_is_of_a_credible_size(company_tables):
    """About a tenth of the accounts is lost in a year, and more are on their way out."""
    company = company_of(OPTIONS)
    stories = [story(company, number) for number in range(1, 301)]
    gone = sum(account.lost and account.decision <= company.until for account in stories)
    leaving = sum(
        account.lost and account.decision > company.until and account.trouble(company.until) > 0.3
        for account in stories
    )
    assert 0.07 < gone / 300 / 1.5 < 0.16
    assert leaving >= 5
