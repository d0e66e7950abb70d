"""The contract terms of an account, one after the other, and how each of them ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from trigpoint_demo.dice import Dice
from trigpoint_demo.fates import STEADY
from trigpoint_demo.story import DAY, Company, Story, due_dates

UPGRADE = 1.03  # what is renewed for less is a rise of prices


@frozen
class AddOn:
    """Bought during a term, ends with it."""

    start: dt.date
    arr: int
    seats: int


@frozen
class Ending:
    """How a term ends: `renewed` is 0 for a lost renewal; what lies after the company's last day is None."""

    quoted: int | None
    quoted_on: dt.date | None
    notice_on: dt.date | None
    renewed: int | None
    closed_on: dt.date | None


@frozen
class Term:
    """From `start` up to, not including, `due`; `due_arr` is what there is to renew, add-ons included."""

    number: int
    start: dt.date
    due: dt.date
    arr: int
    seats: int
    due_arr: int
    add_on: AddOn | None
    ending: Ending


def terms(company: Company, account: Story) -> Iterator[Term]:
    """All terms that began by the company's last day."""
    dice = company.dice(account.number, "terms")
    start, arr, seats = account.signed_up, account.arr, account.seats
    for number, due in enumerate(due_dates(account.signed_up, account.term_years, company.until), start=1):
        add_on = _add_on(account, start, arr, seats, dice=dice)
        if add_on and add_on.start > company.until:
            add_on = None
        due_arr = arr + (add_on.arr if add_on else 0)
        lost = due == account.decision and account.lost
        renewed = 0 if lost else _hundreds(due_arr * (1 + _change(account, due, dice)))
        ending = _ending(company, account, due, due_arr=due_arr, renewed=renewed, dice=dice)
        yield Term(number, start, due, arr, seats, due_arr, add_on, ending)
        if lost:
            return
        start, arr, seats = due, renewed, seats + (add_on.seats if add_on else 0)


def _ending(company: Company, account: Story, due: dt.date, *, due_arr: int, renewed: int, dice: Dice) -> Ending:
    uplift = account.fate.uplift if due == account.decision else STEADY.uplift
    quoted, quoted_on = _hundreds(due_arr * (1 + dice.between(*uplift))), due - dice.whole(100, 125) * DAY
    notice_on, gives_notice = due - dice.whole(15, 75) * DAY, dice.chance(0.4)
    is_late, late_days, early_days = dice.chance(0.06), dice.whole(5, 25), dice.whole(0, 35)
    closed_on = due if renewed == 0 else due + (late_days if is_late else -early_days) * DAY
    is_quoted, is_closed = quoted_on <= company.until, closed_on <= company.until
    return Ending(
        quoted=quoted if is_quoted else None,
        quoted_on=quoted_on if is_quoted else None,
        notice_on=notice_on if renewed == 0 and gives_notice and notice_on <= company.until else None,
        renewed=renewed if is_closed else None,
        closed_on=closed_on if is_closed else None,
    )


def _change(account: Story, due: dt.date, dice: Dice) -> float:
    """How the renewed amount differs from what was due, as a share."""
    roll = dice.roll()
    if due == account.decision and account.turn is not None:
        return -0.3 * roll
    if account.fate.expands:
        return 0.02 + 0.10 * roll
    return -0.02 + 0.07 * roll


def _add_on(account: Story, start: dt.date, arr: int, seats: int, *, dice: Dice) -> AddOn | None:
    """Expanding accounts buy more during most terms."""
    day, buys, share = start + dice.whole(120, 300) * DAY, dice.chance(0.6), dice.between(0.1, 0.3)
    if not (account.fate.expands and buys):
        return None
    return AddOn(day, _hundreds(arr * share), max(1, int(seats * share)))


def _hundreds(amount: float) -> int:
    return int(amount / 100) * 100


def purchases(known: Iterable[Term]) -> Iterator[tuple[dt.date, int]]:
    """What an account bought on top, and when: add-ons, and renewals by clearly more than what was due."""
    for term in known:
        if term.add_on:
            yield term.add_on.start, term.add_on.arr
        end = term.ending
        if end.closed_on and end.renewed and end.renewed > UPGRADE * term.due_arr:
            yield end.closed_on, end.renewed - term.due_arr


def seats_on(known: Sequence[Term], day: dt.date) -> int:
    """The seats under contract on a day; before the first term those of the first."""
    seats = known[0].seats
    for term in known:
        if term.start <= day:
            seats = term.seats + (term.add_on.seats if term.add_on and term.add_on.start <= day else 0)
    return seats
