"""The tables of what customers do with the product and where it fails them: usage, tickets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from trigpoint import Cell
from trigpoint_demo.dice import Dice
from trigpoint_demo.story import DAY, FEATURES, WITHOUT_FACTS, Company, Story
from trigpoint_demo.terms import seats_on, terms

Row = tuple[Cell, ...]

USAGE = ("account_id", "user_id", "day", "feature", "events")
TICKETS = (
    "ticket_id",
    "account_id",
    "opened_at",
    "closed_at",
    "priority",
    "category",
    "first_response_minutes",
    "satisfaction",
)

_FEATURE_NAMES = (
    "dashboards",
    "reports",
    "alerts",
    "imports",
    "sharing",
    "search",
    "workflows",
    "api",
    "exports",
    "forecasts",
    "audit",
    "sso",
)
_CATEGORIES = ("how_to", "how_to", "bug", "bug", "integration", "billing")
_FIRST_RESPONSE_MINUTES = {"p1": 25, "p2": 110, "p3": 300, "p4": 500}
FILLING = 120 * DAY  # new seats are taken by people only after some months

_SOLUTION_HOURS = {"p1": 14, "p2": 55, "p3": 110, "p4": 200}


def usage(company: Company, account: Story) -> Iterator[Row]:
    """One row for each active user and week, on the day of the week's main session."""
    if account.number == WITHOUT_FACTS:
        return
    dice = company.dice(account.number, "usage")
    roll, last = dice.roll, account.last_day(company.until)
    week, contracted = _first_week(company, account), list(terms(company, account))
    while week <= last:
        days = [week + weekday * DAY for weekday in range(5)]
        features = _features_in_use(account, week)
        for user in range(int(seats_on(contracted, week - FILLING) * account.level(week) + roll())):
            if roll() < 0.72:
                day, spread = days[int(roll() * 5)], roll()
                if day <= last:
                    feature = _FEATURE_NAMES[int(spread * spread * features)]
                    yield (account.id, f"{account.id}-U{user + 1:02d}", day, feature, 3 + int(roll() * 40))
        week += 7 * DAY


def tickets(company: Company, account: Story) -> Iterator[Row]:
    """Tickets by week; larger accounts write more of them, trouble with support multiplies them."""
    if account.number == WITHOUT_FACTS:
        return
    dice = company.dice(account.number, "tickets")
    last, week, number = account.last_day(company.until), _first_week(company, account), 0
    while week <= last:
        trouble = account.trouble(week)
        expected = (0.05 + account.seats * 0.004) * (1 + account.fate.ticket_rise * trouble)
        for _ in range(int(expected + dice.roll())):
            day = week + int(dice.roll() * 5) * DAY
            row = _ticket(company, account, day, trouble, dice)
            if day <= last:
                number += 1
                yield (f"T-{account.id[2:]}-{number:03d}", account.id, *row)
        week += 7 * DAY


def _ticket(company: Company, account: Story, day: dt.date, trouble: float, dice: Dice) -> Row:
    """All of a ticket but its keys; what happens after the company's last day is blank."""
    urgency = dice.roll() - account.fate.urgent * trouble
    priority = "p1" if urgency < 0.03 else "p2" if urgency < 0.22 else "p3" if urgency < 0.72 else "p4"
    slowness = 1 + account.fate.slow * trouble
    opened = dt.datetime(day.year, day.month, day.day, dice.whole(7, 18), dice.whole(0, 59))
    answer_minutes = 1 + int(_FIRST_RESPONSE_MINUTES[priority] * slowness * dice.between(0.2, 1.4))
    closed = opened + dt.timedelta(hours=1 + int(_SOLUTION_HOURS[priority] * slowness * dice.between(0.2, 1.8)))
    mood = account.mood(day) - 0.25 * (slowness - 1) / 6
    satisfaction = max(1, min(5, 1 + int(5 * (mood + dice.between(-0.3, 0.15))))) if dice.chance(0.45) else None
    category = "billing" if account.fate.uplift[0] > 0 and dice.chance(trouble) else dice.pick(_CATEGORIES)
    if closed.date() > company.until:
        return (opened, None, priority, category, answer_minutes, None)
    return (opened, closed, priority, category, answer_minutes, satisfaction)


def _first_week(company: Company, account: Story) -> dt.date:
    """The Monday from which on there is something to tell."""
    first = max(company.start, account.signed_up)
    return first + (-first.weekday() % 7) * DAY


def _features_in_use(account: Story, week: dt.date) -> int:
    """How many of the plan's features anyone touches."""
    ramp = min(1.0, 0.4 + 0.6 * (week - account.signed_up).days / 180)
    share = (0.45 + 0.55 * account.base) * ramp * (1 - account.fate.feature_drop * account.trouble(week))
    return max(1, int(FEATURES[account.plan] * share + 0.5))
