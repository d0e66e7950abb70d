"""The oracle's own calendar: months, windows and the project's zone, written without a look at `trigpoint.model.window`."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

ONE_DAY = dt.timedelta(days=1)
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}


def last_day_of_month(year: int, month: int) -> int:
    """28 to 31: the day before the first of the next month."""
    following = dt.date(year + 1, 1, 1) if month == 12 else dt.date(year, month + 1, 1)
    return (following - ONE_DAY).day


def months_later(day: dt.date, months: int) -> dt.date:
    """Semantics 5: the same day of the month, or the last day of a shorter month."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    return dt.date(year, month, min(day.day, last_day_of_month(year, month)))


def later(day: dt.date, count: int, unit: str) -> dt.date:
    """`day` moved by `count` units in one step; negative counts go back (semantics 5)."""
    if unit in MONTHS_OF:
        return months_later(day, count * MONTHS_OF[unit])
    return day + count * (7 if unit == "week" else 1) * ONE_DAY


def first_of_period(day: dt.date, unit: str, year_start: int) -> dt.date:
    """The first day of the month, quarter or year with `day` in it; quarters and years follow the fiscal year."""
    first = dt.date(day.year, day.month, 1)
    begins = {"month": range(1, 13), "quarter": [(year_start + 3 * i - 1) % 12 + 1 for i in range(4)]}
    months = set(begins.get(unit, [year_start]))
    while first.month not in months:
        first = months_later(first, -1)
    return first


def last_of_period(day: dt.date, unit: str, year_start: int) -> dt.date:
    """The last day of the month, quarter or year with `day` in it: the day before the next one begins."""
    return later(first_of_period(day, unit, year_start), 1, unit) - ONE_DAY


def edges(window, as_of: dt.date, year_start: int) -> tuple[dt.date, dt.date]:
    """(a, b] of a window, as of a date (semantics 5)."""
    count, unit = window.length.count, window.length.unit
    if window.kind == "last":
        return later(as_of, -count, unit), as_of
    if window.kind == "next":
        return as_of, later(as_of, count, unit)
    first = first_of_period(as_of, unit, year_start)
    if window.kind == "to date":
        return first - ONE_DAY, as_of
    assert window.kind == "previous"
    return later(first, -1, unit) - ONE_DAY, first - ONE_DAY


def edges_before(window, as_of: dt.date, year_start: int) -> tuple[dt.date, dt.date]:
    """(a, b] of the stretch that `previous(m)` looks at (semantics 5)."""
    count, unit = window.length.count, window.length.unit
    if window.kind == "last":
        return later(as_of, -2 * count, unit), later(as_of, -count, unit)
    first = first_of_period(as_of, unit, year_start)
    if window.kind == "to date":
        return later(first, -1, unit) - ONE_DAY, later(as_of, -1, unit)
    assert window.kind == "previous"
    return later(first, -2, unit) - ONE_DAY, later(first, -1, unit) - ONE_DAY


def date_of_shift(ago, as_of: dt.date, year_start: int) -> dt.date:
    """The as-of date after `ago`: back by a length, or to the opening edge of a window word."""
    if ago is None:
        return as_of
    if hasattr(ago, "kind"):
        return edges(ago, as_of, year_start)[0]
    return later(as_of, -ago.count, ago.unit)


def day_of(when: dt.date, zone: ZoneInfo) -> dt.date:
    """The calendar day in the project's zone; a date is its own day."""
    return when.astimezone(zone).date() if isinstance(when, dt.datetime) else when


def moment_of(when: dt.date, zone: ZoneInfo) -> dt.datetime:
    """Semantics 11: a date as a moment is its midnight, in the project's zone."""
    if isinstance(when, dt.datetime):
        return when
    return dt.datetime(when.year, when.month, when.day, tzinfo=zone).astimezone(dt.UTC)


def whole_months(a: dt.date, b: dt.date) -> int:
    """Semantics 11: the largest n with a + n months <= b; -whole_months(b, a) if b < a."""
    if b < a:
        return -whole_months(b, a)
    n = 0
    while months_later(a, n + 1) <= b:
        n += 1
    return n


def period(day: dt.date, unit: str, year_start: int) -> str:
    """Semantics 11: '2026-03', '2026-Q1', '2026'; a fiscal year is named after the calendar year in which it ends."""
    if unit == "month":
        return f"{day.year:04d}-{day.month:02d}"
    begin = first_of_period(day, "year", year_start)
    ends = (months_later(begin, 12) - ONE_DAY).year
    if unit == "year":
        return f"{ends:04d}"
    quarter = 1
    while months_later(begin, 3 * quarter) <= day:
        quarter += 1
    return f"{ends:04d}-Q{quarter}"
