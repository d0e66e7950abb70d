"""Lengths, windows and shifts of time, and the calendar arithmetic that gives them edges."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Literal

from attrs import frozen

Unit = Literal["day", "week", "month", "quarter", "year"]
Period = Literal["month", "quarter", "year"]
Stretch = tuple[dt.date, dt.date]  # (a, b]: days after a, up to and including b
MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
UNITS: tuple[Unit, ...] = ("day", "week", "month", "quarter", "year")
DAY = dt.timedelta(days=1)


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day of the month `months` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def first_day(day: dt.date, period: Period, year_start: int = 1) -> dt.date:
    """The first day of the month, quarter or year that `day` lies in; years start in month `year_start`."""
    months = MONTHS[period]
    return add_months(day.replace(day=1), -((day.month - year_start) % months))


def last_day(day: dt.date, period: Period, year_start: int = 1) -> dt.date:
    """The last day of the month, quarter or year that `day` lies in."""
    return add_months(first_day(day, period, year_start), MONTHS[period]) - DAY


def period_name(day: dt.date, period: Period, year_start: int = 1) -> str:
    """'2026-03', '2026-Q1' or '2026'; a fiscal year is named after the calendar year in which it ends."""
    if period == "month":
        return f"{day:%Y-%m}"
    start = first_day(day, "year", year_start)
    year = start.year if year_start == 1 else start.year + 1
    return f"{year:04}" if period == "year" else f"{year:04}-Q{(day.month - year_start) % 12 // 3 + 1}"


@frozen
class Length:
    """A length of time, e.g. 28 days or 3 months."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    def after(self, day: dt.date, times: int = 1) -> dt.date:
        """`day` moved by `times` lengths in one step (negative: back); end-of-month safe."""
        if self.unit in MONTHS:
            return add_months(day, times * self.count * MONTHS[self.unit])
        return day + times * self.count * (7 if self.unit == "week" else 1) * DAY


@frozen
class Window:
    """A stretch of days counted from the as-of date.

    `last` N units, `next` N units, `to date` in a period, or the `previous` whole period.
    """

    kind: Literal["last", "next", "to date", "previous"]
    length: Length

    def __str__(self) -> str:
        return {
            "last": f"{self.length}",
            "next": f"next {self.length}",
            "to date": f"{self.length.unit} to date",
            "previous": f"previous {self.length.unit}",
        }[self.kind]

    def edges(self, as_of: dt.date, year_start: int = 1) -> Stretch:
        """(a, b] as of a date; a fiscal year starts in month `year_start`."""
        if self.kind == "last":
            return self.length.after(as_of, -1), as_of
        if self.kind == "next":
            return as_of, self.length.after(as_of)
        start = first_day(as_of, _period(self.length.unit), year_start)
        if self.kind == "to date":
            return start - DAY, as_of
        return self.length.after(start, -1) - DAY, start - DAY

    def before(self, as_of: dt.date, year_start: int = 1) -> Stretch:
        """The stretch that `previous(m)` looks at. `next` has none: ValueError."""
        if self.kind == "last":
            return self.length.after(as_of, -2), self.length.after(as_of, -1)
        if self.kind == "to date":
            return self.edges(self.length.after(as_of, -1), year_start)
        if self.kind == "previous":
            start, _ = self.edges(as_of, year_start)
            return self.edges(start + DAY, year_start)
        raise ValueError("a window into the future has no stretch before it")


@frozen
class Shift:
    """How far a metric's as-of date is moved: by `ago`, and then to the stretch before its window."""

    ago: Length | Window | None = None
    previous: bool = False

    def __bool__(self) -> bool:
        return self.ago is not None or self.previous

    def date(self, as_of: dt.date, year_start: int = 1) -> dt.date:
        """The as-of date after `ago`: by a length, or to the opening edge of a window."""
        if isinstance(self.ago, Window):
            return self.ago.edges(as_of, year_start)[0]
        return as_of if self.ago is None else self.ago.after(as_of, -1)


def _period(unit: Unit) -> Period:
    if unit in ("day", "week"):
        raise ValueError(f"a period is a month, quarter or year, not a {unit}")
    return unit  # type: ignore[return-value]  # mypy does not narrow a Literal by `in`


_LENGTH = re.compile(r"([1-9]\d{0,4}) (day|week|month|quarter|year)s?")
_WORDS = re.compile(r"(?:(month|quarter|year) to date)|(?:previous (month|quarter|year))")


def parse_length(text: str) -> Length:
    """'28 days', '1 quarter'. ValueError says what is accepted."""
    if not (found := _LENGTH.fullmatch(text)):
        raise ValueError(f"'{text}' is no length of time: write a number and days, weeks, months, quarters or years")
    return Length(int(found[1]), found[2])  # type: ignore[arg-type]  # the pattern admits units only


def parse_window(text: str) -> Window:
    """'28 days', 'next 90 days', 'quarter to date', 'previous month'. ValueError says what is accepted."""
    if found := _WORDS.fullmatch(text):
        kind: Literal["to date", "previous"] = "to date" if found[1] else "previous"
        return Window(kind, Length(1, found[1] or found[2]))  # type: ignore[arg-type]  # as above
    try:
        if text.startswith("next "):
            return Window("next", parse_length(text.removeprefix("next ")))
        return Window("last", parse_length(text))
    except ValueError:
        raise ValueError(
            f"'{text}' is no window: write 'N days' (or weeks, months, quarters, years), 'next N days', "
            "'month|quarter|year to date' or 'previous month|quarter|year'"
        ) from None
