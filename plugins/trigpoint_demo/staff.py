"""The tables of the customer success managers themselves: who they are, when they are away, what they cost and owe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from trigpoint import Cell
from trigpoint_demo.book import csm_id
from trigpoint_demo.cast import book_by_quarter, cast, hired_on, left_on, role_of, team_of, teams
from trigpoint_demo.dice import Dice
from trigpoint_demo.names import REGIONS, person
from trigpoint_demo.quarters import after, first_day, quarters
from trigpoint_demo.story import DAY, Company

Row = tuple[Cell, ...]

CSMS = ("csm_id", "name", "role", "region", "team", "hired_on", "left_on", "annual_cost", "renewal_target")
ABSENCES = ("absence_id", "csm_id", "from_day", "to_day", "kind")
COSTS = ("cost_id", "csm_id", "day", "activity", "amount")
TARGETS = ("target_id", "csm_id", "metric", "period_start", "amount")
TEAM_TARGETS = ("target_id", "team", "metric", "period_start", "amount")

_RENEWAL_TARGET = {"strategic": 0.95, "commercial": 0.92, "scaled": 0.88}
_TEAM_RENEWAL_TARGET = {"strategic": 0.93, "commercial": 0.90, "scaled": 0.86}
_ANNUAL_COST = {"strategic": 150_000, "commercial": 120_000, "scaled": 95_000}
# Where the time goes, in shares.
_TIME: Mapping[str, Mapping[str, float]] = {
    "strategic": {"renew": 0.30, "expand": 0.25, "onboard": 0.15, "support": 0.10, "review": 0.20},
    "commercial": {"renew": 0.35, "expand": 0.15, "onboard": 0.20, "support": 0.15, "review": 0.15},
    "scaled": {"renew": 0.25, "expand": 0.05, "onboard": 0.25, "support": 0.20, "guide": 0.25},
}


def csms(company: Company) -> Iterator[Row]:
    """All CSMs, last the one who left; the target of the newest is not agreed yet."""
    for csm in range(company.csms + 1):
        dice, role = Dice(company.seed, "csm", csm), role_of(company, csm)
        dice.roll()  # the day of hiring
        yield (
            csm_id(csm),
            person(dice),
            role,
            dice.pick(REGIONS),
            team_of(company, csm),
            hired_on(company, csm),
            left_on(company, csm),
            _annual_cost(company, csm),
            None if csm % 11 == 1 else _RENEWAL_TARGET[role],
        )


def absences(company: Company) -> Iterator[Row]:
    """A holiday in most quarters; one CSM was on leave for half of the quarter at hand."""
    for csm in range(company.csms + 1):
        for number, (start, last, kind) in enumerate(_away(company, csm), start=1):
            yield (f"L-{csm + 1:03d}-{number:02d}", csm_id(csm), start, last, kind)


def costs(company: Company) -> Iterator[Row]:
    """What each CSM cost in each month, by what the time went into; parts of a month count by their days."""
    for csm in range(company.csms + 1):
        dice, number = Dice(company.seed, "costs", csm), 0
        for first, last in _months(company):
            start, end = max(first, hired_on(company, csm)), min(last, left_on(company, csm) or last, company.until)
            if start > end:
                continue
            month = _annual_cost(company, csm) / 12 * ((end - start).days + 1) / ((last - first).days + 1)
            for activity, share in _TIME[role_of(company, csm)].items():
                number += 1
                amount = int(month * share * dice.between(0.8, 1.2))
                yield (f"B-{csm + 1:03d}-{number:03d}", csm_id(csm), end, activity, amount)


def targets(company: Company) -> Iterator[Row]:
    """By quarter: a share to renew, and an amount to sell; for those who were there at some time of it."""
    for csm in range(company.csms + 1):
        for number, (metric, begin, amount) in enumerate(_targets(company, csm), start=1):
            yield (f"G-{csm + 1:03d}-{number:02d}", csm_id(csm), metric, begin, amount)


def team_targets(company: Company) -> Iterator[Row]:
    """A team owes less than its people together; the seller's team got an easy target, another one a hard one."""
    seller, hard = team_of(company, cast(company).seller), None
    for team, members in teams(company).items():
        if team != seller and hard is None:
            hard = team
        books, number = [book_by_quarter(company, csm) for csm in members], 0
        for begin in quarters(company):
            planned = 0.9 * sum(_planned(company, csm, begin, books[at][begin].arr) for at, csm in enumerate(members))
            grown = sum(each[begin].grown for each in books)
            if begin == first_day(company.until):
                planned = min(planned, 0.8 * grown) if team == seller and grown else planned
                planned = max(planned, 1.4 * grown) if team == hard else planned
            renewal = _TEAM_RENEWAL_TARGET[role_of(company, members[0])]
            for metric, amount in (("dollar_renewal_rate", renewal), ("expansion_won", _hundreds(planned))):
                number += 1
                yield (f"W-{team}-{number:02d}", team, metric, begin, amount)


def _targets(company: Company, csm: int) -> Iterator[tuple[str, dt.date, float]]:
    parts, role, gone = cast(company), role_of(company, csm), left_on(company, csm)
    held = book_by_quarter(company, parts.newcomer if csm == parts.leaver else csm)
    for begin, book in held.items():
        if hired_on(company, csm) >= after(begin) or (gone and gone < begin):
            continue
        if csm % 11 != 1:
            yield "dollar_renewal_rate", begin, _RENEWAL_TARGET[role]
        amount = _planned(company, csm, begin, book.arr)
        if csm == parts.seller and begin == first_day(company.until) and book.grown:
            amount = min(amount, 0.7 * book.grown)
        yield "expansion_won", begin, _hundreds(amount)


def _planned(company: Company, csm: int, begin: dt.date, arr: float) -> float:
    """What a CSM is to sell in a quarter: about a hundredth of the book's revenue."""
    return arr * Dice(company.seed, "target", csm, begin.isoformat()).between(0.006, 0.014)


def _away(company: Company, csm: int) -> Iterator[tuple[dt.date, dt.date, str]]:
    """First and last day and kind, in order; no two overlap."""
    dice, parts, gone = Dice(company.seed, "absences", csm), cast(company), left_on(company, csm)
    for begin in quarters(company):
        start, length, sick = begin + dice.whole(3, 55) * DAY, dice.whole(4, 13), dice.chance(0.2)
        last, passed = start + length * DAY, (company.until - begin).days
        kind = "sick" if sick else "vacation"
        if csm == parts.absent and begin == first_day(company.until):
            start, last, kind = begin + passed // 5 * DAY, begin + passed * 7 // 10 * DAY, "parental"
        there = hired_on(company, csm) <= start and not (gone and gone < last)
        if there and company.start <= start and last <= company.until:
            yield start, last, kind


def _annual_cost(company: Company, csm: int) -> int:
    cost = _ANNUAL_COST[role_of(company, csm)]
    return _hundreds(cost * Dice(company.seed, "cost", csm).between(0.9, 1.15))


def _months(company: Company) -> Iterator[tuple[dt.date, dt.date]]:
    """First and last day of each month of the history, the last one perhaps not over."""
    first = company.start.replace(day=1)
    while first <= company.until:
        following = (first + 32 * DAY).replace(day=1)
        yield first, following - DAY
        first = following


def _hundreds(amount: float) -> int:
    return int(amount / 100) * 100
