"""The tables of what comes of a customer who succeeds: opportunities and advocacy; and of the start: projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from trigpoint import Cell
from trigpoint_demo.assignments import holder, stretches
from trigpoint_demo.book import csm_id
from trigpoint_demo.cast import cast
from trigpoint_demo.dice import Dice
from trigpoint_demo.story import DAY, WITHOUT_FACTS, Company, Story
from trigpoint_demo.terms import purchases, terms

Row = tuple[Cell, ...]
Word = tuple[dt.date, str, str, int | None, dt.date | None]  # day, kind, status, pipeline, day of closing
Sale = tuple[str, dt.date, dt.date, bool, int]  # kind, opened, closed, won, revenue

OPPORTUNITIES = (
    "opportunity_id",
    "account_id",
    "kind",
    "opened_on",
    "closed_on",
    "won",
    "arr",
    "sold_by",
    "sourced_by",
)
ADVOCACY = ("reference_id", "account_id", "kind", "day", "status", "pipeline", "closed_on")
PROJECTS = ("project_id", "account_id", "booked_on", "went_live_on", "first_value_on")

_WEEKS_TO_LIVE = {"enterprise": (10, 26), "mid_market": (4, 13), "smb": (2, 8)}
_ADVOCATES = {"thriving": 0.65, "expanding": 0.60, "steady": 0.25}  # share that agrees to be a reference


def opportunities(company: Company, account: Story) -> Iterator[Row]:
    """The first sale, each purchase since, and offers that came to nothing or are open; by the day of opening."""
    if account.number == WITHOUT_FACTS:
        return
    dice, held = company.dice(account.number, "opportunities"), stretches(company, account)
    sales = sorted(_sales(company, account, dice), key=lambda sale: sale[1:3])
    for number, (kind, opened, closed, won, arr) in enumerate(sales, start=1):
        sold_by, sourced_by = _credit(company, holder(held, opened), kind, dice)
        ending: Row = (closed, won, arr, sold_by) if closed <= company.until else (None, None, None, None)
        yield (f"O-{account.id[2:]}-{number:02d}", account.id, kind, opened, *ending, sourced_by)


def advocacy(company: Company, account: Story) -> Iterator[Row]:
    """Happy customers agree to be a reference, are asked now and then, name others; who gets into trouble withdraws."""
    if account.number == WITHOUT_FACTS:
        return
    dice, last, number = company.dice(account.number, "advocacy"), account.last_day(company.until), 0
    for day, kind, status, pipeline, closed in sorted(_words(company, account, dice), key=lambda word: word[:3]):
        if not company.start <= day <= last:
            continue
        number += 1
        ending = ("open", pipeline, None) if closed and closed > company.until else (status, pipeline, closed)
        yield (f"V-{account.id[2:]}-{number:02d}", account.id, kind, day, *ending)


def projects(company: Company, account: Story) -> Iterator[Row]:
    """The onboarding: some are not live yet, some never will be."""
    if account.number == WITHOUT_FACTS:
        return
    dice, last = company.dice(account.number, "projects"), account.last_day(company.until)
    slowness = 1.4 if account.fate.name in ("adoption_decays", "quiet_loss") else 1.0
    live = account.signed_up + int(7 * slowness * dice.between(*_WEEKS_TO_LIVE[account.segment])) * DAY
    value = account.signed_up + int((live - account.signed_up).days * dice.between(0.3, 0.9)) * DAY
    never = dice.chance(0.08) and account.signed_up >= company.start
    went_live, first_value = (None if never or day > last else day for day in (live, value))
    yield (f"J-{account.id[2:]}", account.id, account.signed_up, went_live, first_value)


def _sales(company: Company, account: Story, dice: Dice) -> Iterator[Sale]:
    opened = account.signed_up - dice.whole(20, 120) * DAY
    if account.signed_up >= company.start:
        yield "new", opened, account.signed_up, True, account.arr
    for day, arr in purchases(terms(company, account)):
        opened = day - dice.whole(15, 80) * DAY
        if day >= company.start:
            yield "expansion", max(opened, account.signed_up), day, True, arr
    last, day = account.last_day(company.until), max(company.start, account.signed_up + 60 * DAY)
    while (day := day + dice.whole(120, 700) * DAY) <= last:
        closed, arr = day + dice.whole(20, 110) * DAY, max(100, int(account.arr * dice.between(0.05, 0.25) / 100) * 100)
        yield "expansion", day, min(closed, account.decision) if account.lost else closed, False, arr


def _credit(company: Company, csm: int | None, kind: str, dice: Dice) -> tuple[str | None, str | None]:
    """Who closes and who found it: the CSM, or somebody of sales, who is in no table; new customers are theirs."""
    by_csm, found = dice.chance(0.45), dice.chance(0.6)
    if kind == "new" or csm is None:
        return None, None
    seller, helps = cast(company).seller, dice.chance(0.4)
    if csm == seller or (helps and abs(csm - seller) <= 2):
        return csm_id(seller), csm_id(csm)
    return (csm_id(csm) if by_csm else None), (csm_id(csm) if by_csm or found else None)


def _words(company: Company, account: Story, dice: Dice) -> Iterator[Word]:
    """What the customer does for us, in the history or not."""
    agrees = dice.chance(_ADVOCATES.get(account.fate.name, 0.15))
    day = max(account.signed_up + dice.whole(150, 500) * DAY, company.start + dice.whole(0, 240) * DAY)
    if agrees and (account.turn is None or day < account.turn):
        yield day, "reference", "agreed", None, None
        for _ in range(dice.whole(0, 3)):
            day += dice.whole(60, 300) * DAY
            if account.turn is None or day < account.turn:
                yield day, "reference", "given", None, None
        if account.turn is not None:
            yield account.turn + dice.whole(30, 90) * DAY, "reference", "withdrawn", None, None
    named = account.signed_up + dice.whole(100, 300) * DAY
    for _ in range(5):
        names, pipeline, length = dice.chance(0.35 if agrees else 0.06), dice.whole(20, 400) * 100, dice.whole(40, 170)
        won = dice.chance(0.35)
        if names and account.trouble(named) < 0.2:
            yield named, "referral", "won" if won else "lost", pipeline, named + length * DAY
        named += dice.whole(150, 400) * DAY
