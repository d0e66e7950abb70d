"""The tables of who the customers are and what they pay: accounts, contracts, renewals."""

from __future__ import annotations

from collections.abc import Iterator

from trigpoint import Cell
from trigpoint_demo.story import DAY, FEATURES, WITHOUT_FACTS, Company, Story
from trigpoint_demo.terms import terms

Row = tuple[Cell, ...]

ACCOUNTS = ("account_id", "name", "segment", "plan", "region", "industry", "csm_id", "signed_up")
CONTRACTS = (
    "contract_id",
    "account_id",
    "kind",
    "plan",
    "start_date",
    "end_date",
    "arr",
    "seats",
    "features_included",
    "auto_renew",
)
RENEWALS = (
    "renewal_id",
    "account_id",
    "recorded_on",
    "due_date",
    "due",
    "quoted",
    "quoted_on",
    "notice_on",
    "renewed",
    "closed_on",
)


def csm_id(csm: int) -> str:
    """The key of a CSM, from its index."""
    return f"C-{csm + 1:03d}"


def accounts(_company: Company, account: Story) -> Iterator[Row]:
    """One row; a few have no industry, as in life."""
    industry = None if account.number % 29 == 0 else account.industry
    yield (
        account.id,
        account.name,
        account.segment,
        account.plan,
        account.region,
        industry,
        csm_id(account.csm),
        account.signed_up,
    )


def contracts(company: Company, account: Story) -> Iterator[Row]:
    """One row for each term and add-on; `end_date` is the last day."""
    if account.number == WITHOUT_FACTS:
        return
    features = FEATURES[account.plan]
    auto_renew = account.segment == "smb"
    for term in terms(company, account):
        stem, last = f"K-{account.id[2:]}-{term.number}", term.due - DAY
        also = (features, auto_renew)
        yield (stem, account.id, "term", account.plan, term.start, last, term.arr, term.seats, *also)
        if extra := term.add_on:
            yield (f"{stem}a", account.id, "add_on", account.plan, extra.start, last, extra.arr, extra.seats, *also)


def renewals(company: Company, account: Story) -> Iterator[Row]:
    """One row for each term that ended in the history or is to end next, known from the start of the term."""
    if account.number == WITHOUT_FACTS:
        return
    for term in terms(company, account):
        if term.due < company.start:
            continue
        end, name = term.ending, f"R-{account.id[2:]}-{term.number}"
        promised = (name, account.id, term.start, term.due, term.due_arr)
        yield (*promised, end.quoted, end.quoted_on, end.notice_on, end.renewed, end.closed_on)
