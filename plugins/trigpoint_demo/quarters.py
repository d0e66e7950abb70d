"""Quarters of the calendar."""

from __future__ import annotations

import datetime as dt

from trigpoint_demo.story import DAY, Company


def first_day(day: dt.date) -> dt.date:
    """The first day of the quarter in which a day lies."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def after(first: dt.date) -> dt.date:
    """The first day of the quarter that follows one, by its first day."""
    return first_day(first + 100 * DAY)


def quarters(company: Company) -> list[dt.date]:
    """The first days of all quarters of the history, the one at hand included."""
    found = [first_day(company.start)]
    while (following := after(found[-1])) <= company.until:
        found.append(following)
    return found
