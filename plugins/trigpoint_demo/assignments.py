"""The table of who looked after which account, and when: hand-overs, and the two that nobody was entered for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from attrs import frozen

from trigpoint import Cell
from trigpoint_demo.book import csm_id
from trigpoint_demo.cast import hired_on, predecessor
from trigpoint_demo.quarters import first_day
from trigpoint_demo.story import DAY, WITHOUT_FACTS, Company, Story

Row = tuple[Cell, ...]

ASSIGNMENTS = ("assignment_id", "account_id", "csm_id", "from_day", "to_day")
FORGOTTEN = 11  # the number of a paying account that a hand-over forgot


@frozen
class Stretch:
    """A CSM holds an account from a day to another; without a last day, still."""

    csm: int
    start: dt.date
    last: dt.date | None


def assignments(company: Company, account: Story) -> Iterator[Row]:
    """One row for each stretch; that of a lost account ends on the day on which it was to be renewed."""
    for number, each in enumerate(stretches(company, account), start=1):
        yield (f"H-{account.id[2:]}-{number}", account.id, csm_id(each.csm), each.start, each.last)


def stretches(company: Company, account: Story) -> list[Stretch]:
    """Who held the account, one after the other; between two of them nobody did only if nobody was there."""
    if account.number in (WITHOUT_FACTS, FORGOTTEN):
        return []
    gone = account.lost and account.decision <= company.until
    end = account.decision if gone else None  # the day on which the renewal was due: its loss is still theirs
    found: list[Stretch] = []
    changes = _changes(company, account)
    for index, (csm, start) in enumerate(changes):
        last = changes[index + 1][1] - DAY if index + 1 < len(changes) else None
        if csm is None or (end and start > end):
            continue
        found.append(Stretch(csm, start, end if end and (last is None or last > end) else last))
    return found


def holder(held: Sequence[Stretch], day: dt.date) -> int | None:
    """Who holds the account on a day, else who held it last before."""
    return next((each.csm for each in reversed(held) if each.start <= day), None)


def _changes(company: Company, account: Story) -> list[tuple[int | None, dt.date]]:
    """From when on who is in charge: the CSM, before that whoever was there before them; None: nobody was."""
    found: list[tuple[int | None, dt.date]] = []
    for csm, start, until in _charges(company, account):
        hired = hired_on(company, csm)
        if hired <= start:
            found.append((csm, start))
            continue
        found.append((predecessor(company, csm, start), start))
        if until is None or hired < until:
            found.append((csm, hired))
    return [each for index, each in enumerate(found) if index == 0 or each[0] != found[index - 1][0]]


def _charges(company: Company, account: Story) -> Iterator[tuple[int, dt.date, dt.date | None]]:
    """Whose turn it is from when until before when: some accounts were handed on by a strategic CSM."""
    origin, start = account.number % company.csms, account.signed_up
    if origin == account.csm:
        yield origin, start, None
        return
    dice, begin = company.dice(account.number, "hand-over"), first_day(company.until)
    late, share = dice.chance(0.5), dice.roll()
    low, high = (max(start, begin), company.until) if late else (max(start, company.start), begin)
    low, high = (start, company.until) if low >= high else (low, high)
    day = low + max(1, int((high - low).days * share)) * DAY
    yield origin, start, day
    yield account.csm, day, None
