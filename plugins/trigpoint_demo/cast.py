"""Who of the customer success managers has which part: what a scorecard of people should bring to light."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import lru_cache

from attrs import define, frozen

from trigpoint_demo.dice import Dice
from trigpoint_demo.quarters import first_day, quarters
from trigpoint_demo.story import DAY, ROLES, WITHOUT_FACTS, Company, Story, story
from trigpoint_demo.terms import purchases, terms

STAGE = 12  # the parts go to CSMs among the first so many: a larger company has them too, and is not searched
TEAM = 8  # people of one role in a team
ENOUGH = 6  # renewals of a quarter, for a rate that says something
PREDECESSORS = 12  # how many colleagues are asked whether they were there before a CSM was


@frozen
class Cast:
    """Indexes of CSMs. The leaver comes after all others; a part that nobody fits is None."""

    seller: int  # loses customers and sells well to the others
    newcomer: int  # came in the middle of the quarter at hand and took over the whole book of the leaver
    absent: int | None  # was on leave for weeks of it
    slow: int | None  # looks after a pool, and answers its cues too late
    leaver: int


@define
class Quarter:
    """What a book looked like in one quarter: revenue at its start, due and kept renewals, purchases."""

    arr: int = 0
    renewals: int = 0
    due: int = 0
    kept: int = 0
    grown: int = 0


@lru_cache(maxsize=4)
def cast(company: Company) -> Cast:
    """The parts, from the books of the first CSMs."""
    stage = range(min(STAGE, company.csms))
    seller = max(stage, key=lambda csm: (_sells_and_loses(company, csm), -csm))
    newcomer = _first(stage, "commercial", {seller})
    if newcomer is None:
        newcomer = (seller + 1) % company.csms
    return Cast(
        seller=seller,
        newcomer=newcomer,
        absent=_first(stage, "strategic", {seller, newcomer}),
        slow=_first(stage, "scaled", {seller, newcomer}),
        leaver=company.csms,
    )


def role_of(company: Company, csm: int) -> str:
    """The role of a CSM; the leaver had that of who came after."""
    return ROLES[(cast(company).newcomer if csm == company.csms else csm) % 3]


def team_of(company: Company, csm: int) -> str:
    """The team: people of one role, eight to a team."""
    return f"{role_of(company, csm)}-{_seat(company, csm) // (3 * TEAM) + 1}"


def teams(company: Company) -> Mapping[str, list[int]]:
    """The CSMs of each team who are still there."""
    found: dict[str, list[int]] = {}
    for csm in range(company.csms):
        found.setdefault(team_of(company, csm), []).append(csm)
    return found


def hired_on(company: Company, csm: int) -> dt.date:
    """The first working day; that of the newcomer lies in the middle of what has passed of the quarter."""
    parts = cast(company)
    if csm == parts.leaver:
        return company.until - 2_300 * DAY
    if csm == parts.newcomer:
        begin = first_day(company.until)
        return begin + (company.until - begin).days * 9 // 20 * DAY
    return drawn_hiring(company, csm)


def drawn_hiring(company: Company, csm: int) -> dt.date:
    """When a CSM without a part was hired."""
    return company.until - Dice(company.seed, "csm", csm).whole(60, 2_200) * DAY


def left_on(company: Company, csm: int) -> dt.date | None:
    """The last working day of the leaver: the day before the newcomer came."""
    parts = cast(company)
    return hired_on(company, parts.newcomer) - DAY if csm == parts.leaver else None


def predecessor(company: Company, csm: int, day: dt.date) -> int | None:
    """Who looked after the accounts of a CSM before that one came: who had been there on that day."""
    parts = cast(company)
    if csm == parts.newcomer:
        return parts.leaver
    for step in range(1, min(PREDECESSORS, company.csms - 1) + 1):
        other = (csm + step) % company.csms
        if other != parts.newcomer and hired_on(company, other) <= day:
            return other
    return None


def book(company: Company, csm: int) -> Iterator[Story]:
    """The accounts that a CSM holds at the end: two rows of numbers, as strategic ones hand some on."""
    for remainder in dict.fromkeys((csm, (csm - 2) % company.csms)):
        for number in range(remainder or company.csms, company.accounts + 1, company.csms):
            account = story(company, number)
            if account.csm == csm and number != WITHOUT_FACTS:
                yield account


def book_by_quarter(company: Company, csm: int) -> dict[dt.date, Quarter]:
    """The figures of a book for each quarter of the history, by the quarter's first day."""
    found = {begin: Quarter() for begin in quarters(company)}
    first = min(found)
    for account in book(company, csm):
        known = [term for term in terms(company, account) if term.due >= first]
        for term in known:
            for begin, quarter in found.items():
                add_on = term.add_on.arr if term.add_on and term.add_on.start < begin else 0
                quarter.arr += term.arr + add_on if term.start < begin <= term.due else 0
            ended = found.get(first_day(term.due))
            if ended and term.due <= company.until:
                ended.renewals += 1
                ended.due += term.due_arr
                ended.kept += min(term.due_arr, term.ending.renewed or 0)
        for day, arr in purchases(known):
            if bought := found.get(first_day(day)):
                bought.grown += arr
    return found


def _first(stage: range, role: str, taken: set[int]) -> int | None:
    return next((csm for csm in stage if ROLES[csm % 3] == role and csm not in taken), None)


def _seat(company: Company, csm: int) -> int:
    return cast(company).newcomer if csm == company.csms else csm


def _sells_and_loses(company: Company, csm: int) -> float:
    """Share lost in the quarter at hand and in a year, times share sold; 0 for few renewals and who came of late."""
    begin = first_day(company.until)
    if drawn_hiring(company, csm) > begin - 365 * DAY:
        return 0.0
    held = book_by_quarter(company, csm)
    now, year = held[begin], list(held.values())[-4:]
    if now.renewals < ENOUGH:
        return 0.0
    lost = 1 - now.kept / now.due
    lost_in_a_year = 1 - sum(each.kept for each in year) / sum(each.due for each in year)
    return lost * (lost + lost_in_a_year) * now.grown / max(1, now.arr)
